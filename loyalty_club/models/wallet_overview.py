from odoo import api, fields, models
from odoo.tools import SQL

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
        """The first day on which something expires, and how much: the first lots of the index."""
        first = {}
        for company, wallets in self.grouped("company_id").items():
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT w.id, first.day, (
                           SELECT SUM(l.remaining)::float8 FROM loyalty_club_lot l
                            WHERE l.wallet_id = w.id AND l.remaining > 0
                              AND l.expires_on = first.day)
                      FROM unnest(%(wallets)s::int[]) AS w(id)
                     CROSS JOIN LATERAL (
                           SELECT l.expires_on AS day FROM loyalty_club_lot l
                            WHERE l.wallet_id = w.id AND l.remaining > 0
                              AND l.expires_on >= %(today)s
                            ORDER BY l.expires_on LIMIT 1) AS first
                    """,
                    wallets=wallets._origin.ids,
                    today=today_in(company),
                )
            )
            first |= {wallet: (day, amount) for wallet, day, amount in rows}
        for wallet in self:
            wallet.next_expiry, wallet.next_expiry_amount = first.get(
                wallet._origin.id, (False, 0.0)
            )
