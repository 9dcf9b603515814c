"""A till order as earning rules see it: goods, what takes off, how it was paid."""

from collections import defaultdict

from ..domain.lots import ZERO
from ..domain.sale import NO_PRODUCT, Sale, SaleLine
from .pos_lines import counted_lines, earning_amount, money, total_included, worth
from .pos_stamps import categories

_MONEY = "method:0"  # money, whatever way it came: no method of a till has this number


def sale_of(club, order, moment, needs, lines, returned=(), card_shown=False):
    """The :class:`~..domain.sale.Sale` of a till order.

    :param club: loyalty.club for whose terms it is told.
    :param moment: when it was sold, on the shop's clock.
    :param needs: what of it is asked: see ``domain.earn_rule.ABOUT_SALE``.
    :param lines: pos.order.line, none of them a return.
    :param returned: lines by which some of them came back.
    """
    return Sale(
        moment,
        "pos",
        order.config_id.club_branch_id.id or None,
        sale_lines(club, lines, returned, needs),
        _paid(order, lines) if "paid" in needs else {},
        card_shown,
    )


def sale_lines(club, lines, returned=(), needs=frozenset()):
    """Lines as rules count them: what earns in ``club``, net of what came back of it.

    Rewards, stock's discounts among them, take something off all goods, and so do discounts by a
    line of their own.
    """
    counted = counted_lines(club, lines)
    quantity, amount = dict.fromkeys(counted.ids, ZERO), dict.fromkeys(counted.ids, ZERO)
    for line in [*counted, *returned]:
        of = line.refunded_orderline_id.id or line.id
        if of in quantity:
            quantity[of] += money(line.qty)
            amount[of] += earning_amount(club, line)
    return tuple(_sale_line(line, quantity[line.id], amount[line.id], needs) for line in counted)


def _sale_line(line, quantity, amount, needs):
    if line.is_reward_line:
        kind = line.reward_id.program_id.club_wallet_kind_id.id if "paid" in needs else None
        return SaleLine(NO_PRODUCT, amount=amount, kind=kind or None)
    if line.price_unit < 0 < line.qty:  # no goods: a discount that the till or the cashier gave
        return SaleLine(NO_PRODUCT, amount=amount)
    product = line.product_id
    return SaleLine(
        product.id,
        product.product_tmpl_id.id if "goods" in needs else 0,
        categories(product) if "goods" in needs else frozenset(),
        frozenset(product.all_product_tag_ids.ids) if "tags" in needs else frozenset(),
        quantity,
        amount,
    )


def _paid(order, lines):
    """What was paid by each means; the club's own kinds of value are lines of rewards."""
    paid = _by_method(order)
    for original, amount in _exchanged(order).items():
        for key, share in _shares(original).items():
            paid[key] = paid.get(key, ZERO) + amount * share
    for line in lines.filtered("is_reward_line"):
        kind = line.reward_id.program_id.club_wallet_kind_id
        if kind:
            key = f"kind:{kind.id}"
            paid[key] = paid.get(key, ZERO) - worth(line)
    return paid


def _by_method(order):
    """What was paid at the till, by its methods; out of the club's value, by its kinds."""
    paid = {}
    for payment in order.payment_ids:
        method = payment.payment_method_id
        kind = method.club_wallet_kind_id.id
        key = f"kind:{kind}" if kind else f"method:{method.id}"
        paid[key] = paid.get(key, ZERO) + money(payment.amount)
    return paid


def _exchanged(order):
    """What goods that came back paid for in this order: by the order they were bought with."""
    amounts = defaultdict(lambda: ZERO)
    for line in order.lines.filtered("refunded_orderline_id"):
        amounts[line.refunded_orderline_id.order_id] -= worth(line)
    return {original: amount for original, amount in amounts.items() if amount > 0}


def _shares(original):
    """The means by which goods that came back had been paid for, as shares of one whole.

    What an exchange before that one paid for is money, but of no method.
    """
    paid = {key: amount for key, amount in _by_method(original).items() if amount > 0}
    bought = original.lines.filtered(lambda line: not line.refunded_orderline_id)
    paid[_MONEY] = max(total_included(bought) - sum(paid.values(), ZERO), ZERO)
    whole = sum(paid.values(), ZERO)
    return {key: amount / whole for key, amount in paid.items()} if whole else {}
