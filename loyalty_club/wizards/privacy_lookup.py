from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

# What hangs on a membership: it has no contact of its own in its table.
_OF_MEMBER = (
    "loyalty.club.card",
    "loyalty.club.consent",
    "loyalty.club.consent.change",
    "loyalty.club.agreement.acceptance",
    "loyalty.club.family.member",
    "loyalty.club.wallet",
    "loyalty.club.entry",
    "loyalty.club.erasure",
)


class PrivacyLookupWizard(models.TransientModel):
    """Odoo's own search for a person also finds what the club keeps of her."""

    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        query = super()._get_query()
        found = SQL(
            "SELECT member.id FROM loyalty_club_member member"
            "  JOIN res_partner contact ON contact.id = member.partner_id"
            " WHERE contact.email_normalized = lower(%s) OR contact.name ILIKE %s",
            self.email.strip(),
            self.name.strip(),
        )
        for model in _OF_MEMBER:
            query = SQL(
                "%s UNION ALL SELECT %s AS res_model_id, id AS res_id, TRUE AS is_active"
                " FROM %s WHERE member_id IN (%s)",
                query,
                self.env["ir.model"]._get_id(model),
                SQL.identifier(self.env[model]._table),
                found,
            )
        return query


class PrivacyLookupWizardLine(models.TransientModel):
    """What the club keeps is not deleted piece by piece: the member is erased."""

    _inherit = "privacy.lookup.wizard.line"

    def _onchange_is_active(self):
        self._club_send_to_erasure()
        return super()._onchange_is_active()

    def action_unlink(self):
        """Delete the record, unless it is the club's.

        :raises AccessError: for anyone but an administrator.
        :raises UserError: for what a member is behind.
        """
        self.check_access("write")
        self._club_send_to_erasure()
        return super().action_unlink()

    def action_archive_all(self):
        """Archive whatever is not the club's.

        :raises AccessError: for anyone but an administrator.
        """
        self.check_access("write")
        return super(PrivacyLookupWizardLine, self - self._club_lines()).action_archive_all()

    def action_unlink_all(self):
        """Delete whatever is not the club's.

        :raises AccessError: for anyone but an administrator.
        """
        self.check_access("write")
        return super(PrivacyLookupWizardLine, self - self._club_lines()).action_unlink_all()

    def _club_lines(self):
        """Lines of the club's own records, and of contacts and logins of members."""
        members = self.env["loyalty.club.member"].sudo()  # sudo: whether there is one
        partners = self.filtered(lambda line: line.res_model == "res.partner")
        users = self.filtered(lambda line: line.res_model == "res.users")
        logins = self.env["res.users"].sudo().browse(users.mapped("res_id")).exists()
        of_user = {user.id: user.partner_id.id for user in logins}
        known = members.search(
            [("partner_id", "in", [*partners.mapped("res_id"), *of_user.values()])]
        ).partner_id.ids
        return self.filtered(
            lambda line: (
                (line.res_model or "").startswith("loyalty.club")
                or (line.res_model == "res.partner" and line.res_id in known)
                or (line.res_model == "res.users" and of_user.get(line.res_id) in known)
            )
        )

    def _club_send_to_erasure(self):
        """:raises UserError: for what a member is behind."""
        if self._club_lines():
            raise UserError(
                self.env._(
                    "This belongs to a member of the customer club. Open the member and choose "
                    "“Erase”: it forgets the person everywhere, and the books stay sound."
                )
            )
