"""Stamps at the till: what a paid order brings, and what its return takes back."""

from decimal import Decimal

from ..clock import day_at, zone_of
from ..domain.lots import ZERO
from ..domain.stamps import Bought
from .pos_lines import money, returns_of, worth


def bought(club, lines, returned=()):
    """``lines`` as stamp cards count them: goods alone, net of what came back of them.

    :param lines: pos.order.line of one order, none of them a return.
    :param returned: lines by which some of them came back.
    """
    left_out = set(club.env["loyalty.program"]._club_stored_value_products())
    left_out |= club._fee_products()
    configs = lines.order_id.config_id
    for product in configs._club_uncounted():
        left_out |= set(configs[product].ids)
    goods = lines.filtered(
        lambda line: not line.is_reward_line and line.product_id.id not in left_out
    )
    quantity = dict.fromkeys(goods.ids, ZERO)
    amount = dict.fromkeys(goods.ids, ZERO)
    for line in [*goods, *returned]:
        of = line.refunded_orderline_id.id or line.id
        if of in quantity:
            quantity[of] += money(line.qty)
            amount[of] += worth(line) / money(line.order_id.currency_rate or 1)
    return [
        Bought(line.product_id.id, categories(line.product_id), quantity[line.id], amount[line.id])
        for line in goods
    ]


def categories(product):
    """Ids of a product's category and of those above it."""
    path = product.categ_id.parent_path or ""
    return frozenset(int(part) for part in path.split("/") if part)


class PosStamps:
    """The stamps of one paid order: a part of its settlement.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    :param member: the customer's membership, or none.
    """

    def __init__(self, settlement, member):
        self.settlement = settlement
        self.member = member
        self.programs = settlement.env["loyalty.club.stamp.program"]

    def earned(self):
        """Movements that put stamps onto the cards of an active member."""
        settlement = self.settlement
        if self.member.state != "active" or not settlement.sold:
            return []
        day = day_at(settlement.order.date_order, zone_of(settlement.order.company_id))
        movements = []
        goods = None
        for program in self.programs._in_force(settlement.club, day):
            goods = bought(settlement.club, settlement.sold) if goods is None else goods
            stamps = program._stamps_for(goods)
            if stamps:
                self.programs |= program
                common = settlement.common()
                movements.append(program._stamped(self.member, stamps, common, settlement.key))
        return movements

    def complete(self):
        """Turn cards that became full into their rewards."""
        self.programs._complete(self.member, self.settlement.common(), self.settlement.key)


def take_back(entry, original, sold, common, key):
    """Take back what an entry brought in stamps for goods of ``original`` that came back."""
    program = entry.kind_id.stamp_program_ids  # archived since or not
    kept = program._stamps_for(bought(entry.club_id, sold, returns_of(original)))
    excess = entry.env["loyalty.club.debt"]._net(entry) - Decimal(kept)
    if excess > 0:
        program._take_back(entry, excess, common, key)
