from odoo import api, fields, models

_BY_SERVER = ("club_wallet_id", "club_entry_id")


class PosPayment(models.Model):
    """What was paid from a wallet of the club names the wallet and the ledger's entry."""

    _inherit = "pos.payment"

    club_key = fields.Char(
        string="Request",
        readonly=True,
        copy=False,
        help="Made by the till before it asks for the value, and kept with the payment: asked "
        "again with it, the ledger answers the same.",
    )
    club_wallet_id = fields.Many2one(
        "loyalty.club.wallet",
        string="Wallet",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    club_entry_id = fields.Many2one(
        "loyalty.club.entry",
        string="Club entry",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._club_without_booking(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._club_without_booking(vals))

    @api.model
    def _club_without_booking(self, vals):
        """What was booked the server notes; a till may only say what it asked for."""
        if self.env.su or not any(name in vals for name in _BY_SERVER):
            return vals
        return {name: value for name, value in vals.items() if name not in _BY_SERVER}
