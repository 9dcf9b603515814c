"""The part of a till order by which goods come back."""

from collections import defaultdict

from odoo.exceptions import UserError

from ..domain.earning import refunded_share, round_to
from ..domain.lots import ZERO
from ..movement import Movement
from .pos_lines import earning_base, money, returns_of, total_included
from .pos_stamps import take_back as take_stamps_back


class PosReturn:
    """Points spent on what comes back are given back, points it earned are taken back."""

    def __init__(self, settlement):
        self.settlement = settlement
        self.env = settlement.env
        self.order = settlement.order
        self.originals = settlement.returned.refunded_orderline_id.order_id

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

    def take_back_earned(self):
        """What the customer keeps of points and cashback is what the rule gives for what he keeps
        of the goods."""
        entries = self.env["loyalty.club.entry"].search(
            [
                ("origin_model", "=", "pos.order"),
                ("origin_id", "in", self.originals.ids),
                ("kind", "=", "earn"),
            ]
        )
        Debt = self.env["loyalty.club.debt"]
        for entry in entries:
            original = self.originals.filtered(lambda order, e=entry: order.id == e.origin_id)
            sold = original.lines.filtered(lambda line: not line.refunded_orderline_id)
            if entry.kind_id.type == "stamp":
                settlement = self.settlement
                take_stamps_back(entry, original, sold, settlement.common(), settlement.key)
                continue
            club = entry.club_id
            kept = earning_base(club, sold) + earning_base(club, returns_of(original))
            percent = entry._credited_percent()
            deserved = (
                entry.kind_id._earned_for(kept)
                if percent is None
                else entry.kind_id._credited(kept, percent)
            )
            excess = Debt._net(entry) - deserved
            if excess > 0:
                Debt._take_back(entry, excess, self.settlement.common(), self.settlement.key)
