from odoo import fields, models
from odoo.exceptions import UserError


class LoyaltyClubHoldRelease(models.TransientModel):
    """Let a hold go before its time, with a reason that stays with it."""

    _name = "loyalty.club.hold.release"
    _description = "Release a Hold"

    hold_id = fields.Many2one("loyalty.club.hold", required=True, ondelete="cascade")
    member_id = fields.Many2one(related="hold_id.member_id", related_sudo=False)
    amount = fields.Float(related="hold_id.amount", related_sudo=False)
    unit = fields.Char(related="hold_id.unit", related_sudo=False)
    reason = fields.Char(required=True)

    # === ACTION METHODS === #

    def action_release(self):
        """Release the hold.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: without a reason, or when the hold has ended meanwhile.
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Write the reason: it stays with the hold."))
        if self.hold_id.state != "open":
            raise UserError(self.env._("This hold has ended already. Nothing was changed."))
        self.hold_id._release_by_hand()
        self.hold_id._note_release(reason)
        return {"type": "ir.actions.act_window_close"}
