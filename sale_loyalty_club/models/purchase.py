from odoo import api, models
from odoo.tools import SQL

from odoo.addons.loyalty_club.models.purchase import _COLUMNS

from .sale_invoiced import counted_lines


class LoyaltyClubPurchase(models.Model):
    _inherit = "loyalty.club.purchase"

    _invoice_index = models.Index("(origin_id) WHERE origin_model = 'account.move'")

    # === BUSINESS METHODS === #

    @api.model
    def _backfill(self, club):
        """Besides the tills' sales, the invoices of sales orders."""
        return super()._backfill(club) + self._record_sale(club=club)

    @api.model
    def _record_sale(self, moves=None, club=None):
        """Write customer invoices of sales orders into the journal, by one statement.

        The same statement serves the invoice of this moment and the history. A row says by
        how much an invoice differs from its earlier rows: an invoice reset to draft is
        undone by a row of the other sign, and recorded anew when it is posted again.

        :param moves: account.move to record, or None for all of ``club``'s.
        :param club: loyalty.club to fill, or None for the club of each order.
        :returns: number of rows added.
        """
        for name in ("loyalty.club", "loyalty.club.member", "stock.warehouse"):
            self.env[name].flush_model()
        wanted = SQL("TRUE") if moves is None else SQL("m.id IN %s", tuple(moves.ids))
        self.env.cr.execute(
            SQL(
                """
                WITH %(counted)s, net AS (
                    SELECT move_id, SUM(untaxed) FILTER (WHERE NOT payment) AS amount,
                           SUM(quantity) AS quantity
                      FROM counted GROUP BY move_id
                )
                INSERT INTO loyalty_club_purchase (%(columns)s)
                SELECT o.partner_id, mem.id, club.id, m.company_id, b.id, %(channel)s,
                       LEAST(m.invoice_date + INTERVAL '12 hours', NOW() AT TIME ZONE 'UTC'),
                       COALESCE(net.amount, 0) - COALESCE(done.amount, 0),
                       COALESCE(net.quantity, 0) - COALESCE(done.quantity, 0),
                       m.move_type = 'out_refund', 'account.move', m.id,
                       'account.move,' || m.id
                           || CASE WHEN done.times > 0 THEN ',' || done.times ELSE '' END
                  FROM home
                  JOIN account_move m ON m.id = home.move_id
                  JOIN sale_order o ON o.id = home.order_id
                  LEFT JOIN stock_warehouse w ON w.id = o.warehouse_id
                  LEFT JOIN loyalty_club_branch b ON b.id = %(branch)s
                  LEFT JOIN net ON net.move_id = m.id
                  JOIN LATERAL (
                        SELECT id FROM loyalty_club
                         WHERE CASE WHEN b.id IS NOT NULL THEN id = b.club_id
                                    ELSE company_id = o.company_id AND active END
                         ORDER BY sequence, id LIMIT 1
                       ) club ON TRUE
                  LEFT JOIN LATERAL (%(member)s) mem ON TRUE
                  JOIN LATERAL (
                        SELECT COUNT(*) AS times, SUM(amount) AS amount,
                               SUM(quantity) AS quantity
                          FROM loyalty_club_purchase
                         WHERE origin_model = 'account.move' AND origin_id = m.id
                       ) done ON TRUE
                 WHERE CASE WHEN done.times = 0 THEN net.amount IS NOT NULL
                            ELSE COALESCE(net.amount, 0) <> done.amount END
                   AND %(club)s
                ON CONFLICT (origin_key) DO NOTHING
                """,
                counted=counted_lines(self.env, wanted),
                columns=_COLUMNS,
                member=self.env["loyalty.club.member"]._serving(
                    SQL("o.partner_id"), SQL("club.id")
                ),
                branch=self._sale_branch(),
                channel=self._sale_channel(),
                club=SQL("club.id = %s", club.id) if club is not None else SQL("TRUE"),
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _sale_branch(self):
        """Branch of an order (alias ``o``, its warehouse ``w``), as SQL; the twin of
        :meth:`sale.order._club_place`. Glue addons that know better extend both."""
        return SQL("w.club_branch_id")

    @api.model
    def _sale_channel(self):
        """Channel of an order (alias ``o``), as SQL."""
        return SQL("'sale'")
