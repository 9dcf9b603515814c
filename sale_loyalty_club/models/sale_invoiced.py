"""Which lines of posted invoices count as bought, by one statement for all who ask."""

from collections import namedtuple
from decimal import Decimal

from odoo.tools import SQL

# What is left of a line after credit notes. ``reward``: it takes off all goods; ``kind``: the kind
# of value it was paid with; ``quantity`` in the product's unit.
Row = namedtuple("Row", "line product reward kind quantity untaxed included")

_MODELS = ("account.move", "account.move.line", "sale.order", "sale.order.line", "product.template")


def counted_lines(env, moves):
    """Statement parts that tell what customer invoices of sales orders say was bought.

    A line without a sales order line belongs to the order of its invoice, or of the invoice
    that it credits. Down payments count when the final invoice names the goods. Stored value
    sold is no purchase, and neither is a membership fee. What the till invoiced is the till's.

    :param moves: SQL condition on ``m``, an account_move.
    :returns: SQL of two common table expressions: ``home`` (move_id, order_id) and
        ``counted`` (move_id, order_id, line_id, product_id, reward, payment, kind_id,
        quantity, untaxed, included), in the company's currency, credit notes negative, of
        posted invoices alone. ``quantity`` counts goods in their product's unit; ``kind_id``
        is the kind of value by which a reward was paid.
    """
    for name in _MODELS:
        env[name].flush_model()
    stored_value = set(env["loyalty.program"]._club_stored_value_products())
    left_out = list(stored_value | env["loyalty.club"]._fee_products())
    return SQL(
        """
        wanted AS (
            SELECT m.id, m.reversed_entry_id FROM account_move m
             WHERE m.move_type IN ('out_invoice', 'out_refund') AND %(moves)s
               AND NOT EXISTS (SELECT FROM pos_order p WHERE p.account_move = m.id)
        ), linked AS (
            SELECT l.move_id, MIN(s.order_id) AS order_id
              FROM account_move_line l
              JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = l.id
              JOIN sale_order_line s ON s.id = rel.order_line_id
             WHERE l.move_id IN (SELECT id FROM wanted
                                  UNION SELECT reversed_entry_id FROM wanted)
             GROUP BY l.move_id
        ), home AS (
            SELECT w.id AS move_id, COALESCE(own.order_id, original.order_id) AS order_id
              FROM wanted w
              LEFT JOIN linked own ON own.move_id = w.id
              LEFT JOIN linked original ON original.move_id = w.reversed_entry_id
             WHERE COALESCE(own.order_id, original.order_id) IS NOT NULL
        ), counted AS (
            SELECT l.move_id, COALESCE(s.order_id, home.order_id) AS order_id,
                   s.id AS line_id, l.product_id, s.reward_id IS NOT NULL AS reward,
                   COALESCE(p.program_type, '') IN ('gift_card', 'ewallet') AS payment,
                   p.club_wallet_kind_id AS kind_id,
                   CASE WHEN s.reward_id IS NULL AND l.product_id IS NOT NULL
                        THEN l.quantity * COALESCE(sold.factor / NULLIF(base.factor, 0), 1)
                             * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                        ELSE 0 END AS quantity,
                   -l.balance AS untaxed,
                   l.price_total * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                       / COALESCE(NULLIF(m.invoice_currency_rate::numeric, 0), 1) AS included
              FROM home
              JOIN account_move m ON m.id = home.move_id AND m.state = 'posted'
              JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
              LEFT JOIN LATERAL (
                    SELECT MIN(order_line_id) AS id FROM sale_order_line_invoice_rel
                     WHERE invoice_line_id = l.id
                   ) link ON TRUE
              LEFT JOIN sale_order_line s ON s.id = link.id
              LEFT JOIN loyalty_reward r ON r.id = s.reward_id
              LEFT JOIN loyalty_program p ON p.id = r.program_id
              LEFT JOIN product_product variant ON variant.id = l.product_id
              LEFT JOIN product_template goods ON goods.id = variant.product_tmpl_id
              LEFT JOIN uom_uom sold ON sold.id = l.product_uom_id
              LEFT JOIN uom_uom base ON base.id = goods.uom_id
             WHERE COALESCE(s.is_downpayment, FALSE) IS FALSE
               AND (l.product_id IS NULL OR l.product_id <> ALL(%(left_out)s))
        )
        """,
        moves=moves,
        left_out=left_out or [0],
    )


def invoiced(orders):
    """What each of ``orders`` was invoiced for, net of credit notes, as far as it earns.

    What was paid with points or a wallet stands there as a negative line.

    :returns: dict of order id to tuple of :class:`Row`, in the company's currency.
    """
    if not orders:
        return {}
    linked = SQL(
        "SELECT l.move_id FROM sale_order_line s"
        " JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = s.id"
        " JOIN account_move_line l ON l.id = rel.invoice_line_id WHERE s.order_id IN %s",
        tuple(orders.ids),
    )
    moves = SQL(
        "m.id IN (%(linked)s UNION SELECT id FROM account_move"
        " WHERE reversed_entry_id IN (%(linked)s))",
        linked=linked,
    )
    orders.env.cr.execute(
        SQL(
            "WITH %s SELECT order_id, line_id, product_id, reward, kind_id, SUM(quantity)::text,"
            " SUM(untaxed)::text, SUM(included)::text FROM counted WHERE order_id IN %s"
            " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
            counted_lines(orders.env, moves),
            tuple(orders.ids),
        )
    )
    found = {}
    for order_id, line, product, reward, kind, *figures in orders.env.cr.fetchall():
        row = Row(line, product, reward, kind, *map(Decimal, figures))
        if row.quantity or row.untaxed or row.included:
            found.setdefault(order_id, []).append(row)
    return {order_id: tuple(rows) for order_id, rows in found.items()}
