"""The part of a till order by which goods come back."""

from collections import defaultdict

from odoo.exceptions import UserError

from ..domain.earning import refunded_share, round_to
from ..domain.lots import ZERO
from ..movement import Movement
from .pos_card import sold_at
from .pos_lines import earning_base, money, returns_of, total_included
from .pos_sale import sale_of
from .pos_stamps import take_back as take_stamps_back


class PosReturn:
    """Points spent on what comes back are given back, points it earned are taken back."""

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.originals = settlement.returned.refunded_orderline_id.order_id
        self.earned = self.env["loyalty.club.entry"]
        self.deserved = {}  # entry that rules gave -> what is deserved of it now

    def check_money(self):
        """A return never pays out more money than was paid.

        Goods bought partly with points come back with their reward line; without it the
        points would turn into cash.

        :raises UserError: naming both amounts.
        """
        currency = self.order.currency_id
        for original in self.originals:
            if not original.lines.coupon_id.club_wallet_id:
                continue
            paid = total_included(original.lines)
            back = -total_included(returns_of(original))
            if back > paid + money(currency.rounding):
                raise UserError(
                    self.env._(
                        "%(back)s would be returned for %(order)s, but only %(paid)s was paid in "
                        "money; the rest was paid with points. Return the reward line as well.",
                        back=currency.format(float(back)),
                        paid=currency.format(float(paid)),
                        order=original.name,
                    )
                )

    # --- points spent ----------------------------------------------------------------

    def given_back(self):
        """Points spent on what came back return to the very lots they were taken from."""
        movements = []
        for original in self.originals:
            for card, share in self._spent_share(original).items():
                for entry_id, still_spent in card._club_spent(("pos.order", original.id)):
                    entry = self.env["loyalty.club.entry"].browse(entry_id)
                    given = -money(entry.amount) - still_spent
                    due = min(share - given, still_spent)
                    if due > 0:
                        movements.append(self._give_back(entry, due))
        return movements

    def _give_back(self, entry, amount):
        return Movement(
            wallet_id=entry.wallet_id.id,
            amount=amount,
            kind="refund_spend",
            key=f"{self.settlement.key}:unspend:{entry.id}",
            reverses_id=entry.id,
            restore=True,
            **self.settlement.common(),
        )

    def forward(self):
        """What came back to a merged membership follows at once to the one that stays, with the
        last day and the conditions of the lots it came back to."""
        cards = self.originals.lines.coupon_id
        for member in cards.club_wallet_id.member_id.filtered("merged_into_id"):
            member._move_value(member.merged_into_id, self.order.name)

    def _spent_share(self, original):
        """What has to be given back in all for what has come back so far, by card."""
        back = defaultdict(lambda: ZERO)
        for line in returns_of(original):
            back[line.refunded_orderline_id.id] -= money(line.qty)
        shares = defaultdict(lambda: ZERO)
        for line in original.lines:
            card = line.coupon_id
            if card.club_wallet_id and line.points_cost and back.get(line.id):
                step = money(card.club_wallet_id.kind_id.rounding)
                cost = round_to(money(line.points_cost), step, "up")  # as when it was spent
                shares[card] += refunded_share(cost, money(line.qty), back[line.id], step)
        return shares

    # --- points earned ---------------------------------------------------------------

    def judge(self):
        """Note what rules give for what is kept: what came back leaves room under their limits
        for what is bought in its place, with the same order."""
        self.earned = self.earned.search(
            [
                ("origin_model", "=", "pos.order"),
                ("origin_id", "in", self.originals.ids),
                ("kind", "=", "earn"),
            ]
        )
        net = self.env["loyalty.club.earn.award"]._net_of(self.earned)
        for original in self.originals:
            by_rules = self._earned_by(original).filtered(lambda entry: entry.id in net)
            self._judge(by_rules, original, net)

    def take_back_earned(self):
        """What the customer keeps of points and cashback is what the rule gives for what he keeps
        of the goods."""
        for original in self.originals:
            sold = self._sold(original)
            for entry in self._earned_by(original):
                if entry in self.deserved:
                    self._take_back_to(entry, self.deserved[entry])
                else:
                    self._take_back_one(entry, original, sold)

    def _earned_by(self, original):
        return self.earned.filtered(lambda entry: entry.origin_id == original.id)

    def _sold(self, original):
        return original.lines.filtered(lambda line: not line.refunded_orderline_id)

    def _judge(self, entries, original, net):
        """What the rules that gave something for the sale give for what is kept of it."""
        if not entries:
            return
        engine = self.env["loyalty.club.earn.engine"]
        club, member, moment = entries.club_id, entries.member_id, sold_at(original)
        net = {entry: net[entry] for entry in entries.ids}
        kinds = entries.kind_id.ids
        needs = engine._needs(engine._rules_again(club, engine._given(net), kinds, moment))
        clock = engine._clock(club, moment)
        sold = self._sold(original)
        kept = sale_of(club, original, clock, needs, sold, returns_of(original))
        deserved = engine._deserved(club, member, net, kept, moment)
        for entry in entries:
            awards = deserved[entry.id].values()
            self.deserved[entry] = sum((award.amount for award in awards), ZERO)
        engine._note_left(club, net, deserved)

    def _take_back_one(self, entry, original, sold):
        """What was earned by stamps, by a card, or before there were versions of rules."""
        if entry.kind_id.type == "stamp":
            settlement = self.settlement
            take_stamps_back(entry, original, sold, settlement.common(), settlement.key)
            return
        club = entry.club_id
        kept = earning_base(club, sold) + earning_base(club, returns_of(original))
        percent = entry._credited_percent()
        self._take_back_to(
            entry,
            entry.kind_id._earned_for(kept)
            if percent is None
            else entry.kind_id._credited(kept, percent),
        )

    def _take_back_to(self, entry, deserved):
        """Take back what ``entry`` brought beyond ``deserved``."""
        Debt = self.env["loyalty.club.debt"]
        excess = Debt._net(entry) - deserved
        if excess > 0:
            Debt._take_back(entry, excess, self.settlement.common(), self.settlement.key)
