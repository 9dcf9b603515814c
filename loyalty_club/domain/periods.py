"""Months of the Gregorian and the Persian calendar, and moments as days of a shop's clock."""

from datetime import date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import jdatetime


def month_start(day: date, *, jalali: bool = False) -> date:
    """Return the first day of the month that `day` is in.

    >>> month_start(date(2026, 11, 22)), month_start(date(2026, 11, 21), jalali=True)
    (datetime.date(2026, 11, 1), datetime.date(2026, 10, 23))
    """
    if not jalali:
        return day.replace(day=1)
    return jdatetime.date.fromgregorian(date=day).replace(day=1).togregorian()


def begun(period: str, today: date, *, jalali: bool = False) -> date:
    """Return the first day of what people mean by this month, the last three, or this year.

    :param period: `month`, `quarter` or `year`

    >>> begun("quarter", date(2026, 11, 22)), begun("year", date(2026, 11, 22), jalali=True)
    (datetime.date(2026, 9, 1), datetime.date(2026, 3, 21))
    """
    start = month_start(today, jalali=jalali)
    month = jdatetime.date.fromgregorian(date=start).month if jalali else start.month
    for _month in range({"month": 0, "quarter": 2, "year": month - 1}[period]):
        start = month_start(start - timedelta(days=1), jalali=jalali)
    return start


def month_ends(first: date, last: date, *, jalali: bool = False) -> list[date]:
    """Return the last days of the months that are over, from `first` on and before `last`.

    >>> month_ends(date(2026, 1, 31), date(2026, 3, 31))
    [datetime.date(2026, 1, 31), datetime.date(2026, 2, 28)]
    >>> month_ends(date(2026, 3, 1), date(2026, 4, 1), jalali=True)  # the last of Esfand
    [datetime.date(2026, 3, 20)]
    """
    ends = []
    start = month_start(last, jalali=jalali)
    while start - timedelta(days=1) >= first:
        ends.append(start - timedelta(days=1))
        start = month_start(ends[-1], jalali=jalali)
    return ends[::-1]


def month_label(day: date, *, jalali: bool = False) -> str:
    """Return year and month of `day`, such that they sort as they follow.

    >>> month_label(date(2026, 11, 22)), month_label(date(2026, 11, 22), jalali=True)
    ('2026-11', '1405-09')
    """
    if not jalali:
        return day.strftime("%Y-%m")
    moved = jdatetime.date.fromgregorian(date=day)
    return f"{moved.year}-{moved.month:02}"


def clock_changes(zone: str, first: date, last: date) -> list[tuple[datetime, int]]:
    """Return from when (naive, UTC) clocks in `zone` go by how many seconds ahead of UTC.

    What a database works out for each row by the rules of the zone takes most of the time of a
    pass over millions of rows; between two changes it is an addition.

    :param first, last: the days on which the answer must hold; the first pair holds from ever

    >>> clock_changes("Asia/Tehran", date(2022, 1, 1), date(2022, 9, 1))
    [(datetime.datetime(1, 1, 1, 0, 0), 12600), (datetime.datetime(2022, 3, 21, 20, 30), 16200)]
    >>> clock_changes("Asia/Tehran", date(2022, 9, 1), date(2026, 1, 1))[-1]
    (datetime.datetime(2022, 9, 21, 19, 30), 12600)
    """
    shop = ZoneInfo(zone)
    moment = datetime.combine(first, time.min, timezone.utc) - timedelta(days=2)
    end = datetime.combine(last, time.min, timezone.utc) + timedelta(days=2)
    found = [(datetime(1, 1, 1), _ahead(moment, shop))]  # noqa: DTZ001  as stored: naive, UTC
    while moment < end:
        following = moment + timedelta(days=1)
        if _ahead(following, shop) != found[-1][1]:
            changed = _change_between(moment, following, shop)
            found.append((changed.replace(tzinfo=None), _ahead(changed, shop)))
        moment = following
    return found


def has_day_twice(changes: list[tuple[datetime, int]]) -> bool:
    """Whether a clock was put back over midnight, so that a day came back that was over.

    :param changes: see :func:`clock_changes`

    >>> has_day_twice(clock_changes("America/St_Johns", date(2009, 10, 1), date(2009, 12, 1)))
    True
    >>> has_day_twice(clock_changes("Asia/Tehran", date(2022, 9, 1), date(2022, 10, 1)))
    False
    """
    second = timedelta(seconds=1)
    return any(
        (moment + after * second).date() < (moment + (before - 1) * second).date()
        for (_since, before), (moment, after) in pairwise(changes)
    )


def _ahead(moment: datetime, shop: ZoneInfo) -> int:
    return int(moment.astimezone(shop).utcoffset().total_seconds())


def _change_between(before: datetime, after: datetime, shop: ZoneInfo) -> datetime:
    """The first second at which the clock goes as it does `after`."""
    old = _ahead(before, shop)
    while (after - before) > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if _ahead(middle, shop) == old:
            before = middle
        else:
            after = middle
    return after
