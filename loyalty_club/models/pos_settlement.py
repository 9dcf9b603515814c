"""What a paid till order means for the club: one object per order, run once.

The order's lines are the only source. Numbers the till computed are never taken over:
what a reward costs is checked, what is earned, sold or given back is worked out here.
"""

import functools
from collections import defaultdict

from odoo.exceptions import UserError

from ..domain.earning import round_to
from ..domain.lots import ZERO
from ..movement import Movement, at_branch
from .pos_card import PosCard, sold_at
from .pos_claims import PosClaims
from .pos_fee import PosFee
from .pos_lines import basket_of, money, returns_of, total_included
from .pos_read_offline import PosReadOffline
from .pos_return import PosReturn
from .pos_sale import sale_of
from .pos_stamps import PosStamps
from .pos_stored_value import PosStoredValue
from .pos_taken import PosTaken
from .pos_tender import PosTender
from .pos_withheld import PosWithheld

# What most sales ask of the club and of its kinds of value; whoever asks for more reads it.
_CLUB = ("company_id", "earn_basis", "point_name", "sale_message")
_KIND = ("name", "club_id", "company_id", "currency_id", "rounding", "type", "bearer")


def _in_its_shop(method):
    """Whatever ``method`` of a settlement brings about stands with the till's shop."""

    @functools.wraps(method)
    def settled(self, *arguments):
        with at_branch(self.branch.id):
            return method(self, *arguments)

    return settled


