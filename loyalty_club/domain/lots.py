"""Lots: every credit opens one, every debit empties the ones that expire first."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Lot(NamedTuple):
    """What is left of one credit.

    :param id: the lot's identifier.
    :param remaining: value still to be spent, in the wallet's unit.
    :param expires_on: last day on which it may be spent; ``None`` is for ever.
    :param available_on: first day on which it may be spent; ``None`` is at once.
    :param terms_id: conditions on which it may be spent; ``None`` is on any.
    :param by_policy: whether ``expires_on`` is the expiry policy's, not one of its own.
    :param paid_in: whether it was paid for.
    """

    id: int
    remaining: Decimal
    expires_on: date | None
    available_on: date | None = None
    terms_id: int | None = None
    by_policy: bool = False
    paid_in: bool = False

    def alive(self, today: date) -> bool:
        """Whether it has not expired on ``today``."""
        return self.expires_on is None or self.expires_on >= today

    def begun(self, today: date) -> bool:
        """Whether it is not pending any more on ``today``."""
        return self.available_on is None or self.available_on <= today

    def usable(self, today: date) -> bool:
        """Whether it has begun and has not expired on ``today``."""
        return self.alive(today) and self.begun(today)


class Take(NamedTuple):
    """A part of a lot: taken when the amount is positive, given back when negative."""

    lot_id: int
    amount: Decimal


class Need(NamedTuple):
    """What a debit asks of the lots.

    :param amount: positive value to take.
    :param today: the day on which it is spent.
    :param own: lots that are emptied before all others, whatever their state: those that
        the credit now being taken back had opened.
    :param reserve: usable value that must be left, because it is promised elsewhere.
    :param caps: the most that lots of each conditions of use can pay of this purchase
        (``None``: no limit); lots whose conditions are missing here pay nothing.
    :param since: the day on which it was authorised: what has expired since still pays.
    :param bound: conditions of use; lots on them are no cover for the reserve, because nobody
        knows what it will pay for.
    """

    amount: Decimal
    today: date
    own: Collection[int] = ()
    reserve: Decimal = ZERO
    caps: Mapping[int, Decimal | None] | None = None
    since: date | None = None
    bound: Collection[int] = frozenset()

    def covers(self, lot: Lot) -> bool:
        """Whether the lot may stand for what is promised elsewhere."""
        return lot.terms_id not in self.bound

    def takes_from(self, lot: Lot) -> bool:
        """Whether the lot may pay for this."""
        return lot.begun(self.today) and lot.alive(self.since or self.today)


def spending_order(lot: Lot) -> tuple[bool, date, int]:
    """Oldest expiry first, lots without expiry last, then the order in which they came."""
    return (lot.expires_on is None, lot.expires_on or date.max, lot.id)


def spendable(lots: Iterable[Lot], today: date) -> Decimal:
    """Sum of what may be spent on ``today``.

    >>> spendable([Lot(1, Decimal(5), date(2025, 1, 1)), Lot(2, Decimal(7), None),
    ...            Lot(3, Decimal(9), None, available_on=date(2025, 2, 1))],
    ...           date(2025, 1, 2))
    Decimal('7')
    """
    return sum((lot.remaining for lot in lots if lot.usable(today)), ZERO)


def allocate(lots: Iterable[Lot], need: Need) -> list[Take] | None:
    """Choose the lots a debit empties: oldest expiry first, only usable ones.

    :returns: what is taken from which lot, summing to ``need.amount``; ``None`` when
        the usable lots do not hold that much besides what is reserved.

    >>> old, new = Lot(1, Decimal(30), date(2025, 3, 1)), Lot(2, Decimal(50), None)
    >>> allocate([new, old], Need(Decimal(40), date(2025, 2, 1)))
    [Take(lot_id=1, amount=Decimal('30')), Take(lot_id=2, amount=Decimal('10'))]
    >>> allocate([old], Need(Decimal(40), date(2025, 2, 1))) is None
    True
    >>> allocate([new], Need(Decimal(40), date(2025, 2, 1), reserve=Decimal(20))) is None
    True
    """
    lots = list(lots)
    own = [lot for lot in lots if lot.id in need.own]
    others = [lot for lot in lots if lot.id not in need.own and need.takes_from(lot)]
    # Where the oldest are needed for the reserve, those that are no cover for it pay first.
    for order in (spending_order, lambda lot: (need.covers(lot), *spending_order(lot))):
        takes, missing = _take([*own, *sorted(others, key=order)], need.amount, need.caps)
        if missing > 0:
            return None
        if _leaves_reserve(lots, takes, need):
            return takes
        if not need.bound:
            return None
    return None


def allocate_expired(lots: Iterable[Lot], need: Need) -> list[Take] | None:
    """Choose the lots an expiry empties: those whose last day has passed, oldest first.

    What was authorised before midnight may still be paid with them, never with value that has
    not begun: so much of what has begun is left as is reserved.

    >>> lots = [Lot(1, Decimal(5), date(2025, 1, 1)), Lot(2, Decimal(5), None)]
    >>> allocate_expired(lots, Need(Decimal(4), date(2025, 1, 2)))
    [Take(lot_id=1, amount=Decimal('4'))]
    >>> allocate_expired(lots, Need(Decimal(4), date(2025, 1, 2), reserve=Decimal(7))) is None
    True
    """
    lots = list(lots)
    dead = sorted((lot for lot in lots if not lot.alive(need.today)), key=spending_order)
    takes, missing = _take(dead, need.amount, None)
    if missing > 0 or not _leaves_begun(lots, takes, need):
        return None
    return takes


def _leaves_reserve(lots, takes, need):
    """Whether enough usable value is left for what is promised elsewhere, which never counts
    on value that has not begun."""
    lots = [lot for lot in lots if need.covers(lot)]
    begun = {lot.id: lot for lot in lots if lot.begun(need.today)}
    if not need.reserve or not any(take.lot_id in begun for take in takes):
        return True
    used = sum(
        (
            take.amount
            for take in takes
            if take.lot_id in begun and begun[take.lot_id].alive(need.today)
        ),
        ZERO,
    )
    return spendable(lots, need.today) - used >= need.reserve


def _leaves_begun(lots, takes, need):
    """Whether what has begun and is left, expired or not, still covers what is reserved."""
    begun = {lot.id: lot.remaining for lot in lots if lot.begun(need.today) and need.covers(lot)}
    used = sum((take.amount for take in takes if take.lot_id in begun), ZERO)
    return not used or sum(begun.values(), ZERO) - used >= need.reserve


def allocate_all(lots: Iterable[Lot], amount: Decimal) -> list[Take] | None:
    """Choose from all lots, whatever their state: nothing shall stay behind."""
    takes, missing = _take(sorted(lots, key=spending_order), amount, None)
    return None if missing > 0 else takes


def _take(ordered, amount, caps):
    """Take ``amount`` from lots in their order; returns the takes and what is missing."""
    takes, missing = [], amount
    left = dict(caps) if caps is not None else None
    for lot in ordered:
        if missing <= 0:
            break
        part = min(lot.remaining, missing)
        if left is not None and lot.terms_id:
            cap = left.get(lot.terms_id, ZERO)
            if cap is not None:
                part = min(part, cap)
                left[lot.terms_id] = cap - part
        if part > 0:
            takes.append(Take(lot.id, part))
            missing -= part
    return takes, missing


def shortage(lots: Iterable[Lot], need: Need) -> tuple[str, Decimal]:
    """Why the lots do not give what is asked, and how much they would give.

    >>> shortage([Lot(1, Decimal(30), date(2025, 1, 1))], Need(Decimal(9), date(2025, 2, 1)))
    ('expired', Decimal('0'))
    >>> shortage([Lot(1, Decimal(30), None, date(2025, 3, 1))],
    ...          Need(Decimal(9), date(2025, 2, 1)))
    ('pending', Decimal('0'))
    >>> shortage([Lot(1, Decimal(30), None, None, 4)], Need(Decimal(9), date(2025, 2, 1), caps={}))
    ('conditions', Decimal('0'))
    """
    lots = list(lots)
    usable = sorted((lot for lot in lots if need.takes_from(lot)), key=spending_order)
    every = sum((lot.remaining for lot in usable), ZERO)
    takes, _missing = _take(usable, every, need.caps)
    bound = {lot.id for lot in usable if not need.covers(lot)}
    given = sum((take.amount for take in takes if take.lot_id not in bound), ZERO)
    bound_given = sum((take.amount for take in takes if take.lot_id in bound), ZERO)
    cover = sum((lot.remaining for lot in usable if need.covers(lot)), ZERO)
    free = _beside(lots, need, bound_given + min(given, cover - need.reserve))
    if every - need.reserve >= need.amount:
        return "conditions", free
    waiting = sum(
        (lot.remaining for lot in lots if lot.alive(need.today) and not lot.usable(need.today)),
        ZERO,
    )
    if every + waiting - need.reserve >= need.amount:
        return "pending", free
    return ("expired" if any(not lot.alive(need.today) for lot in lots) else "insufficient"), free


def _beside(lots, need, usable):
    """What could be taken when ``usable`` of the usable value could: lots of its own are taken
    in any state, but those that a hold may count on only when nothing else is missing."""
    own = [lot for lot in lots if lot.id in need.own and not need.takes_from(lot)]
    waiting = sum((lot.remaining for lot in own if not lot.begun(need.today)), ZERO)
    lapsed = sum((lot.remaining for lot in own), ZERO) - waiting
    return waiting + (usable + lapsed if usable >= 0 else ZERO)


def restore(taken: Iterable[Take], amount: Decimal) -> list[Take] | None:
    """Give back part of a debit to the very lots it emptied.

    The lots emptied last are refilled first: had the purchase been smaller, just
    these would not have been touched.

    :param taken: net takes of the debit so far, in the order in which they were made.
    :param amount: positive value to give back.
    :returns: takes with negative amounts, summing to ``-amount``; ``None`` when more is to
        be given back than was taken.

    >>> restore([Take(1, Decimal(30)), Take(2, Decimal(10))], Decimal(15))
    [Take(lot_id=2, amount=Decimal('-10')), Take(lot_id=1, amount=Decimal('-5'))]
    >>> restore([Take(1, Decimal(30))], Decimal(31)) is None
    True
    """
    given, missing = [], amount
    for take in reversed(list(taken)):
        if missing <= 0:
            break
        part = min(take.amount, missing)
        if part > 0:
            given.append(Take(take.lot_id, -part))
            missing -= part
    return None if missing > 0 else given
