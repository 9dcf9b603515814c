from odoo import fields, models


class LoyaltyClubOrderAttach(models.TransientModel):
    """Count a sale that was paid for a member whom the cashier did not choose in time."""

    _name = "loyalty.club.order.attach"
    _description = "Add a Member Afterwards"

    order_id = fields.Many2one("pos.order", required=True, readonly=True, ondelete="cascade")
    club_id = fields.Many2one("loyalty.club", compute="_compute_club_id")
    member_id = fields.Many2one(
        "loyalty.club.member",
        required=True,
        ondelete="cascade",
        domain="[('club_id', '=', club_id), ('state', '=', 'active')]",
    )
    reason = fields.Char(required=True)

    def _compute_club_id(self):
        for wizard in self:
            # sudo: which club a till serves is not the manager's secret
            wizard.club_id = wizard.order_id.config_id.sudo()._club()

    # === ACTION METHODS === #

    def action_attach(self):
        """Count the sale for the member.

        :raises AccessError: for anyone but managers.
        :raises UserError: when it cannot be, in words.
        """
        self.ensure_one()
        self.order_id._club_attach(self.member_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
