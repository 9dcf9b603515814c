"""Until when a membership is paid."""

from collections.abc import Iterable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


def paid_until(payments: Iterable[tuple[date, int]]) -> date | None:
    """Return the last day that is paid, or None if nothing is.

    Each payment is the day it was made and how many months it is for. It goes on from where the
    ones before it end, or begins on its own day if they ended earlier.

    >>> paid_until([(date(2026, 1, 10), 12)])
    datetime.date(2027, 1, 9)
    >>> paid_until([(date(2026, 1, 10), 12), (date(2026, 12, 1), 12)])  # early: nothing is lost
    datetime.date(2028, 1, 9)
    >>> paid_until([(date(2026, 1, 10), 12), (date(2027, 3, 1), 1)])  # late: the gap is no debt
    datetime.date(2027, 3, 31)
    """
    until: date | None = None
    for day, months in payments:
        first = max(day, until + timedelta(days=1)) if until else day
        until = first + relativedelta(months=months) - timedelta(days=1)
    return until
