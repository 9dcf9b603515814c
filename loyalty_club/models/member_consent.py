from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import CONSENT_SOURCES, OBJECTIONS
from .purpose import ASKED

LATEST = 10
_OWN = frozenset({"consent_ids", "latest_consent_change_ids"})


class LoyaltyClubMember(models.Model):
    """What a member lets the club do, purpose by purpose and channel by channel."""

    _inherit = "loyalty.club.member"

    consent_ids = fields.One2many("loyalty.club.consent", "member_id", readonly=True)
    latest_consent_change_ids = fields.Many2many(
        "loyalty.club.consent.change", compute="_compute_latest_consent_change_ids"
    )

    # === COMPUTE METHODS === #

    def _compute_latest_consent_change_ids(self):
        Change = self.env["loyalty.club.consent.change"]
        for member in self:
            # One form at a time; the rest is behind a button.
            member.latest_consent_change_ids = Change.search(
                [("member_id", "=", member._origin.id)], limit=LATEST
            )

    # === CRUD METHODS === #

    @api.model
    def _is_own_field(self, name):
        return name in _OWN or super()._is_own_field(name)

    # === ACTION METHODS === #

    def action_view_consent_changes(self):
        """Open all answers of these members."""
        action = self.env["ir.actions.act_window"]._for_xml_id("loyalty_club.consent_change_action")
        return dict(action, domain=[("member_id", "in", self.ids)], context={})

    # === BUSINESS METHODS - ANSWERS === #

    def _set_consents(self, choices, source, proof=None, versions=None):
        """Record what these members agree to, and what no longer.

        Only what changes something becomes a fact, so that the same answers twice are one
        answer. A “no” where nothing was ever said is the default and is kept only when the
        person said it of her own accord (``const.OBJECTIONS``). Imported lists never turn a
        “no” into a “yes”. The caller has checked the right to speak for the members.

        :param choices: dict of (purpose code, channel) to whether it is agreed to.
        :param source: key of ``const.CONSENT_SOURCES``.
        :param proof: what shows it: a message's number, a hash of the address, a paper's place.
        :param versions: dict of purpose code to the id of the wording that was shown; without
            it the wording in force counts.
        :returns: the facts: loyalty.club.consent.change.
        :raises UserError: when a club does not ask for what is agreed to.
        """
        if source not in dict(CONSENT_SOURCES):
            raise ValueError(f"consents come from no such source: {source}")
        changes = self.env["loyalty.club.consent.change"].sudo()  # sudo: see the docstring
        members = self.sudo()._survivor()
        answers = members.club_id._consent_answers(choices, versions or {})
        if not members or not answers:
            return changes
        changes = changes._record(members, answers, source, proof, source in OBJECTIONS)
        changes._follow_in_blacklists(source)
        return changes.sudo(self.env.su)

    def _withdraw(self, channel, source, proof=None, purposes=None):
        """Let these members be asked for nothing more on ``channel``.

        :param channel: key of ``const.CONSENT_CHANNELS``, or None: on all of them.
        :param purposes: loyalty.club.purpose, or None: all on which members have a say.
        :returns: the facts, see :meth:`_set_consents`.
        """
        facts = self.env["loyalty.club.consent.change"]
        for club, members in self.grouped("club_id").items():
            asked = self.env["loyalty.club.purpose"]._asked(club)
            asked = asked if purposes is None else asked & purposes.sudo(asked.env.su)
            choices = {
                (purpose.code, name): False
                for purpose in asked
                for name in purpose._channels()
                if channel in (None, name)
            }
            facts |= members._set_consents(choices, source, proof)
        return facts

    def _consent_choices(self):
        """What the consent centre shows of one member.

        :returns: list of dicts by purpose: ``purpose``, ``version`` (the wording in force) and
            ``channels``, a list of dicts with ``channel``, ``label``, ``given`` and ``since``.
        """
        self.ensure_one()
        # sudo: her own answers; the caller has found her
        kept = {
            (consent.purpose_id.id, consent.channel): consent
            for consent in self.sudo()._survivor().consent_ids
        }
        choices = self.club_id._consent_choices()
        for choice in choices:
            purpose = choice["purpose"]
            for row in choice["channels"]:
                consent = kept.get((purpose.id, row["channel"]))
                row["given"] = (
                    consent.given if consent else purpose.legal_basis == "legitimate_interest"
                )
                row["since"] = consent.since if consent else None
        return choices

    # === BUSINESS METHODS - MERGE === #

    def _hand_over_profile(self, survivor):
        """Answers follow to the membership that stays; where the two differ, the “no” wins."""
        result = super()._hand_over_profile(survivor)
        self._hand_over_consents(survivor)
        return result

    def _hand_over_consents(self, survivor):
        self.flush_model()
        wanted = SQL(
            "SELECT %(survivor)s AS member_id, club_id, company_id, purpose_id, channel, given,"
            " 'merge'::varchar AS source, version_id"
            " FROM loyalty_club_consent WHERE member_id = %(source)s",
            survivor=survivor.id,
            source=self.id,
        )
        # sudo: merging was allowed to whoever came here
        changes = self.env["loyalty.club.consent.change"].sudo()
        stricter = SQL("kept.given AND NOT EXCLUDED.given")
        changes._store(wanted, stricter, "merge", self.number)
        self._repoint_answers(survivor)
        self.env.cr.execute(SQL("DELETE FROM loyalty_club_consent WHERE member_id = %s", self.id))
        for model in ("loyalty.club.consent", changes._name, "loyalty.club.agreement.acceptance"):
            self.env[model].invalidate_model()
        (self | survivor).invalidate_recordset()
        changes._blacklist_refusals(survivor)

    def _repoint_answers(self, survivor):
        """The whole history stands with the membership that stays; what both have accepted
        stays once with each."""
        self.env["loyalty.club.agreement.acceptance"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE loyalty_club_consent_change SET member_id = %(survivor)s
                 WHERE member_id = %(source)s;
                UPDATE loyalty_club_agreement_acceptance AS fact SET member_id = %(survivor)s
                 WHERE member_id = %(source)s AND NOT EXISTS (
                       SELECT FROM loyalty_club_agreement_acceptance AS own
                        WHERE own.member_id = %(survivor)s AND own.version_id = fact.version_id)
                """,
                survivor=survivor.id,
                source=self.id,
            )
        )


class LoyaltyClub(models.Model):
    _inherit = "loyalty.club"

    def _consent_choices(self):
        """What somebody who is not yet a member is asked; nothing is ticked beforehand.

        :returns: see :meth:`LoyaltyClubMember._consent_choices`.
        """
        self.ensure_one()
        purposes = self.env["loyalty.club.purpose"]._asked(self)
        versions, labels = purposes._versions(), purposes._channel_labels()
        return [
            {
                "purpose": purpose,
                "version": versions[purpose.id],
                "channels": [
                    {"channel": name, "label": labels[name], "given": False, "since": None}
                    for name in purpose._channels()
                ],
            }
            for purpose in purposes
        ]

    def _consent_answers(self, choices, versions):
        """Answers in the terms of these clubs' purposes; see :meth:`_record`.

        :raises UserError: when one is given that a club does not ask for.
        """
        Purpose = self.env["loyalty.club.purpose"].sudo()  # sudo: see Purpose._asked
        codes = {code for code, _channel in choices}
        purposes = Purpose.search([("club_id", "in", self.ids), ("code", "in", list(codes))])
        shown = purposes._versions()
        answers = []
        for club in self:
            known = {p.code: p for p in purposes if p.club_id == club and p.legal_basis in ASKED}
            for (code, channel), given in choices.items():
                purpose = known.get(code)
                if purpose is not None and channel in purpose._channels():
                    version = self._shown_version(purpose, versions.get(code), shown)
                    answers.append((club.id, purpose.id, channel, bool(given), version))
                elif given:
                    raise UserError(
                        self.env._(
                            "%(club)s does not ask for “%(purpose)s” on this channel any more. "
                            "Reload the page and answer again.",
                            club=club.display_name,
                            purpose=purpose.name if purpose else code,
                        )
                    )
        return answers

    @api.model
    def _shown_version(self, purpose, version_id, shown):
        """Id of the wording that was answered to: what the form says, if it is one of these."""
        known = version_id and version_id in purpose.version_ids.ids
        return version_id if known else shown[purpose.id].id
