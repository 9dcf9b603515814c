"""Reading the lines of till orders: what they are worth, what has come back."""

from decimal import Decimal

from ..domain.lots import ZERO
from ..movement import Basket

PAID = ("paid", "done", "invoiced")


def money(value):
    """A stored float as the exact decimal it stands for."""
    return Decimal(str(value))


def worth(line, name="price_subtotal_incl"):
    """What the customer pays for ``line``, negative for what he gets.

    The till turns the sign of all subtotals of an order that returns something, so that
    goods coming back and goods bought look alike; quantity and price do not lie.

    :param name: subtotal to read, with or without tax.
    """
    amount = abs(money(line[name]))
    return -amount if (line.qty < 0) != (line.price_unit < 0) else amount


def total_included(lines):
    """Sum of ``lines``, tax included."""
    return sum((worth(line) for line in lines), ZERO)


def earning_base(club, lines):
    """Net amount of ``lines`` that earns in ``club``, in the club's currency."""
    return sum((earning_amount(club, line) for line in counted_lines(club, lines)), ZERO)


def earning_amount(club, line):
    """What ``line`` counts in ``club``, in its currency and basis: with or without tax."""
    name = "price_subtotal_incl" if club.earn_basis == "tax_included" else "price_subtotal"
    return worth(line, name) / money(line.order_id.currency_rate or 1)


def counted_lines(club, lines):
    """Those of ``lines`` that count for what is earned in ``club``.

    What was paid with points or a wallet stands there as a negative line; stored value
    sold, membership fees and tips are left out.
    """
    left_out = set(club.env["loyalty.program"]._club_stored_value_products())
    left_out |= club._fee_products()
    configs = lines.order_id.config_id
    for product in configs._club_uncounted():
        left_out |= set(configs[product].ids)
    return lines.filtered(lambda line: line.product_id.id not in left_out)


def basket_of(goods, branch):
    """The :class:`~..movement.Basket` of the lines of ``goods``, sold at ``branch``."""
    by_category = {}
    for line in goods:
        category = line.product_id.categ_id.id
        by_category[category] = by_category.get(category, ZERO) + worth(line)
    return Basket(total_included(goods), branch.id or None, by_category)


def returns_of(order):
    """Lines by which goods of ``order`` have come back, in paid orders."""
    lines = order.lines.refund_orderline_ids
    return lines.filtered(lambda line: line.order_id.state in PAID)
