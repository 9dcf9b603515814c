"""Until when value may be spent: the last day of a lot, from the day on which it was earned.

Periods are those of the Gregorian or of the Jalali (Persian) calendar. A month later is the same
day of that month, or its last day where it is shorter: a month after 31 January is 28 or 29
February, a year after 30 Esfand is 29 Esfand in a common year.
"""

from datetime import date, timedelta
from typing import NamedTuple

import jdatetime

MONTHS_OF = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_LONG_YEARS = {"gregorian": 2000, "jalali": 1403}  # a leap year: every day of a year is in it


class Rule(NamedTuple):
    """A rule of expiry.

    :param kind: ``never``; ``after`` so many days, months or years; ``period``: at the end of a
        period; ``date``: on one day; ``yearly``: on the same day of every year; ``inactivity``:
        so many days, months or years after the last activity.
    :param number: how many units, or how many periods after the one in which it was earned.
    :param unit: ``day``, ``month`` or ``year``.
    :param period: ``month``, ``quarter``, ``half_year`` or ``year``.
    :param calendar: ``gregorian`` or ``jalali``, for months, years and periods.
    :param day: the day of the kind ``date``.
    :param month_of_year: month, 1 to 12, of the kind ``yearly``.
    :param day_of_month: day of that month; the month's last day where it has fewer.
    """

    kind: str
    number: int = 0
    unit: str = "day"
    period: str = "month"
    calendar: str = "gregorian"
    day: date | None = None
    month_of_year: int = 12
    day_of_month: int = 31


def last_day(rule: Rule, earned: date) -> date | None:
    """Return the last day on which value earned on ``earned`` may be spent; None is never.

    Never a day before ``earned``. What is earned after the day of the kind ``date`` was not meant
    by it and does not expire.

    >>> starbucks = Rule("period", number=6, period="month")
    >>> last_day(starbucks, date(2020, 12, 15))
    datetime.date(2021, 6, 30)
    >>> last_day(Rule("after", number=1, unit="month"), date(2025, 1, 31))
    datetime.date(2025, 2, 28)
    >>> next_season = Rule("period", number=1, period="quarter", calendar="jalali")
    >>> last_day(next_season, date(2024, 9, 25))  # 4 Mehr 1403: autumn; 30 Esfand 1403
    datetime.date(2025, 3, 20)
    >>> last_day(Rule("yearly", month_of_year=3, day_of_month=31), date(2025, 4, 1))
    datetime.date(2026, 3, 31)
    >>> last_day(Rule("date", day=date(2025, 12, 31)), date(2026, 1, 1)) is None
    True
    """
    return _RULES[rule.kind](rule, earned)


def is_day_of_year(calendar: str, month: int, day: int) -> bool:
    """Whether some year of ``calendar`` has that day.

    >>> is_day_of_year("gregorian", 2, 29), is_day_of_year("jalali", 2, 31)
    (True, True)
    >>> is_day_of_year("gregorian", 2, 30), is_day_of_year("jalali", 12, 31)
    (False, False)
    """
    return 1 <= month <= 12 and 1 <= day <= _month_length(calendar, _LONG_YEARS[calendar], month)


def _after(rule, earned):
    if rule.unit == "day":
        return earned + timedelta(days=rule.number)
    months = rule.number * (12 if rule.unit == "year" else 1)
    year, month, day = _parts(rule.calendar, earned)
    return _clamped(rule.calendar, year, month - 1 + months, day)


def _period(rule, earned):
    size = MONTHS_OF[rule.period]
    year, month, _day = _parts(rule.calendar, earned)
    first = (month - 1) // size * size
    # The last month of that period; day 31 stands for its last day.
    return _clamped(rule.calendar, year, first + size * (rule.number + 1) - 1, 31)


def _date(rule, earned):
    return rule.day if earned <= rule.day else None


def _yearly(rule, earned):
    year, _month, _day = _parts(rule.calendar, earned)
    this_year = _clamped(rule.calendar, year, rule.month_of_year - 1, rule.day_of_month)
    if this_year >= earned:
        return this_year
    return _clamped(rule.calendar, year + 1, rule.month_of_year - 1, rule.day_of_month)


_RULES = {
    "never": lambda rule, earned: None,
    "after": _after,
    "period": _period,
    "date": _date,
    "yearly": _yearly,
    "inactivity": _after,
}


def _parts(calendar, day):
    """Year, month and day of ``day`` in ``calendar``."""
    if calendar == "jalali":
        day = jdatetime.date.fromgregorian(date=day)
    return day.year, day.month, day.day


def _clamped(calendar, year, months, day):
    """The day of the month that comes ``months`` months after the first of ``year``, or that
    month's last day where it is shorter, as a Gregorian date."""
    year, month = year + months // 12, months % 12 + 1
    day = min(day, _month_length(calendar, year, month))
    if calendar == "jalali":
        return jdatetime.date(year, month, day).togregorian()
    return date(year, month, day)


def _month_length(calendar, year, month):
    if calendar == "jalali":
        if month == 12:
            return 30 if jdatetime.date(year, 1, 1).isleap() else 29
        return 31 if month <= 6 else 30
    start = date(year, month, 1)
    return (date(year + month // 12, month % 12 + 1, 1) - start).days
