"""Reading the lines of till orders: what they are worth, what has come back."""

from decimal import Decimal

from ..domain.lots import ZERO

PAID = ("paid", "done", "invoiced")


def money(value):
    """A stored float as the exact decimal it stands for."""
    return Decimal(str(value))


def total_included(lines):
    """Sum of ``lines``, tax included."""
    return sum((money(line.price_subtotal_incl) for line in lines), ZERO)


def earning_base(club, lines):
    """Net amount of ``lines`` that earns in ``club``, in the club's currency.

    What was paid with points or a wallet stands there as a negative line; stored value
    sold and tips are left out.
    """
    left_out = set(club.env["loyalty.program"]._club_stored_value_products())
    left_out |= set(lines.order_id.config_id.tip_product_id.ids)
    name = "price_subtotal_incl" if club.earn_basis == "tax_included" else "price_subtotal"
    total = ZERO
    for line in lines:
        if line.product_id.id not in left_out:
            total += money(line[name]) / money(line.order_id.currency_rate or 1)
    return total


def returns_of(order):
    """Lines by which goods of ``order`` have come back, in paid orders."""
    lines = order.lines.refund_orderline_ids
    return lines.filtered(lambda line: line.order_id.state in PAID)
