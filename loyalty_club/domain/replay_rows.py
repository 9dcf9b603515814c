"""The purchases of one member as a what-if reads them: rows of her history, and what was kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from .lots import ZERO
from .sale import UNKNOWN_PRODUCT, MemberFacts, Sale, SaleLine


class Row(NamedTuple):
    """One row of a member's history.

    :param moment: when, on the shop's clock, without zone.
    :param amount: net; negative for goods that came back, or for an undone purchase.
    :param refund: goods came back; with a positive amount that is undone again.
    :param counts: whether it is to be judged; False: it only came before.
    :param quantity: how many goods, where their lines are not known.
    :param basis: what earns of it, with tax where the club says so; None: the net amount.
    :param undoes: index of the row of which goods came back, where that is known; -1: it came
        before the history.
    :param lines: the goods, in the basis; None: only their amount is known.
    """

    moment: datetime
    amount: Decimal
    refund: bool = False
    counts: bool = True
    channel: str = "pos"
    branch: int | None = None
    quantity: Decimal = Decimal(1)
    basis: Decimal | None = None
    undoes: int | None = None
    lines: tuple[SaleLine, ...] | None = None
    paid: Mapping[str, Decimal] = {}
    card_shown: bool = False

    @property
    def bought(self) -> bool:
        """Whether it is a purchase, not something that came back."""
        return self.amount > 0 and not self.refund

    def worth(self, kept: Decimal) -> tuple[Decimal, Decimal]:
        """Return amount and quantity that earn, of what was kept."""
        earns = self.amount if self.basis is None else self.basis
        if kept < self.amount:
            part = kept / self.amount
            return earns * part, self.quantity * part
        return earns, self.quantity

    def sale(self, kept: Decimal, member: MemberFacts) -> Sale:
        """Return what was kept of it: the same share of every line."""
        lines = self.lines
        if lines is None:
            amount, quantity = self.worth(kept)
            lines = (SaleLine(UNKNOWN_PRODUCT, quantity=quantity, amount=amount),)
        elif kept < self.amount:
            part = kept / self.amount
            lines = tuple(
                replace(line, quantity=line.quantity * part, amount=line.amount * part)
                for line in lines
            )
        return Sale(
            self.moment, self.channel, self.branch, lines, self.paid, self.card_shown, member
        )


def settle(rows: Sequence[Row]) -> tuple[list[Decimal], list[int]]:
    """Work out what was kept of each purchase.

    A return whose purchase is not known belongs to the newest one that is large enough, or else
    to the newest ones together. What came back of purchases before the history is nobody's.

    :returns: for each row what was kept of it (zero for rows that are no purchases), and how many
        purchases had come back wholly with it.

    >>> day = datetime(2025, 5, 1)
    >>> amounts = [(100, False), (30, False), (-60, True), (-30, True)]
    >>> rows = [Row(day, Decimal(amount), refund) for amount, refund in amounts]
    >>> settle(rows)
    ([Decimal('40'), Decimal('0'), Decimal('0'), Decimal('0')], [0, 0, 0, 1])
    """
    kept = [row.amount if row.bought else ZERO for row in rows]
    undone = [0] * len(rows)
    taken: list[tuple[int, Decimal]] = []
    for number, row in enumerate(rows):
        if row.amount < 0:
            for index, amount in _comes_from(rows, kept, number):
                kept[index] -= amount
                undone[number] += not kept[index]
                taken.append((index, amount))
        elif row.refund and row.amount > 0:
            undone[number] = -_brought_back(kept, taken, row.amount)
    return kept, undone


def _comes_from(rows, kept, number):
    """Which earlier purchases a return belongs to: (index, amount), as far as there are any."""
    left = -rows[number].amount
    known = rows[number].undoes
    earlier = range(number - 1, -1, -1)
    if known is not None:
        sources = [known] if known >= 0 else []
    else:
        whole = next((index for index in earlier if kept[index] >= left), None)
        sources = earlier if whole is None else [whole]
    for index in sources:
        amount = min(left, kept[index])
        if amount > 0:
            left -= amount
            yield index, amount


def _brought_back(kept, taken, amount):
    """Undo the latest returns; how many purchases are no longer wholly returned."""
    revived = 0
    while taken and amount > 0:
        index, last = taken.pop()
        part = min(last, amount)
        revived += not kept[index]
        kept[index] += part
        amount -= part
        if part < last:
            taken.append((index, last - part))
    return revived
