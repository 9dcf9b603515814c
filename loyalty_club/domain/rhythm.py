"""The rhythm of one customer: how long she stays away, how evenly, and where her spending goes.

A visit is a day with a purchase; several purchases on a day are one visit. Gaps are the days
between one visit and the next. Whole numbers hold the rhythm of any number of visits: how many
there were, the sum of the gaps and the sum of their squares. They are added up by one pass over the
journal; everything else is worked out of them where it is shown. `SQL` has the same formulas for a
whole table; tests/test_domain_rfm_sql.py proves them equal.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import pairwise
from typing import NamedTuple

# From so many visits on a customer has a rhythm: two gaps can be compared, one cannot.
LEAST_VISITS = 3
HUNDREDTH = Decimal("0.01")
THOUSANDTH = Decimal("0.001")


class Rhythm(NamedTuple):
    """Visits, and the sum of the gaps between them (days) and of their squares."""

    visits: int
    gap_sum: int
    gap_squares: int


NO_RHYTHM = Rhythm(0, 0, 0)


def rhythm_of(days: Iterable[date]) -> Rhythm:
    """Return the rhythm of purchases on these days, in any order.

    >>> rhythm_of([date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 11), date(2026, 1, 31)])
    Rhythm(visits=3, gap_sum=30, gap_squares=500)
    >>> rhythm_of([])
    Rhythm(visits=0, gap_sum=0, gap_squares=0)
    """
    visits = sorted(set(days))
    gaps = [(later - earlier).days for earlier, later in pairwise(visits)]
    return Rhythm(len(visits), sum(gaps), sum(gap * gap for gap in gaps))


def mean_gap(rhythm: Rhythm) -> Decimal | None:
    """Return the mean of the gaps in days, or None before the second visit.

    >>> mean_gap(Rhythm(3, 30, 500)), mean_gap(Rhythm(1, 0, 0))
    (Decimal('15.00'), None)
    """
    if rhythm.visits < 2:
        return None
    return _rounded(Decimal(rhythm.gap_sum) / (rhythm.visits - 1), HUNDREDTH)


def gap_spread(rhythm: Rhythm) -> Decimal | None:
    """Return the standard deviation of the gaps in days, or None before the third visit.

    >>> gap_spread(Rhythm(3, 30, 500)), gap_spread(Rhythm(2, 10, 100))
    (Decimal('5.00'), None)
    """
    if rhythm.visits < LEAST_VISITS:
        return None
    gaps = rhythm.visits - 1
    with localcontext(prec=50):
        root = Decimal(gaps * rhythm.gap_squares - rhythm.gap_sum**2).sqrt()
        return _rounded(root / gaps, HUNDREDTH)


def expected_on(last: date | None, rhythm: Rhythm) -> date | None:
    """Return the day on which the next visit is due by the customer's own rhythm.

    :param last: day of the last visit

    >>> expected_on(date(2026, 1, 31), Rhythm(3, 30, 500))
    datetime.date(2026, 2, 15)
    """
    if last is None or rhythm.visits < LEAST_VISITS:
        return None
    usual = _rounded(Decimal(rhythm.gap_sum) / (rhythm.visits - 1), Decimal(1))
    return last + timedelta(days=int(usual))


def trend(monetary: Decimal, before: Decimal) -> Decimal | None:
    """Return by how many percent the later half of the window differs from the earlier one.

    :param monetary: what was spent in the whole window
    :param before: what of it was spent in the earlier half; nothing: there is no trend

    >>> trend(Decimal(250), Decimal(100)), trend(Decimal(100), Decimal(100)), trend(Decimal(9), 0)
    (Decimal('50.00'), Decimal('-100.00'), None)
    """
    if before <= 0:
        return None
    return _rounded(100 * (monetary - 2 * before) / before, HUNDREDTH)


def mean_basket(monetary: Decimal, frequency: int) -> Decimal | None:
    """Return what a purchase brings on average, returns deducted.

    >>> mean_basket(Decimal(100), 3), mean_basket(Decimal(0), 0)
    (Decimal('33.333'), None)
    """
    return _rounded(monetary / frequency, THOUSANDTH) if frequency > 0 else None


def behaviour(rhythm: Rhythm) -> str:
    """Return how the customer buys: `none`, `once`, `twice`, `regular` or `irregular`.

    Regular: the spread of the gaps is at most half of their mean.

    >>> behaviour(Rhythm(3, 30, 500)), behaviour(Rhythm(3, 30, 700)), behaviour(Rhythm(1, 0, 0))
    ('regular', 'irregular', 'once')
    """
    if rhythm.visits < LEAST_VISITS:
        return ("none", "once", "twice")[rhythm.visits]
    gaps = rhythm.visits - 1
    # spread <= mean / 2, squared and without fractions
    spread_squared = gaps * rhythm.gap_squares - rhythm.gap_sum**2
    return "regular" if 4 * spread_squared <= rhythm.gap_sum**2 else "irregular"


def is_overdue(days_away: int, rhythm: Rhythm, times: Decimal) -> bool:
    """Whether a customer stays away for at least so many times her own mean gap.

    >>> [is_overdue(days, Rhythm(3, 30, 500), Decimal(2)) for days in (29, 30)]
    [False, True]
    """
    if rhythm.visits < LEAST_VISITS:
        return False
    return days_away * (rhythm.visits - 1) >= times * rhythm.gap_sum


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


# The formulas over columns of a table with the alias {v}; {today} is the day on which one asks.
SQL = {
    "mean_gap": "CASE WHEN {v}.visits >= 2"
    " THEN round({v}.gap_sum::numeric / ({v}.visits - 1), 2) END",
    "gap_spread": "CASE WHEN {v}.visits >= 3 THEN round(sqrt("
    "(({v}.visits - 1)::bigint * {v}.gap_squares - {v}.gap_sum::bigint * {v}.gap_sum)::numeric)"
    " / ({v}.visits - 1), 2) END",
    "expected_on": "CASE WHEN {v}.visits >= 3 THEN {v}.last_purchase_on"
    " + round({v}.gap_sum::numeric / ({v}.visits - 1))::int END",
    "trend": "CASE WHEN {v}.monetary_before > 0"
    " THEN round(100 * ({v}.monetary - 2 * {v}.monetary_before) / {v}.monetary_before, 2) END",
    "mean_basket": "CASE WHEN {v}.frequency > 0 THEN round({v}.monetary / {v}.frequency, 3) END",
    "behaviour": "CASE WHEN COALESCE({v}.visits, 0) = 0 THEN 'none' WHEN {v}.visits = 1 THEN 'once'"
    " WHEN {v}.visits = 2 THEN 'twice'"
    " WHEN 4 * (({v}.visits - 1)::bigint * {v}.gap_squares - {v}.gap_sum::bigint * {v}.gap_sum)"
    " <= {v}.gap_sum::bigint * {v}.gap_sum THEN 'regular' ELSE 'irregular' END",
    "recency": "{today} - {v}.last_purchase_on",
}
