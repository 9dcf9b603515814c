from odoo import api, fields, models

from ..clock import today_in
from ..const import AMOUNT_DIGITS


class LoyaltyClubWallet(models.Model):
    """What a wallet's screens show beside its balances; nothing here is stored."""

    _inherit = "loyalty.club.wallet"

    next_expiry = fields.Date(
        string="Expires next",
        compute="_compute_next_expiry",
        help="The last day of what expires first.",
    )
    next_expiry_amount = fields.Float(
        string="Expiring", compute="_compute_next_expiry", digits=AMOUNT_DIGITS
    )

    # === COMPUTE METHODS === #

    @api.depends("lot_ids.remaining", "lot_ids.expires_on")
    def _compute_next_expiry(self):
        """The first day on which something expires, and how much: one query."""
        first = {}
        for company, wallets in self.grouped("company_id").items():
            sums = self.env["loyalty.club.lot"]._read_group(
                [
                    ("wallet_id", "in", wallets.ids),
                    ("remaining", ">", 0),
                    ("expires_on", ">=", today_in(company)),
                ],
                ["wallet_id", "expires_on:day"],
                ["remaining:sum"],
                order="expires_on:day",
            )
            for wallet, day, amount in sums:
                first.setdefault(wallet, (day, amount))
        for wallet in self:
            wallet.next_expiry, wallet.next_expiry_amount = first.get(wallet, (False, 0.0))
