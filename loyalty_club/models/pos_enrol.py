"""Enrolment at the till: a mobile number, and what the club has to ask."""

from odoo import models
from odoo.exceptions import UserError

from .pos_card import LONGEST_CODE

_CHANNEL = "pos"
_LONGEST_NAME = 100


class PosConfig(models.Model):
    _inherit = "pos.config"

    def _club_enrol_form(self, club, mobiles, typed):
        """What is asked of somebody who joins at this till.

        :param mobiles: numbers in E.164 that ``typed`` may mean.
        :returns: dict with ``mobile`` (as typed), ``name`` (of a contact who has that number),
            ``name_required``, ``terms`` (list of dicts with ``id``, ``name``, ``body``) and
            ``consents`` (list of dicts with ``code``, ``version``, ``name``, ``text`` and
            ``channels``: lists of name and label).
        """
        # sudo: the name is told to whoever types the number of a customer before her
        contact = self.env["res.partner"].sudo()._club_contacts(club, mobiles)[:1]
        asked = club._profile_fields("enrol").filtered("mandatory").mapped("code")
        return {
            "mobile": typed,
            "name": contact.name or "",
            "name_required": "name" in asked and not contact,
            "terms": [
                {
                    "id": version.id,
                    "name": version.agreement_id.name,
                    "body": version.body or version.summary or "",
                }
                for version in self._club_translated(club._terms_in_force())
            ],
            "consents": [
                {
                    "code": choice["purpose"].code,
                    "version": choice["version"].id,
                    "name": self._club_translated(choice["purpose"]).name,
                    "text": self._club_translated(choice["version"]).text,
                    "channels": [[row["channel"], row["label"]] for row in choice["channels"]],
                }
                for choice in club._consent_choices()
            ],
        }

    def _club_translated(self, records):
        return records.with_context(lang=self.env.lang)

    def _club_enrol(self, mobile, name="", terms=(), consents=()):
        """Make the customer in front of the cashier a member.

        Repeating it is harmless: whoever is a member already is found.

        :param mobile: in any writing.
        :param name: as she tells it; may be empty.
        :param terms: ids of the versions of the club's terms that she accepts.
        :param consents: list of lists of a purpose's code, a channel, the id of the wording that
            was shown, and whether she agrees.
        :returns: what :meth:`_club_identify` gives, with ``enrolled``: whether she is new.
        :raises AccessError: for anyone but a user of the Point of Sale.
        :raises UserError: when this till serves no club.
        """
        self._club_check_cashier()
        club = self.sudo()._club()  # sudo: which club a till serves is not the cashier's secret
        if not club:
            raise UserError(self.env._("This till serves no customer club."))
        if not set(club._terms_in_force().ids) <= _ids(terms):
            return self._club_not_enrolled(
                self.env._("The terms have changed. Ask the customer to accept them once more.")
            )
        person = {"mobile": _text(mobile, LONGEST_CODE), "name": _text(name, _LONGEST_NAME)}
        outcome = self.env["loyalty.club.enrolment"]._enrol(
            club, person, _CHANNEL, branch=self.sudo().club_branch_id
        )
        if not outcome.ok:
            return self._club_not_enrolled(outcome.text)
        member = outcome.member.sudo()  # sudo: she has just said all this of herself
        if outcome.status == "enrolled":
            self._club_take_answers(club, member, consents)
        partner_id = member.partner_id.id
        return {
            "partner_id": partner_id,
            "message": False,
            "enrolled": outcome.status == "enrolled",
        } | self._club_customer(partner_id)

    def _club_not_enrolled(self, message):
        return {"partner_id": False, "card": False, "message": message, "enrolled": False}

    def _club_take_answers(self, club, member, consents):
        """What a new member agreed to at the till, and the terms she accepted there."""
        choices, versions = {}, {}
        for answer in consents if isinstance(consents, list | tuple) else ():
            if isinstance(answer, list | tuple) and len(answer) == 4:
                code, channel, version, given = answer
                choices[str(code), str(channel)] = given is True
                versions[str(code)] = version if isinstance(version, int) else None
        member._set_consents(choices, _CHANNEL, versions=versions)
        for version in club._terms_in_force():  # one or two
            member._accept_terms(version, _CHANNEL)


def _text(value, longest):
    return value.strip()[:longest] if isinstance(value, str) else ""


def _ids(values):
    """The ids among what a till sends."""
    values = values if isinstance(values, list | tuple) else ()
    return {value for value in values if isinstance(value, int)}
