"""Whether the rewards on an order are what their points pay for."""

from collections import defaultdict

from odoo.exceptions import UserError

from odoo.addons.loyalty_club.domain.lots import ZERO

from .sale_lines import exact, total


def check_claims(order):
    """Check every claim on a managed card, as the server does for tills.

    Whoever may edit an order may write anything on its lines; points are taken only for
    what a reward really gives, and only from the card of the order's own customer.

    :param order: sale.order with rights to read all of it.
    :raises UserError: naming the reward that does not fit.
    """
    claims = defaultdict(lambda: order.env["sale.order.line"])
    for line in order.order_line:
        if line._club_claims() and line.product_uom_qty:
            claims[line.coupon_id, line.reward_id, line.reward_identifier_code] |= line
    goods = total(order.order_line.filtered(lambda line: not line.reward_id)) if claims else ZERO
    for (card, reward, _code), lines in claims.items():
        cost = sum((exact(line.points_cost) for line in lines), ZERO)
        quantity = sum(lines.mapped("product_uom_qty"))
        if _is_empty(reward, cost, lines, quantity):
            continue
        if not reward or not _belongs(order, card, reward):
            _refuse(order, reward, card)
        reward._club_check_claim(
            cost,
            _in(reward, order, -total(lines)),
            quantity,
            _in(reward, order, goods),
            card._club_reward_percent(),
        )


def _is_empty(reward, cost, lines, quantity):
    """Stock keeps the place of a reward that has nothing to give for the moment."""
    given = total(lines) or (reward.reward_type == "product" and quantity)
    return not cost and not (reward and given)


def _belongs(order, card, reward):
    """Whether the card is the customer's, of the reward's program and the order's company."""
    holder = card.club_wallet_id.member_id.partner_id
    companies = order.company_id | order.company_id.parent_id
    return (
        card.club_wallet_id
        and card.program_id == reward.program_id
        and card.program_id.company_id in companies
        and (not holder or holder == order.partner_id)
    )


def _in(reward, order, amount):
    """``amount`` of the order's currency in that of the reward."""
    if reward.currency_id == order.currency_id:
        return amount
    day = order.date_order.date()
    return exact(
        order.currency_id._convert(float(amount), reward.currency_id, order.company_id, day)
    )


def _refuse(order, reward, card):
    raise UserError(
        order.env._(
            "The reward “%(reward)s” does not belong to a card of this order's customer. "
            "Remove it and choose the reward again.",
            reward=reward.description or reward.display_name or card.display_name,
        )
    )
