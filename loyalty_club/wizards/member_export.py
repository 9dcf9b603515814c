from odoo import fields, models


class LoyaltyClubMemberExport(models.TransientModel):
    """Asks why a copy of a member's data is made, notes it, and fetches it. Nothing is kept."""

    _name = "loyalty.club.member.export"
    _description = "Export Personal Data"

    member_id = fields.Many2one("loyalty.club.member", required=True, ondelete="cascade")
    reason = fields.Char(string="Why", required=True)

    def action_export(self):
        """Note who asks and why, and hand the file over.

        :raises AccessError: for anyone who may not see sensitive data.
        :raises UserError: without a reason, or after too many in an hour.
        """
        self.ensure_one()
        reveal = self.env["loyalty.club.reveal"]._log(self.member_id, "export", self.reason)
        return {
            "type": "ir.actions.act_url",
            "url": f"/loyalty_club/member_data/{reveal.id}",
            "target": "download",
        }
