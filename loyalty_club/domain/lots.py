"""Lots: every credit opens one, every debit empties the ones that expire first."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Lot(NamedTuple):
    """What is left of one credit.

    :param id: the lot's identifier.
    :param remaining: value still to be spent, in the wallet's unit.
    :param expires_on: last day on which it may be spent; ``None`` is for ever.
    """

    id: int
    remaining: Decimal
    expires_on: date | None


class Take(NamedTuple):
    """A part of a lot: taken when the amount is positive, given back when negative."""

    lot_id: int
    amount: Decimal


def spending_order(lot: Lot) -> tuple[bool, date, int]:
    """Oldest expiry first, lots without expiry last, then the order in which they came."""
    return (lot.expires_on is None, lot.expires_on or date.max, lot.id)


def spendable(lots: Iterable[Lot], today: date) -> Decimal:
    """Sum of what has not expired on ``today``.

    >>> spendable([Lot(1, Decimal(5), date(2025, 1, 1)), Lot(2, Decimal(7), None)],
    ...           date(2025, 1, 2))
    Decimal('7')
    """
    return sum((lot.remaining for lot in lots if _alive(lot, today)), ZERO)


def allocate(
    lots: Iterable[Lot], amount: Decimal, today: date, own: int | None = None
) -> list[Take] | None:
    """Choose the lots a debit empties: oldest expiry first, never an expired one.

    :param amount: positive value to take.
    :param today: the day on which it is spent.
    :param own: lot that is emptied before all others, expired or not: the one that the
        credit now being taken back had opened.
    :returns: what is taken from which lot, summing to ``amount``; ``None`` when
        the lots that are still valid do not hold that much.

    >>> old, new = Lot(1, Decimal(30), date(2025, 3, 1)), Lot(2, Decimal(50), None)
    >>> allocate([new, old], Decimal(40), date(2025, 2, 1))
    [Take(lot_id=1, amount=Decimal('30')), Take(lot_id=2, amount=Decimal('10'))]
    >>> allocate([old], Decimal(40), date(2025, 2, 1)) is None
    True
    """
    takes, missing = [], amount
    for lot in sorted(lots, key=lambda lot: (lot.id != own, spending_order(lot))):
        if missing <= 0:
            break
        if lot.remaining <= 0 or (lot.id != own and not _alive(lot, today)):
            continue
        part = min(lot.remaining, missing)
        takes.append(Take(lot.id, part))
        missing -= part
    return takes if missing <= 0 else None


def restore(taken: Iterable[Take], amount: Decimal) -> list[Take]:
    """Give back part of a debit to the very lots it emptied.

    The lots emptied last are refilled first: had the purchase been smaller, just
    these would not have been touched.

    :param taken: net takes of the debit so far, in the order in which they were made.
    :param amount: positive value to give back.
    :returns: takes with negative amounts, summing to ``-amount``.
    :raises ValueError: when more is to be given back than was taken.

    >>> restore([Take(1, Decimal(30)), Take(2, Decimal(10))], Decimal(15))
    [Take(lot_id=2, amount=Decimal('-10')), Take(lot_id=1, amount=Decimal('-5'))]
    """
    given, missing = [], amount
    for take in reversed(list(taken)):
        if missing <= 0:
            break
        part = min(take.amount, missing)
        if part > 0:
            given.append(Take(take.lot_id, -part))
            missing -= part
    if missing > 0:
        raise ValueError("more would be given back than was taken")
    return given


def _alive(lot: Lot, today: date) -> bool:
    return lot.expires_on is None or lot.expires_on >= today
