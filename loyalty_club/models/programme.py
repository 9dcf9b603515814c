"""Well-known programmes as starting points: their published terms, read from data alone.

Each file of ``data/programmes`` is one programme. Its sections name records by keys of their own;
values may be

- ``{"money": 350}``: an amount in the programme's currency, turned into the club's,
- ``{"ref": "tiers.vip"}``, ``{"refs": ["tiers.vip"]}``: records that the file makes before,
- ``{"en_US": "stars", "fa_IR": "ستاره"}``: a text in several languages.
"""

import json
from functools import cache
from pathlib import Path

from odoo import Command, fields, models
from odoo.exceptions import UserError

_FOLDER = Path(__file__).parents[1] / "data" / "programmes"
# Sections in the order in which their records are made, and the models of these.
_SECTIONS = {
    "expiry": "loyalty.club.expiry.policy",
    "terms": "loyalty.club.terms",
    "kinds": "loyalty.club.wallet.kind",
    "tiers": "loyalty.club.tier",
    "occasions": "loyalty.club.occasion",
    "tags": "product.tag",
    "acts": "loyalty.club.act.kind",
    "act_rules": "loyalty.club.act.rule",
    "rules": "loyalty.club.earn.rule",
    "conversions": "loyalty.club.conversion",
    "rewards": "loyalty.reward",
}
_MONEY_KINDS = ("ewallet", "cashback", "gift_card")


@cache
def programmes():
    """What is known: dict of code to programme, in the order of their names."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in _FOLDER.glob("*.json")]
    return {found["code"]: found for found in sorted(found, key=lambda one: one["name"])}


class LoyaltyClub(models.Model):
    """A club may begin as a well-known programme does."""

    _inherit = "loyalty.club"

    programme = fields.Selection(
        selection=lambda self: [(code, one["name"]) for code, one in programmes().items()],
        string="Began as",
        readonly=True,
        copy=False,
        help="The well-known programme whose terms the club started with.",
    )

    # === BUSINESS METHODS === #

    def _apply_programme(self, code, factor=1.0):
        """Take over the terms of a well-known programme: tiers, rules, acts, expiry, rewards.

        Nothing of it is special afterwards: everything can be changed like what was typed.

        :param code: name of a file of ``data/programmes``.
        :param factor: how much of the club's currency one unit of the programme's is worth.
        :raises UserError: for a club that has a ladder or rules of its own already.
        """
        self.ensure_one()
        if code not in programmes():
            raise UserError(self.env._("There is no programme “%(code)s”.", code=code))
        self._check_empty()
        ProgrammeSetup(self, programmes()[code], factor).run()
        self.programme = code

    def _check_empty(self):
        """Terms of two programmes at once would be nobody's."""
        Rule = self.env["loyalty.club.earn.rule"]
        taken = self.tier_ids.filtered("active") or Rule.search_count(
            [("club_id", "=", self.id), ("state", "=", "active")], limit=1
        )
        if taken:
            raise UserError(
                self.env._(
                    "“%(club)s” has levels or earning rules already. Archive its levels and stop "
                    "its rules first, or make a new club.",
                    club=self.name,
                )
            )


class ProgrammeSetup:
    """Makes the records of one programme for one club.

    :param club: loyalty.club.
    :param programme: what its file says.
    :param factor: how much of the club's currency one unit of the programme's is worth.
    """

    def __init__(self, club, programme, factor):
        self.club, self.env, self.programme = club, club.env, programme
        self.factor = factor
        self.made = {"kinds.points": club.points_kind_id}
        self.texts = []

    def run(self):
        """Make everything, section by section."""
        for section, model in _SECTIONS.items():
            entries = self.programme.get(section) or []
            if section == "acts":
                self._find_acts()
            if entries:
                self._create(section, self.env[model], entries)
            if section == "expiry":
                self._write(self.club, self.programme.get("club") or {})
                self._write(self.club.points_kind_id, self.programme.get("points") or {})
                reward = self.club.program_id.reward_ids[:1]
                self._write(reward, self.programme.get("reward") or {})
        self._finish()
        self._translate()

    def _create(self, section, model, entries):
        rows = [self._row(section, model, dict(entry)) for entry in entries]
        if section == "rewards":
            self._replace_rewards(entries)
        # A ladder is judged as a whole, so that its levels are made together.
        for entry, record in zip(entries, model.create(rows), strict=True):
            if entry.get("key"):
                self.made[f"{section}.{entry['key']}"] = record
            self._remember(record, entry)

    def _row(self, section, model, entry):
        entry.pop("key", None)
        entry.pop("program", None)
        row = {name: self._value(value) for name, value in entry.items()}
        if section == "rewards":
            row["program_id"] = self.club.program_id.id
        elif section == "occasions":
            row["company_id"] = self.club.company_id.id
        elif section != "tags" and not model._fields["club_id"].related:
            row["club_id"] = self.club.id
        if section in ("tiers", "rules", "occasions", "conversions"):
            row.setdefault("sequence", 10 * (len(self.made) + 1))
        if section == "kinds" and row["type"] in _MONEY_KINDS:
            currency = self.club.currency_id
            row = {"currency_id": currency.id, "rounding": currency.rounding, **row}
        return row

    def _value(self, value):
        """What a value of the file is here."""
        if not isinstance(value, dict):
            return value
        if "money" in value:
            return self.club.currency_id.round(value["money"] * self.factor) or (
                value["money"] * self.factor
            )
        if "ref" in value:
            return self.made[value["ref"]].id
        if "refs" in value:
            return [Command.set([self.made[name].id for name in value["refs"]])]
        return value["en_US"]

    def _write(self, record, entry):
        record.write({name: self._value(value) for name, value in entry.items()})
        self._remember(record, entry)

    def _find_acts(self):
        """The usual kinds of acts are there: a file names them by their codes."""
        for kind in self.club.act_kind_ids:
            self.made[f"acts.{kind.code}"] = kind

    def _replace_rewards(self, entries):
        """The reward that came with the club gives way, unless the file keeps it."""
        if not self.programme.get("keep_reward"):
            self.club.program_id.reward_ids.active = False

    def _finish(self):
        """Put rules into force, and let tills sell and accept what is kept in money."""
        rules = [record for name, record in self.made.items() if name.startswith("rules.")]
        # sudo: the rights of whoever applies a programme were checked by the caller
        self.env["loyalty.club.earn.rule"].concat(*rules).sudo().action_activate()
        for entry in self.programme.get("kinds") or []:
            if entry.get("program"):
                kind = self.made[f"kinds.{entry['key']}"]
                self.env["loyalty.program"]._club_create_stored_value_program(kind)

    def _remember(self, record, entry):
        self.texts += [
            (record, name, value)
            for name, value in entry.items()
            if isinstance(value, dict) and "en_US" in value
        ]

    def _translate(self):
        """Write texts in all languages that the database has."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        for record, name, value in self.texts:
            known = {code: text for code, text in value.items() if code in installed}
            if record._fields[name].translate and known:
                record.update_field_translations(name, known)
