"""The text that members get as soon as a purchase or a return is booked."""

import re
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ..const import SPENDING_KINDS
from .pos_receipt import EARNED

_PLACE = re.compile(r"\{([^{}]*)\}")
_PLACES = ("name", "club", "shop", "receipt", "change", "balance")
_SERVICE = "service"  # the purpose under which members hear of their own movements
_VALID_DAYS = 1
_COMING_IN = {
    "topup": "paid_in",
    "issue": "paid_in",
    "refund_spend": "given_back",
    "convert_out": "given_back",  # a stamp card that was full is open again
}


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    sale_message = fields.Boolean(
        string="Text after a purchase",
        help="Members get an SMS as soon as a purchase or a return at a till has moved points, "
        "credit or stamps of theirs. Each text costs what your SMS provider takes.",
    )
    sale_message_text = fields.Text(
        string="Its words",
        translate=True,
        help="Empty: words of our own in the member's language. These are filled in: {name} of the "
        "member, {club}, {shop}, {receipt} number, {change} (what was earned and used) and "
        "{balance} (what is there now).",
    )
    sale_message_sample = fields.Text(
        string="What a member reads", compute="_compute_sale_message_sample"
    )

    # === COMPUTE METHODS === #

    @api.depends("sale_message_text", "name", "points_kind_id")
    @api.depends_context("lang")
    def _compute_sale_message_sample(self):
        for club in self:
            kind = club.points_kind_id
            club.sale_message_sample = kind and club._sale_message(
                {
                    "name": self.env._("Sara"),
                    "club": club.name or "",
                    "shop": self.env._("Main shop"),
                    "receipt": "2026-0012",
                    "change": self.env._("%s earned", kind._format_shown(12)),
                    "balance": kind._format_shown(212),
                }
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("sale_message_text")
    def _check_sale_message_text(self):
        for club in self:
            unknown = set(_PLACE.findall(club.sale_message_text or "")) - set(_PLACES)
            if unknown:
                raise ValidationError(
                    self.env._(
                        "Nothing is known by the name of %(unknown)s. Use %(known)s.",
                        unknown=format_list(self.env, sorted(f"{{{name}}}" for name in unknown)),
                        known=format_list(self.env, [f"{{{name}}}" for name in _PLACES], "or"),
                    )
                )

    # === BUSINESS METHODS === #

    def _sale_message(self, words):
        """The text, in the language of this environment.

        :param words: dict of the names in ``_PLACES`` to what stands in their place.
        """
        self.ensure_one()
        text = self.sale_message_text
        if not text:
            return self.env._("%(club)s: %(change)s. Balance: %(balance)s.", **words)
        return _PLACE.sub(lambda place: words[place[1]] or "", text)


class LoyaltyClubEntry(models.Model):
    _inherit = "loyalty.club.entry"

    @api.model
    def _tell_moved(self, club, origin, receipt, branch):
        """Text the members whose value a document has moved, if the club wishes it.

        :param club: loyalty.club.
        :param origin: model and id of the document.
        :param receipt: its number, as the member reads it.
        :param branch: loyalty.club.branch, maybe none.
        :returns: the messages, loyalty.club.outbox.
        """
        outbox = self.env["loyalty.club.outbox"]
        if not club.sale_message:
            return outbox
        found = self.search(
            [
                ("origin_model", "=", origin[0]),
                ("origin_id", "=", origin[1]),
                ("member_id", "!=", False),
            ],
            order="id",
        )
        told = found.member_id._agreed(_SERVICE, "sms")
        if not told:
            return outbox
        until = fields.Datetime.add(fields.Datetime.now(), days=_VALID_DAYS)
        return outbox._queue_texts(
            "purchase",
            [
                found.filtered(lambda entry, m=member: entry.member_id == m)._moved_text(
                    {"receipt": receipt or "", "shop": branch}
                )
                | {"expires_at": until}
                for member in told
            ],
        )

    def _moved_text(self, words):
        """What the outbox takes to tell one member of these entries, all hers."""
        member = self.member_id
        env = self.env["loyalty.club.outbox"]._in_language_of(member.partner_id)
        entries, club = self.with_env(env), member.club_id.with_env(env)
        words = {
            **words,
            "name": member.partner_id.name,
            "club": club.name,
            "shop": words["shop"].with_env(env).name or club.name,
            "change": format_list(env, entries._changes_in_words()),
            "balance": format_list(env, entries._balances_in_words()),
        }
        return {
            "partner_id": member.partner_id.id,
            "company_id": member.company_id.id,
            "channel": "sms",
            "address": member.mobile,
            "subject": club.name,
            "body": club._sale_message(words),
        }

    def _changes_in_words(self):
        """What was earned, used and given back, by kind of value: a list of texts."""
        sums = {}
        for entry in self:
            # What could not be taken back is owed: to the member it is taken back all the same.
            kind = entry.kind_id
            if kind.type == "debt":
                if entry.kind not in EARNED:
                    continue
                kind = entry.club_id.points_kind_id
            key = kind, entry._change_name()
            sums[key] = sums.get(key, 0) + Decimal(str(entry.amount))
        words = self._change_words()
        return [
            words[name] % kind._format_shown(abs(amount)) for (kind, name), amount in sums.items()
        ]

    def _change_name(self):
        if self.kind == "debt_settle":
            return "settled"
        if self.amount > 0:
            return _COMING_IN.get(self.kind, "earned")
        return "used" if self.kind in SPENDING_KINDS else "taken_back"

    @api.model
    def _change_words(self):
        return {
            "earned": self.env._("%s earned"),
            "paid_in": self.env._("%s paid in"),
            "given_back": self.env._("%s given back"),
            "used": self.env._("%s used"),
            "taken_back": self.env._("%s taken back"),
            "settled": self.env._("%s used to settle earlier returns"),
        }

    def _balances_in_words(self):
        """What is there now: points, and what is left in each wallet that moved."""
        points = self.member_id.wallet_ids.filtered(lambda wallet: wallet.type == "points")
        balances = {points: points.balance} if points else {}
        for wallet, entries in self.grouped("wallet_id").items():
            balances[wallet] = entries[-1].balance_after
        return [
            self._balance_in_words(wallet.kind_id, Decimal(str(balance)))
            for wallet, balance in balances.items()
            if wallet.type != "debt" or balance
        ]

    @api.model
    def _balance_in_words(self, kind, balance):
        if kind.type == "debt":
            points = kind.club_id.points_kind_id
            return self.env._("%s owed", points._format_shown(abs(balance)))
        amount = kind._format_shown(balance)
        return f"{kind.name} {amount}" if kind.currency_id else amount
