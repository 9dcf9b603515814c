from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import AMOUNT_DIGITS
from ..movement import Movement


class LoyaltyClubWalletAdjust(models.TransientModel):
    """Give value to a wallet, or take it, with a reason that stays on the ledger."""

    _name = "loyalty.club.wallet.adjust"
    _description = "Adjust Balance"

    wallet_id = fields.Many2one("loyalty.club.wallet", required=True, ondelete="cascade")
    balance = fields.Float(related="wallet_id.balance")
    unit = fields.Char(related="wallet_id.unit")
    balance_after = fields.Float(compute="_compute_balance_after", digits=AMOUNT_DIGITS)
    amount = fields.Float(
        required=True, digits=AMOUNT_DIGITS, help="Positive to give, negative to take."
    )
    reason = fields.Char(required=True)

    @api.depends("wallet_id.balance", "amount")
    def _compute_balance_after(self):
        for wizard in self:
            wizard.balance_after = wizard.balance + wizard.amount

    @api.constrains("reason")
    def _check_reason(self):
        if any(not (wizard.reason or "").strip() for wizard in self):
            raise UserError(self.env._("Write the reason: it stays on the ledger."))

    def action_adjust(self):
        """Book the adjustment.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: when the amount is nothing, a fraction of the smallest step, or
            more than the wallet holds.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_club.group_manager"):
            raise AccessError(self.env._("Only a club manager adjusts balances."))
        amount = Decimal(str(self.amount))
        step = Decimal(str(self.wallet_id.kind_id.rounding))
        if not amount or amount % step:
            raise UserError(
                self.env._(
                    "Enter an amount other than zero, in whole steps of %(step)s.",
                    step=self.wallet_id.kind_id._format(step),
                )
            )
        self.wallet_id.sudo()._post_or_raise(  # sudo: ledger's door, the group was checked
            [
                Movement(
                    wallet_id=self.wallet_id.id,
                    amount=amount,
                    kind="adjust",
                    key=f"adjust:{self.env.cr.dbname}:{self.id}",
                    note=self.reason.strip(),
                )
            ]
        )
        return {"type": "ir.actions.act_window_close"}
