"""A sales order as earning rules see it: goods, what takes off, how it was paid."""

from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.domain.sale import NO_PRODUCT, Sale, SaleLine
from odoo.addons.loyalty_club.models.pos_stamps import categories

from .sale_invoiced import Row
from .sale_lines import exact

# What was not paid with value of the club: money, whatever way it came. No method of a till has
# this number.
_MONEY = "method:0"


def sale_of(club, order, rows, clock, needs):
    """The :class:`~loyalty_club.domain.sale.Sale` that ``rows`` of an order are.

    :param club: loyalty.club for whose terms it is told.
    :param rows: :class:`~.sale_invoiced.Row`, of what was invoiced or of what is on the order.
    :param clock: when it was ordered, on the shop's clock.
    :param needs: what of it is asked: see ``loyalty_club.domain.earn_rule.ABOUT_SALE``.
    """
    branch, _club = order._club_place()
    amounts = [basis_of(club, row) for row in rows]
    products = order.env["product.product"].browse([row.product for row in rows if row.product])
    goods = {product.id: product for product in products}
    return Sale(
        clock,
        order._club_channel(),
        branch.id or None,
        tuple(
            _line(row, amount, goods.get(row.product), needs)
            for row, amount in zip(rows, amounts, strict=True)
        ),
        _paid(rows, amounts) if "paid" in needs else {},
        bool(order.club_card_id),
    )


def ordered_rows(order):
    """What is on an order, invoiced or not, as far as it earns: a tuple of Row."""
    stored_value = order.env["loyalty.program"]._club_stored_value_products()
    left_out = stored_value.keys() | order.env["loyalty.club"]._fee_products()
    rate = order.currency_rate or 1.0
    return tuple(
        Row(
            line.id,
            line.product_id.id,
            bool(line.reward_id),
            line.reward_id.program_id.club_wallet_kind_id.id or None,
            ZERO if line.reward_id else _quantity(line),
            exact(line.price_subtotal / rate),
            exact(line.price_total / rate),
        )
        for line in order.order_line
        if not line.display_type and not line.is_downpayment and line.product_id.id not in left_out
    )


def basis_of(club, row):
    """What ``row`` counts in ``club``: with or without tax."""
    return row.included if club.earn_basis == "tax_included" else row.untaxed


def _quantity(line):
    """Ordered quantity in the unit of the product."""
    unit = line.product_uom_id or line.product_id.uom_id
    return exact(unit._compute_quantity(line.product_uom_qty, line.product_id.uom_id, round=False))


def _line(row, amount, product, needs):
    """Rewards, and discounts that are lines of their own, take something off all goods."""
    if row.reward or not product or amount < 0:
        return SaleLine(NO_PRODUCT, amount=amount, kind=row.kind)
    return SaleLine(
        product.id,
        product.product_tmpl_id.id,
        categories(product) if "goods" in needs else frozenset(),
        frozenset(product.all_product_tag_ids.ids) if "tags" in needs else frozenset(),
        row.quantity,
        amount,
    )


def _paid(rows, amounts):
    paid = {_MONEY: sum(amounts, ZERO)}
    for row, amount in zip(rows, amounts, strict=True):
        if row.kind:
            key = f"kind:{row.kind}"
            paid[key] = paid.get(key, ZERO) - amount
    return paid
