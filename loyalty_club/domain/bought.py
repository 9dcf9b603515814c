"""Levels that were bought: from when to when each fee pays for one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from .tier_periods import add_months

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee that was paid and not given back.

    :param day: when it was paid.
    :param rank: of the level, higher is better.
    :param months: for how long.
    :param amount: what was paid for it.
    :param level: what it pays for, whatever the caller calls it.
    """

    day: date
    rank: int
    months: int
    amount: Decimal
    level: object = None


@dataclass(frozen=True, slots=True)
class Span:
    """That a level is paid from one day to another, both included."""

    level: object
    rank: int
    first: date
    last: date
    daily: Decimal  # what a day of it costs, on average of those that are left


def spans(
    fees: Iterable[Fee], *, credit_unused: bool = True, calendar: str = "gregorian"
) -> list[Span]:
    """Return from when to when levels are paid, by level in the order of their first fee.

    The next fee of a level goes on where the one before it ends. Whoever buys a higher level
    keeps what the lower one still has to give: its unused days become days of the higher level,
    as many as the same money buys there, rounded down. Otherwise (``credit_unused`` is false)
    they run on beside it.

    >>> silver = Fee(date(2026, 1, 1), 1, 12, Decimal(365), "silver")
    >>> gold = Fee(date(2026, 7, 2), 2, 12, Decimal(730), "gold")
    >>> [(span.level, str(span.first), str(span.last)) for span in spans([silver])]
    [('silver', '2026-01-01', '2026-12-31')]

    183 days of silver at 1 a day are left, which are 91 days of gold at 2 a day.

    >>> for span in spans([silver, gold]): print(span.level, span.first, span.last)
    silver 2026-01-01 2026-07-01
    gold 2026-07-02 2027-09-30
    >>> for span in spans([silver, gold], credit_unused=False): print(span.level, span.last)
    silver 2026-12-31
    gold 2027-07-01

    Early renewal loses nothing, and a gap is no debt.

    >>> again = Fee(date(2026, 12, 1), 1, 12, Decimal(365), "silver")
    >>> str(spans([silver, again])[0].last)
    '2027-12-31'
    """
    running: dict[object, Span] = {}
    for fee in sorted(fees, key=lambda one: one.day):
        if fee.months <= 0:
            continue
        before = running.get(fee.level)
        first = max(fee.day, before.last + _DAY) if before else fee.day
        last = add_months(first, fee.months, calendar) - _DAY
        daily = fee.amount / ((last - first).days + 1)
        if credit_unused:
            last += timedelta(days=_carried(running, fee, daily))
        began = before.first if before and before.last + _DAY >= fee.day else first
        mixed = _mixed(before, fee.day, Span(fee.level, fee.rank, first, last, daily))
        running[fee.level] = Span(fee.level, fee.rank, began, last, mixed)
    return list(running.values())


def _mixed(before: Span | None, today: date, added: Span) -> Decimal:
    """What a day costs on average from `today` on, where days paid for earlier are left."""
    left = (added.first - max(before.first, today)).days if before else 0
    if not before or left <= 0:
        return added.daily
    days = (added.last - added.first).days + 1
    return (left * before.daily + days * added.daily) / (left + days)


def _carried(running: dict[object, Span], fee: Fee, daily: Decimal) -> int:
    """Days that the unused rest of lower levels pays for; that rest is used up by it."""
    worth = Decimal(0)
    for level, span in running.items():
        if span.rank >= fee.rank or span.last < fee.day or not daily or not span.daily:
            continue
        unused = (span.last - max(span.first, fee.day)).days + 1
        worth += unused * span.daily
        running[level] = Span(level, span.rank, span.first, fee.day - _DAY, span.daily)
    return int((worth / daily).to_integral_value(ROUND_DOWN)) if daily else 0


def best_on(today: date, found: Iterable[Span]) -> Span | None:
    """Return the highest level that is paid on a day, or None.

    >>> paid = spans([Fee(date(2026, 1, 1), 1, 12, Decimal(0), "silver")])
    >>> best_on(date(2026, 12, 31), paid).level, best_on(date(2027, 1, 1), paid)
    ('silver', None)
    """
    now = [span for span in found if span.first <= today <= span.last]
    return max(now, key=lambda span: (span.rank, span.last), default=None)
