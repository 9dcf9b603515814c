from odoo import api, fields, models
from odoo.exceptions import UserError

from ..const import AMOUNT_DIGITS
from .append_only import freeze_table


class LoyaltyClubAllocation(models.Model):
    """Which debit emptied which lot, or (negative) which return refilled it."""

    _name = "loyalty.club.allocation"
    _inherit = ["loyalty.club.fact"]
    _description = "Lot Allocation"
    _log_access = False

    entry_id = fields.Many2one(
        "loyalty.club.entry", required=True, readonly=True, ondelete="restrict"
    )
    lot_id = fields.Many2one(
        "loyalty.club.lot", required=True, readonly=True, ondelete="restrict", index=True
    )
    lot_date = fields.Datetime(related="lot_id.date", string="Put in")
    expires_on = fields.Date(related="lot_id.expires_on")
    entry_kind = fields.Selection(related="entry_id.kind")
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)

    _not_zero = models.Constraint("CHECK (amount <> 0)", "An allocation takes something.")
    _once = models.UniqueIndex("(entry_id, lot_id)", "An entry meets a lot once.")

    def init(self):
        freeze_table(self.env.cr, self._table)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            raise UserError(
                self.env._("Allocations are written with the ledger's entries, not by hand.")
            )
        return super().create(vals_list)
