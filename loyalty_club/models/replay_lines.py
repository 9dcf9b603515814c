"""Goods and means of payment of past sales, for rules that ask about them: whole batches at once.

The twin of what the till and sales orders say of one sale at a time.
"""

from collections import defaultdict
from decimal import Decimal

from odoo.tools import SQL

from ..domain.sale import NO_PRODUCT, SaleLine

# As pos_lines.worth: the sign of a subtotal says nothing.
_POS_WORTH = """
    CASE WHEN (l.qty < 0) <> (l.price_unit < 0) THEN -ABS(l.{name}) ELSE ABS(l.{name}) END
        / COALESCE(NULLIF(o.currency_rate::numeric, 0), 1)
"""


class ReplayDocuments:
    """What documents say of sales: their basis of earning, margin, goods and means of payment.

    :param club: loyalty.club.
    """

    def __init__(self, club):
        self.env, self.club = club.env, club
        self.included = club.earn_basis == "tax_included"
        self.left_out = self._left_out()
        self._categories = self._tags = None

    def _left_out(self):
        """Products that are no goods: stored value, membership fees, tips."""
        left_out = set(self.env["loyalty.program"]._club_stored_value_products())
        left_out |= self.env["loyalty.club"]._fee_products()
        tills = self.env["pos.config"].with_context(active_test=False)
        tills = tills.search([("company_id", "=", self.club.company_id.id)])
        for product in tills._club_uncounted():
            left_out |= set(tills[product].ids)
        return list(left_out) or [0]

    def _subtotal(self, included):
        return SQL(_POS_WORTH.format(name="price_subtotal_incl" if included else "price_subtotal"))

    # --- sums ------------------------------------------------------------------------

    def sums(self, origins):
        """Basis and margin: dict of (model, id) to (Decimal, Decimal or None).

        :param origins: dict of model to ids of its records.
        """
        found = {}
        for origin, basis, margin in self._pos_sums(origins.get("pos.order")):
            found["pos.order", origin] = (Decimal(basis), margin and Decimal(margin))
        for origin, basis in self._move_sums(origins.get("account.move")):
            found["account.move", origin] = (Decimal(basis), None)
        return found

    def _pos_sums(self, ids):
        if not ids:
            return []
        self.env.cr.execute(
            SQL(
                """
                SELECT l.order_id, SUM(%(basis)s)::text,
                       CASE WHEN BOOL_AND(  -- goods without a cost have none recorded
                                %(net)s <= 0 OR (l.is_total_cost_computed AND l.total_cost <> 0))
                            THEN SUM(%(net)s - l.total_cost::numeric
                                     / COALESCE(NULLIF(o.currency_rate::numeric, 0), 1))::text
                        END
                  FROM pos_order_line l JOIN pos_order o ON o.id = l.order_id
                 WHERE l.order_id = ANY(%(ids)s) AND l.product_id <> ALL(%(left_out)s)
                 GROUP BY l.order_id
                """,
                basis=self._subtotal(self.included),
                net=self._subtotal(False),
                ids=list(ids),
                left_out=self.left_out,
            )
        )
        return self.env.cr.fetchall()

    def _move_sums(self, ids):
        if not ids:
            return []
        amount = SQL("amount_total_signed" if self.included else "amount_untaxed_signed")
        self.env.cr.execute(
            SQL(
                "SELECT id, %s::text FROM account_move WHERE id = ANY(%s) AND state = 'posted'",
                amount,
                list(ids),
            )
        )
        return self.env.cr.fetchall()

    # --- returns ---------------------------------------------------------------------

    def sources(self, returns):
        """Of which sales goods came back: dict of (model, id) to (model, id).

        :param returns: dict of model to ids of its records.
        """
        pos, moves = (list(returns.get(name) or ()) for name in ("pos.order", "account.move"))
        self.env.cr.execute(
            SQL(
                """
                SELECT 'pos.order', back.order_id, MIN(sold.order_id)
                  FROM pos_order_line back
                  JOIN pos_order_line sold ON sold.id = back.refunded_orderline_id
                 WHERE back.order_id = ANY(%s) GROUP BY back.order_id
                UNION ALL
                SELECT 'account.move', id, reversed_entry_id FROM account_move
                 WHERE id = ANY(%s) AND reversed_entry_id IS NOT NULL
                """,
                pos,
                moves,
            )
        )
        return {(model, back): (model, sold) for model, back, sold in self.env.cr.fetchall()}

    # --- goods -----------------------------------------------------------------------

    def goods(self, origins):
        """The lines of sales, and what was paid by each means.

        :param origins: dict of model to ids of its records.
        :returns: dict of (model, id) to (tuple of :class:`SaleLine`, dict of means to amount,
            whether the membership card was shown).
        """
        shown = self._cards_shown(origins.get("pos.order"))
        lines, paid = defaultdict(list), defaultdict(lambda: defaultdict(Decimal))
        for model, rows in (
            ("pos.order", self._pos_lines(origins.get("pos.order"))),
            ("account.move", self._move_lines(origins.get("account.move"))),
        ):
            for origin, takes_off, kind, amount, *goods in rows:
                amount = Decimal(amount)
                line = (
                    SaleLine(NO_PRODUCT, amount=amount, kind=kind)
                    if takes_off
                    else self._line(amount, *goods)
                )
                lines[model, origin].append(line)
                if line.kind:
                    paid[model, origin][f"kind:{line.kind}"] -= line.amount
        for origin, method, amount in self._payments(origins.get("pos.order")):
            paid["pos.order", origin][f"method:{method}"] += Decimal(amount)
        return {key: (tuple(found), dict(paid[key]), key in shown) for key, found in lines.items()}

    def _line(self, amount, product, template, category, quantity):
        if self._categories is None:
            self._categories, self._tags = self._all_categories(), self._all_tags()
        return SaleLine(
            product,
            template,
            self._categories.get(category, frozenset()),
            self._tags["template"].get(template, frozenset())
            | self._tags["product"].get(product, frozenset()),
            Decimal(quantity),
            amount,
        )

    def _all_categories(self):
        """Each category's id, and of those above it."""
        self.env.cr.execute(SQL("SELECT id, parent_path FROM product_category"))
        return {
            category: frozenset(int(part) for part in (path or str(category)).split("/") if part)
            for category, path in self.env.cr.fetchall()
        }

    def _all_tags(self):
        found = {}
        for key, model, name in (
            ("template", "product.template", "product_tag_ids"),
            ("product", "product.product", "additional_product_tag_ids"),
        ):
            field = self.env[model]._fields[name]
            self.env.cr.execute(
                SQL(
                    "SELECT %(owner)s, array_agg(%(tag)s) FROM %(table)s GROUP BY 1",
                    owner=SQL.identifier(field.column1),
                    tag=SQL.identifier(field.column2),
                    table=SQL.identifier(field.relation),
                )
            )
            found[key] = {owner: frozenset(tags) for owner, tags in self.env.cr.fetchall()}
        return found

    def _pos_lines(self, ids):
        if not ids:
            return []
        self.env.cr.execute(
            SQL(
                """
                SELECT l.order_id,
                       COALESCE(l.is_reward_line, FALSE) OR (l.price_unit < 0 AND l.qty > 0),
                       p.club_wallet_kind_id,
                       (%(amount)s)::text, l.product_id, v.product_tmpl_id, t.categ_id, l.qty::text
                  FROM pos_order_line l
                  JOIN pos_order o ON o.id = l.order_id
                  JOIN product_product v ON v.id = l.product_id
                  JOIN product_template t ON t.id = v.product_tmpl_id
                  LEFT JOIN loyalty_reward r ON r.id = l.reward_id
                  LEFT JOIN loyalty_program p ON p.id = r.program_id
                 WHERE l.order_id = ANY(%(ids)s) AND l.refunded_orderline_id IS NULL
                   AND l.product_id <> ALL(%(left_out)s)
                 ORDER BY l.order_id, l.id
                """,
                amount=self._subtotal(self.included),
                ids=list(ids),
                left_out=self.left_out,
            )
        )
        return self.env.cr.fetchall()

    def _move_lines(self, ids):
        if not ids:
            return []
        amount = (
            SQL("l.price_total / COALESCE(NULLIF(m.invoice_currency_rate::numeric, 0), 1)")
            if self.included
            else SQL("-l.balance")
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT l.move_id, %(amount)s < 0, NULL::int, (%(amount)s)::text, l.product_id,
                       v.product_tmpl_id, t.categ_id, l.quantity::text
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN product_product v ON v.id = l.product_id
                  JOIN product_template t ON t.id = v.product_tmpl_id
                 WHERE l.move_id = ANY(%(ids)s) AND l.display_type = 'product'
                   AND l.product_id <> ALL(%(left_out)s)
                 ORDER BY l.move_id, l.id
                """,
                amount=amount,
                ids=list(ids),
                left_out=self.left_out,
            )
        )
        return self.env.cr.fetchall()

    def _cards_shown(self, ids):
        if not ids:
            return set()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM pos_order WHERE id = ANY(%s) AND club_card_code <> ''",
                list(ids),
            )
        )
        return {("pos.order", origin) for (origin,) in self.env.cr.fetchall()}

    def _payments(self, ids):
        if not ids:
            return []
        self.env.cr.execute(
            SQL(
                "SELECT pos_order_id, payment_method_id, SUM(amount)::text FROM pos_payment"
                " WHERE pos_order_id = ANY(%s) GROUP BY 1, 2",
                list(ids),
            )
        )
        return self.env.cr.fetchall()
