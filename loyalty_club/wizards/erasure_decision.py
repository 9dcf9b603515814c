from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyClubErasureDecision(models.TransientModel):
    """Asks why a member shall be erased, or why an erasure is refused."""

    _name = "loyalty.club.erasure.decision"
    _description = "Why Erase, or Why Not"

    member_id = fields.Many2one("loyalty.club.member", ondelete="cascade")
    erasure_id = fields.Many2one("loyalty.club.erasure", ondelete="cascade")
    reason = fields.Char(string="Why", required=True)
    obstacles = fields.Text(compute="_compute_obstacles")

    def _compute_obstacles(self):
        for wizard in self:
            known = wizard.member_id and wizard.member_id.has_access("read")
            # sudo: whether the contact is needed elsewhere, in sentences that show nothing of it
            member = wizard.sudo().member_id
            found = member._survivor()._contact_obstacles() if known else []
            wizard.obstacles = "\n".join(found) or False

    @api.constrains("member_id", "erasure_id")
    def _check_seen(self):
        """Nobody names a member, and so learns her name, whom she does not see."""
        named = self.member_id | self.erasure_id.member_id
        named.sudo(False).check_access("read")  # constraints run with all rights

    def action_request(self):
        """Ask for the erasure; another manager decides.

        :raises AccessError: for anyone but the club's staff.
        :raises UserError: without a reason; see ``erasure._request``.
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write who wishes it, and how you know."))
        self.env["loyalty.club.erasure"]._request(self.member_id, "staff", reason)
        return {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        """Refuse the erasure; the member is shown why.

        :raises AccessError: for anyone but a club manager.
        """
        self.ensure_one()
        self.erasure_id._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
