"""Whom a typed or scanned text names, by indexes alone."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..domain import codes
from ..domain.phone import stored_forms

_POSITIVE = {"=", "in", "like", "ilike", "=like", "=ilike"}
# As phone_validation's index on the contacts' phones has it
_SPACING = r"[\s\\./\(\)\-]"


class LoyaltyClubMember(models.Model):
    _inherit = "loyalty.club.member"

    # === COMPUTE METHODS === #

    @api.model
    def _search_display_name(self, operator, value):
        """Whoever is named exactly is found alone; other texts search as ever."""
        text = codes.typed(value) if isinstance(value, str) else ""
        if operator in _POSITIVE and any(char.isdigit() for char in text):
            exact = self._named_exactly(text)
            if exact:
                return Domain("id", "in", exact.ids)
            digits = text.lstrip("+0")
            if len(digits) >= 4 and digits.isdigit():  # the beginning, or the end, of a number
                found = Domain(super()._search_display_name(operator, value))
                return found | Domain("mobile", "ilike", digits) & Domain(
                    "merged_into_id", "=", False
                )
        return super()._search_display_name(operator, value)

    @api.model
    def _named_exactly(self, text):
        """Members of all clubs in sight whom ``text`` names, also by a number they share."""
        found = self.browse()
        clubs = self.env["loyalty.club"].search([("company_id", "in", self.env.companies.ids)])
        for club in clubs:
            found |= self._locate(club, text)
            contacts = self.env["res.partner"]._club_contacts(club, club._mobiles(text))
            # Closed memberships as well: staff looks them up to open them again.
            found |= self.search([("club_id", "=", club.id), ("partner_id", "in", contacts.ids)])
        return found._survivor()

    # === BUSINESS METHODS === #

    @api.model
    def _locate(self, club, text, asked=False):
        """The members of ``club`` whom a scanned or typed text names exactly.

        Understood are a membership number, the number or chip of an active card, a mobile
        number in any writing, and an identity code. A few indexed statements.

        :param club: loyalty.club, one record.
        :param text: in digits of any keyboard.
        :param asked: see :meth:`_by_identity`.
        :returns: loyalty.club.member, not closed: usually none or one. Whoever was merged is
            represented by the membership that stays.
        """
        typed = codes.typed(text or "")
        if not club or not typed:
            return self.browse()
        found = self._by_number(club, typed) or self._by_mobile(club, club._mobiles(typed))
        if not found or typed[0] in "123456789":  # begins like no mobile: it may be a code as well
            # sudo: whoever may look members up finds them by their cards as well
            found |= self.env["loyalty.club.card"].sudo()._held_by(club, typed).with_env(self.env)
            # Looking a code up is counted, unless the text has named somebody already
            Member = self.sudo() if found else self
            found |= Member._by_identity(club, typed, asked and not found).with_env(self.env)
        return found._survivor().filtered(lambda member: member.state != "closed")

    @api.model
    def _by_number(self, club, text):
        """The membership of that number, closed or not, or an empty recordset."""
        if not codes.is_member_number(text):
            return self.browse()
        number = codes.compact(text)
        return self.search_fetch([("number", "=", number), ("club_id", "=", club.id)], limit=1)

    @api.model
    def _by_mobile(self, club, mobiles):
        """The memberships of these numbers, closed or not; merged ones where nobody else has it.

        :param mobiles: numbers in E.164.
        """
        if not mobiles:
            return self.browse()
        having = Domain([("club_id", "=", club.id), ("mobile", "in", list(mobiles))])
        return self.search_fetch(
            having & Domain("merged_into_id", "=", False)
        ) or self.search_fetch(having & Domain("merged_into_id", "!=", False))


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _club_contacts(self, club, mobiles):
        """The contacts of people who have one of these mobile numbers, the oldest first.

        Addresses of somebody (for delivery, for invoices) are no people, and are left out.

        :param club: loyalty.club, one record; contacts of other companies are left out.
        :param mobiles: numbers in E.164.
        """
        if not mobiles:
            return self.browse()
        forms = [form for mobile in mobiles for form in stored_forms(mobile)]
        self.flush_model(["phone", "active", "company_id", "type", "parent_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner
                 WHERE phone IS NOT NULL
                   AND regexp_replace(phone::text, %s::text, ''::text, 'g'::text) = ANY(%s)
                   AND active AND (company_id IS NULL OR company_id = %s)
                   AND (parent_id IS NULL OR type = 'contact')
                 ORDER BY id
                """,
                _SPACING,
                forms,
                club.company_id.id,
            )
        )
        return self.browse(row[0] for row in rows)
