"""Limited rewards on a till order: whether they may be chosen, and which unit each is."""

from collections import defaultdict

from ..domain.lots import ZERO
from .pos_card import sold_at
from .pos_lines import money, returns_of
from .pos_taken import TakenUnits


class PosClaims:
    """What goes for the rewards of one paid order besides their price: a part of its settlement.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    """

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.terms = self.env["loyalty.reward"]._club_all_terms()

    def settle(self, collected):
        """Check the rewards that are chosen, note them, and free what came back.

        :param collected: loyalty.club.reward.taken that this order collects.
        :raises UserError: when one cannot be chosen.
        """
        for original in self.settlement.returned.refunded_orderline_id.order_id:
            sold = original.lines.filtered(lambda line: not line.refunded_orderline_id)
            self._bring_in_line(original, sold, TakenUnits.of(original))
        self._bring_in_line(self.order, self.settlement.sold, TakenUnits(collected))

    def _bring_in_line(self, order, lines, units):
        Claim = self.env["loyalty.club.reward.claim"]
        origin, branch = ("pos.order", order.id), order.config_id.club_branch_id
        for member, wanted in self._times(order, lines, units.reward_ids).items():
            moment, times = sold_at(order), units.rest(member, wanted)
            if order == self.order:
                rewards = self.env["loyalty.reward"].browse(key for key in times if times[key])
                rewards._club_check_terms(member, branch, moment, times, origin)
            Claim._bring_in_line(origin, member, branch, moment, times)

    def _times(self, order, lines, further):
        """How many of each reward are chosen and not back: by member, dict of reward id.

        :param further: ids of rewards that are asked for, whatever goes for them.
        """
        asked = self.terms.keys() | further
        lines = lines.filtered(
            lambda line: line.reward_id.id in asked and line.coupon_id.club_wallet_id.member_id
        )
        claims = defaultdict(lambda: self.env["pos.order.line"])
        for line in lines:
            claims[line.coupon_id, line.reward_id, line.reward_identifier_code] |= line
        back = defaultdict(lambda: ZERO)
        for line in returns_of(order) if claims else ():
            back[line.refunded_orderline_id.id] -= money(line.qty)
        times = defaultdict(dict)
        for (card, reward, _code), claimed in claims.items():
            mine = times[card.club_wallet_id.member_id]
            number = self._number(card, reward, claimed, back)
            mine[reward.id] = mine.get(reward.id, 0) + number
        return times

    def _number(self, card, reward, lines, back):
        """How many of a reward one claim takes, less what came back of it."""
        if all(back[line.id] >= money(line.qty) for line in lines):
            return 0
        kept = sum((money(line.qty) - back[line.id] for line in lines), ZERO)
        cost = sum((money(line.points_cost) for line in lines), ZERO)
        return reward._club_times(cost, kept, card._club_reward_percent())
