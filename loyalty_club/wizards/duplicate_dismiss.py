from odoo import fields, models
from odoo.exceptions import UserError


class LoyaltyClubDuplicateDismiss(models.TransientModel):
    """Asks why two who look like one person are not."""

    _name = "loyalty.club.duplicate.dismiss"
    _description = "Not the Same Person"

    duplicate_ids = fields.Many2many("loyalty.club.duplicate", string="Pairs", required=True)
    reason = fields.Char(required=True)

    def action_dismiss(self):
        """Settle the pairs: they are not offered again.

        :raises AccessError: for anyone but a club marketer or manager.
        :raises UserError: without a reason.
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write how you know that these are different people."))
        self.duplicate_ids._dismiss(reason)
        return {"type": "ir.actions.act_window_close"}
