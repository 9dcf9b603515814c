from odoo import fields, models

from ..const import AMOUNT_DIGITS


class LoyaltyClubLot(models.Model):
    """What one credit left behind to be spent: debits empty lots, oldest expiry first."""

    _name = "loyalty.club.lot"
    _inherit = ["loyalty.club.fact"]
    _description = "Lot"
    _order = "wallet_id, expires_on, id"
    _log_access = False
    _rec_name = "entry_id"

    wallet_id = fields.Many2one(
        "loyalty.club.wallet", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="wallet_id.company_id")
    member_id = fields.Many2one(related="wallet_id.member_id")
    kind_id = fields.Many2one(related="wallet_id.kind_id")
    unit = fields.Char(related="kind_id.unit")
    entry_id = fields.Many2one(
        "loyalty.club.entry", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime(required=True, readonly=True)
    amount = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    remaining = fields.Float(digits=AMOUNT_DIGITS, required=True, readonly=True)
    expires_on = fields.Date(
        string="Expires on", readonly=True, help="Last day on which it may be spent."
    )
    allocation_ids = fields.One2many("loyalty.club.allocation", "lot_id", readonly=True)

    _remaining_sound = models.Constraint(
        "CHECK (amount > 0 AND remaining >= 0 AND remaining <= amount)",
        "A lot holds between nothing and what was put in.",
    )
    _entry_unique = models.UniqueIndex("(entry_id)", "A credit opens one lot.")
    _open_index = models.Index("(wallet_id, expires_on, id) WHERE remaining > 0")
    _due_index = models.Index("(expires_on) WHERE remaining > 0")
