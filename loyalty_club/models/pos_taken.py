"""Rewards on a till order that were taken beforehand: collected with it, or come back."""

from collections import defaultdict

from ..domain.reward_code import read_reward_code

_MOST_CODES = 50  # on one order


class PosTaken:
    """Rewards on one paid order that were taken beforehand: a part of its settlement.

    Their points are held at the price of that day; whatever the till reckons, the ledger takes
    what is held, in the order's own transaction.

    :param settlement: :class:`~.pos_settlement.PosSettlement`.
    """

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.open = self._named()
        self.used = self.open.browse()
        self.capture = None

    def _named(self):
        """The rewards whose codes the till sent, each once, as far as they are the customer's."""
        taken = self.env["loyalty.club.reward.taken"]
        codes = [read_reward_code(code) for code in (self.order.club_taken_codes or "").split()]
        codes = [code for code in codes if code][:_MOST_CODES]
        if not codes:
            return taken
        found = taken.search([("code", "in", codes), ("club_id", "=", self.settlement.club.id)])
        return found.filtered(lambda one: one.member_id.partner_id == self.order.partner_id)

    def cover(self, card, reward, times, cost):
        """Let rewards that were taken pay for a claim on the order, as far as they go.

        :param times: how many of the reward the claim takes.
        :param cost: points that the till wants to take for all of them (Decimal).
        :returns: points that remain to be taken.
        """
        mine = (self.open - self.used).filtered(
            lambda one: one.reward_id == reward and one.wallet_id == card.club_wallet_id
        )[:times]
        self.used |= mine
        return cost - cost * len(mine) / times if mine else cost

    def movements(self, basket):
        """What takes the points that were held for these; before anything else is posted.

        :raises UserError: when one was collected elsewhere, or has run out.
        """
        if not self.used:
            return []
        common = self.settlement.common()
        origin = common.pop("origin")
        self.capture, movements = self.used._collecting(origin, basket=basket, **common)
        return movements

    def booked(self, movements, outcomes):
        """Note by which entries it was done."""
        if self.capture:
            entries = {
                movement.key: outcome.entry_id
                for movement, outcome in zip(movements, outcomes, strict=True)
            }
            self.capture.end(entries)


class TakenUnits:
    """Units of rewards on an order that were taken beforehand: they are noted already.

    :param taken: loyalty.club.reward.taken that the order collects, or has collected.
    """

    def __init__(self, taken):
        self.taken = taken

    @classmethod
    def of(cls, order):
        """Those of a till's order that was settled before."""
        taken = order.env["loyalty.club.reward.taken"]
        if order.club_taken_codes:
            taken = taken.search(
                [
                    ("origin_model", "=", order._name),
                    ("origin_id", "=", order.id),
                    ("state", "=", "collected"),
                ]
            )
        return cls(taken)

    @property
    def reward_ids(self):
        return set(self.taken.reward_id.ids)

    def rest(self, member, times):
        """Of what a member has of the order, what was not taken beforehand. Rewards of which less
        is kept than was collected have come back.

        :param times: dict of reward id to how many are kept.
        """
        left, back = defaultdict(int, times), self.taken.browse()
        for reward, mine in self._of(member).grouped("reward_id").items():
            kept = min(times.get(reward.id, 0), len(mine))
            left[reward.id] -= kept
            back |= mine[kept:]
        if back:
            back._come_back()
        return dict(left)

    def _of(self, member):
        holders = member | member.merged_ids
        return self.taken.filtered(lambda one: one.member_id in holders)
