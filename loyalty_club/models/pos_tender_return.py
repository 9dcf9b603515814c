"""What returned goods had been paid with, given back by the same ways."""

from odoo.exceptions import UserError

from ..domain.earning import refunded_share
from ..domain.lots import ZERO
from ..movement import Movement
from .pos_lines import money, returns_of, total_included


class TenderReturn:
    """What one order, whose goods come back, had been paid with, and what of it goes back.

    :param tender: :class:`~.pos_tender.PosTender` of the order by which they come back.
    :param original: the order in which they were bought.
    """

    def __init__(self, tender, original):
        self.tender = tender
        self.env = tender.env
        self.order = tender.order
        self.original = original
        self.paid = original.payment_ids.filtered(
            lambda payment: payment.payment_method_id.club_wallet_kind_id and payment.amount > 0
        ).sorted("id")
        self.entries = self.env["loyalty.club.entry"]
        self.collected = {}  # payment -> entry by which it was collected later

    def movements(self):
        """See :meth:`~.pos_tender.PosTender.credits`."""
        giving = self.tender.giving_back
        if not (giving or self.paid):
            return []
        others = returns_of(self.original).order_id.payment_ids - giving
        self._check_other_ways(others.filtered(lambda payment: payment.amount < 0))
        if giving and self.paid:
            Shortfall = self.env["loyalty.club.shortfall"]
            late = Shortfall.search(
                [("payment_id", "in", self.paid.ids), ("entry_id", "!=", False)]
            )
            self.collected = {one.payment_id: one.entry_id for one in late}
        found = []
        for method, payments in giving.grouped("payment_method_id").items():
            before = others.filtered(lambda p, m=method: p.payment_method_id == m and p.amount < 0)
            back = -sum((money(payment.amount) for payment in payments | before), ZERO)
            found += self._give_back(method, back)
        return found

    def _check_other_ways(self, others):
        """Value of the club does not become cash by a return.

        :param others: payments by which something has gone back, but not to the club.
        """
        others = others.filtered(lambda payment: not payment.payment_method_id.club_wallet_kind_id)
        if not (self.paid and others):
            return
        bought = self.original.lines.filtered(lambda line: not line.refunded_orderline_id)
        by_club = sum((money(payment.amount) for payment in self.paid), ZERO)
        most = total_included(bought) - by_club
        back = -sum((money(payment.amount) for payment in others), ZERO)
        if back > max(most, ZERO) + money(self.order.currency_id.rounding):
            self._refuse(back, most, self.env._("in money"))

    def _give_back(self, method, back):
        """What goes back in all, over the wallets that had paid, in their order."""
        paid = self.paid.filtered(lambda payment: payment.payment_method_id == method)
        most = sum((money(payment.amount) for payment in paid), ZERO)
        if back > most:
            self._refuse(back, most, method.name)
        found = []
        for payment in paid:
            part = min(back, money(payment.amount))
            back -= part
            found += self._restore(payment, part)
        return found

    def _restore(self, payment, part):
        """Give ``part`` of a payment back in all; less what has gone back before."""
        entries = payment.club_entry_id | self.collected.get(payment, self.entries.browse())
        if not entries:
            return []
        step = money(entries.kind_id.rounding)
        taken = -sum((money(entry.amount) for entry in entries), ZERO)
        due = refunded_share(taken, money(payment.amount), part, step)
        due -= sum((money(one.amount) for one in entries.reversal_ids), ZERO)
        found = []
        for entry in entries:
            left = -money(entry.amount)
            left -= sum((money(one.amount) for one in entry.reversal_ids), ZERO)
            if (given := min(due, left)) > 0:
                found.append(self._movement(entry, given))
                due -= given
        return found

    def _movement(self, entry, amount):
        self.entries |= entry
        return Movement(
            wallet_id=entry.wallet_id.id,
            amount=amount,
            kind="refund_spend",
            key=f"{self.tender.settlement.key}:unpay:{entry.id}",
            reverses_id=entry.id,
            restore=True,
            **self.tender.settlement.common(),
        )

    def forward(self):
        """What came back to a merged membership follows to the one that stays."""
        for payment in self.tender.giving_back:
            same = self.paid.filtered(
                lambda paid, p=payment: paid.payment_method_id == p.payment_method_id
            )
            payment.club_wallet_id = same.club_wallet_id[:1]
        for member in self.entries.member_id.filtered("merged_into_id"):
            member._move_value(member.merged_into_id, self.order.name)

    def _refuse(self, back, most, way):
        money_of = self.order.currency_id.format
        raise UserError(
            self.env._(
                "%(back)s would go back “%(way)s” for %(order)s, but only %(most)s was paid so. "
                "Give the rest back the way it was paid.",
                back=money_of(float(back)),
                most=money_of(float(max(most, ZERO))),
                way=way,
                order=self.original.name or self.order.name,
            )
        )
