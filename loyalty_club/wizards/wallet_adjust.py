from decimal import Decimal

from odoo import api, fields, models

from ..const import AMOUNT_DIGITS


class LoyaltyClubWalletAdjust(models.TransientModel):
    """Give value to a wallet, or take it, with a reason that stays on the ledger."""

    _name = "loyalty.club.wallet.adjust"
    _description = "Adjust Balance"

    wallet_id = fields.Many2one("loyalty.club.wallet", required=True, ondelete="cascade")
    balance = fields.Float(related="wallet_id.balance", related_sudo=False)
    unit = fields.Char(related="wallet_id.unit", related_sudo=False)
    balance_after = fields.Float(compute="_compute_balance_after", digits=AMOUNT_DIGITS)
    limit = fields.Float(related="wallet_id.kind_id.adjust_approval_above", related_sudo=False)
    amount = fields.Float(
        required=True, digits=AMOUNT_DIGITS, help="Positive to give, negative to take."
    )
    reason = fields.Char(required=True)
    adjustment_id = fields.Many2one("loyalty.club.adjustment", readonly=True)

    @api.depends("wallet_id.balance", "amount")
    def _compute_balance_after(self):
        for wizard in self:
            wizard.balance_after = wizard.balance + wizard.amount

    def action_adjust(self):
        """Book the adjustment, or ask a second manager for it; a second click does nothing.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when the amount is nothing, a fraction of the smallest step, or
            more than the wallet holds; when there is no reason.
        """
        self.ensure_one()
        if not self.adjustment_id:
            self.adjustment_id = self.env["loyalty.club.adjustment"]._request(
                self.wallet_id, Decimal(str(self.amount)), self.reason
            )
        close = {"type": "ir.actions.act_window_close"}
        if self.adjustment_id.state != "waiting":
            return close
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "This is above what one person may adjust in a day. Another club manager "
                    "was asked to approve it."
                ),
                "next": close,
            },
        }
