from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import AMOUNT_DIGITS


class LoyaltyClubEntryReinstate(models.TransientModel):
    """Bring back value that has expired, with a reason that stays on the ledger."""

    _name = "loyalty.club.entry.reinstate"
    _description = "Bring Back Expired Value"

    entry_id = fields.Many2one(
        "loyalty.club.entry",
        string="Expired",
        required=True,
        ondelete="cascade",
        domain=[("kind", "=", "expire")],
    )
    member_id = fields.Many2one(related="entry_id.member_id", related_sudo=False)
    unit = fields.Char(related="entry_id.unit", related_sudo=False)
    left = fields.Float(string="Can be brought back", compute="_compute_left", digits=AMOUNT_DIGITS)
    amount = fields.Float(
        compute="_compute_amount",
        store=True,
        readonly=False,
        required=True,
        digits=AMOUNT_DIGITS,
    )
    expires_on = fields.Date(
        string="New last day", help="Empty: as for any value that comes in today."
    )
    reason = fields.Char(required=True)

    @api.depends("entry_id")
    def _compute_left(self):
        for wizard in self:
            entry = wizard.entry_id
            wizard.left = -sum((entry | entry.reversal_ids).mapped("amount"))

    @api.depends("entry_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.left

    @api.constrains("reason")
    def _check_reason(self):
        if any(not (wizard.reason or "").strip() for wizard in self):
            raise UserError(self.env._("Write the reason: it stays on the ledger."))

    def action_reinstate(self):
        """Book it.

        :raises AccessError: for anyone but a club manager.
        :raises UserError: for more than expired, or a day gone by.
        """
        self.ensure_one()
        self.env["loyalty.club.expiry"]._reinstate(
            self.entry_id,
            Decimal(str(self.amount)),
            self.expires_on,
            self.reason,
            key=f"reinstate:{self.env.cr.dbname}:{self.id}",
        )
        return {"type": "ir.actions.act_window_close"}