class PosSettlement:
    """Spending, selling, returning and earning of one paid order."""

    def __init__(self, order):
        # sudo: the cashier sells; the ledger books on the club's behalf
        self.order = order.sudo()
        self.env = self.order.env
        self.club = self.order.config_id._club()
        self.branch = self.order.config_id.club_branch_id
        self.engine = self.env["loyalty.club.earn.engine"]
        self.key = f"pos:{order.uuid}"
        self.origin = ("pos.order", order.id)
        self.sold = self.order.lines.filtered(lambda line: not line.refunded_orderline_id)
        self.returned = self.order.lines - self.sold

    @_in_its_shop
    def run(self):
        """Book the order; the caller's transaction is undone when something is refused."""
        if not self.club:
            return
        returns = PosReturn(self) if self.returned else None
        if returns:
            returns.check_money()
        PosReadOffline(self).attach()
        member = self.env["loyalty.club.member"]._find(self.club, self.order.partner_id)
        PosWithheld(self).judge(member)
        self.env["loyalty.club.purchase"]._record_pos({self.order.config_id: self.club}, self.order)
        member = PosFee(self).settle(member)
        card = PosCard(self, member)
        card.check()
        purses = self._purses(member)
        stored_value = PosStoredValue(self)
        tender = PosTender(self)
        self.order.lines.product_id.product_tmpl_id.fetch()  # stock asks for all of them as well
        basket = basket_of(self.sold.filtered(lambda line: not line.is_reward_line), self.branch)
        taken = PosTaken(self)
        spending = self._spending(basket, taken)
        PosClaims(self).settle(taken.used)
        debits = taken.movements(basket) + spending + stored_value.taken_back()
        debits += tender.debits(basket)
        credits_ = (returns.given_back() if returns else []) + stored_value.sold()
        credits_ += tender.credits()
        stamps = PosStamps(self, member)
        if returns:
            returns.judge()
        withheld = self.order.club_withheld
        awards = [] if withheld else self._awards(member, card)
        by_rules = self.engine._movements(awards, member, self.common(), self.key, purses)
        earned = by_rules + ([] if withheld else card.earned() + stamps.earned())
        movements = debits + credits_ + earned
        outcomes = self.env["loyalty.club.wallet"]._post_or_raise(movements)
        tender.booked(movements, outcomes)
        taken.booked(movements, outcomes)
        first = len(debits + credits_)
        self._note(awards, outcomes[first : first + len(by_rules)], member)
        if returns:
            returns.forward()
        if earned:
            self.env["loyalty.club.debt"]._settle(member, self.common(), self.key, purses)
        stamps.complete()
        if returns:
            returns.take_back_earned()
        _changes, counted = self.env["loyalty.club.tier"]._promoted(member)
        self.order._club_note_standing(member, counted)
        self._tell()

    def _purses(self, member):
        """The customer's wallets and their kinds, read at once: most of what follows asks."""
        purses = self.env["loyalty.club.wallet"]
        if member:
            purses = purses.search_fetch([("member_id", "=", member.id)])
            purses.kind_id.fetch(_KIND)
            self.club.fetch(_CLUB)
        return purses

    @_in_its_shop
    def attach(self, member, returns):
        """Book what a paid order brings ``member``, whom a manager added afterwards.

        :param returns: pos.order by which some of it came back since.
        """
        tills = {self.order.config_id: self.club}
        self.env["loyalty.club.purchase"]._record_pos(tills, self.order | returns)
        awards = self._awards(member, PosCard(self, member), returns_of(self.order))
        movements = self.engine._movements(awards, member, self.common(), self.key)
        outcomes = self.env["loyalty.club.wallet"]._post_or_raise(movements)
        self._note(awards, outcomes, member)
        if movements:
            self.env["loyalty.club.debt"]._settle(member, self.common(), self.key)
        self.env["loyalty.club.tier"]._promote(member)
        self._tell()

    def common(self):
        """Origin, branch and note of every movement of this order."""
        return {"origin": self.origin, "branch_id": self.branch.id or None, "note": self.order.name}

    def _tell(self):
        """Members hear at once what moved, where the club wishes it."""
        self.env["loyalty.club.entry"]._tell_moved(
            self.club, self.origin, self.order.pos_reference, self.branch
        )

    # --- spending --------------------------------------------------------------------

    def _spending(self, basket, taken):
        """Take the points of the order's rewards; each claim is checked first.

        :param basket: what is bought.
        :param taken: :class:`~.pos_taken.PosTaken`: rewards whose points are held already.
        """
        self.sold.coupon_id.fetch(("program_id", "club_wallet_id"))
        self.sold.reward_id.program_id.fetch(("currency_id", "club_wallet_kind_id"))
        claims = defaultdict(lambda: self.env["pos.order.line"])
        for line in self.sold:
            if line.reward_id and (
                line.coupon_id.club_wallet_id or line.reward_id.program_id.club_wallet_kind_id
            ):
                claims[line.coupon_id, line.reward_id, line.reward_identifier_code] |= line
        costs = defaultdict(lambda: ZERO)
        for (card, reward, _code), lines in claims.items():
            costs[card.club_wallet_id] += self._claim(card, reward, lines, basket, taken)
        return [
            Movement(
                wallet_id=wallet.id,
                amount=-cost,
                kind="spend",
                key=f"{self.key}:spend:{wallet.id}",
                basket=basket,
                **self.common(),
            )
            for wallet, cost in costs.items()
            if cost
        ]

    def _claim(self, card, reward, lines, basket, taken):
        """Points still to be taken for one claimed reward, after checking that it is what it says.

        :raises UserError: when the reward is not the card's, or worth more than it costs.
        """
        holder = card.club_wallet_id.member_id.partner_id
        foreign = holder and holder != self.order.partner_id
        if not card or reward.program_id != card.program_id or foreign:
            raise UserError(
                self.env._(
                    "The reward “%(reward)s” does not belong to this customer's card. "
                    "Remove it and choose the customer again.",
                    reward=reward.description or reward.display_name,
                )
            )
        # A till without our script may ask for part of a point: it costs a whole one.
        step = money(card.club_wallet_id.kind_id.rounding)
        cost = round_to(money(sum(lines.mapped("points_cost"))), step, "up")
        quantity = sum(lines.mapped("qty"))
        percent = card._club_reward_percent()
        reward._club_check_claim(cost, -total_included(lines), quantity, basket.amount, percent)
        times = reward._club_times(cost, quantity, percent)
        return round_to(taken.cover(card, reward, times, cost), step, "up")

    # --- earning ---------------------------------------------------------------------

    def _awards(self, member, card, returned=()):
        """What was bought and not returned brings an active member, by the club's rules.

        :param returned: lines of other orders by which some of it came back.
        """
        if member.state != "active" or not self.sold:
            return []
        moment = sold_at(self.order)
        needs = self.engine._needs(self.engine._rules(self.club, moment))
        clock = self.engine._clock(self.club, moment)
        sale = sale_of(
            self.club, self.order, clock, needs, self.sold, returned, card_shown=card.shown
        )
        return self.engine._earned(self.club, member, sale, moment, self.origin)

    def _note(self, awards, outcomes, member):
        """Keep which rules gave what was booked."""
        if awards:
            entries = self.engine._entries_of(awards, outcomes)
            self.engine._note_awards(awards, entries, member, sold_at(self.order))
