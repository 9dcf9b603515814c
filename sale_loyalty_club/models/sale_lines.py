"""Reading the lines of sales orders: what they are worth, what credit notes brought back."""

from decimal import Decimal

from odoo.addons.loyalty_club.domain.lots import ZERO
from odoo.addons.loyalty_club.movement import Basket


def exact(value):
    """A float that stock computed, as the decimal it stands for."""
    return Decimal(f"{value:.6f}")


def total(lines):
    """Sum of ``lines``, tax included."""
    return sum((exact(line.price_total) for line in lines), ZERO)


def basket_of(order, branch):
    """The :class:`~loyalty_club.movement.Basket` of an order's goods, in the currency of the
    company, in which conditions of use are set."""
    by_category = {}
    for line in order.order_line.filtered(lambda line: not line.reward_id and line.product_id):
        category = line.product_id.categ_id.id
        amount = exact(line.price_total / (order.currency_rate or 1.0))
        by_category[category] = by_category.get(category, ZERO) + amount
    return Basket(sum(by_category.values(), ZERO), branch.id or None, by_category)


def returned(line):
    """How much of a line posted credit notes brought back.

    A credit note counts as a return until the same is invoiced again: replacing a faulty
    invoice returns nothing.

    :returns: (ordered, returned): positive Decimals, in money where the line costs
        something, else in units.
    """
    in_money = bool(line.price_total)
    ordered = abs(exact(line.price_total if in_money else line.product_uom_qty))
    sums = {"out_invoice": ZERO, "out_refund": ZERO}
    for move_line in line.invoice_lines:
        if move_line.parent_state == "posted" and move_line.move_type in sums:
            amount = move_line.price_total if in_money else _quantity(move_line, line)
            sums[move_line.move_type] += abs(exact(amount))
    again = max(sums["out_invoice"] - ordered, ZERO)
    back = max(sums["out_refund"] - again, ZERO)
    return ordered, min(back, ordered)


def _quantity(move_line, line):
    """Invoiced quantity in the unit in which it was ordered."""
    unit = move_line.product_uom_id or line.product_uom_id
    return unit._compute_quantity(move_line.quantity, line.product_uom_id, round=False)
