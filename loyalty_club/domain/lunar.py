"""Days of the Islamic lunar year, by the calculated calendar of Umm al-Qura.

Whoever watches the moon may see a month begin a day earlier or later; in Iran it is mostly later.
The conversion is that of the library ``hijridate``, for the years 1343 to 1500.
"""

from datetime import date

from hijridate import Gregorian, Hijri

_MOST_DAYS = 30  # of a month; some have 29


def is_lunar_day(month: int, day: int) -> bool:
    """Return whether some year has this day.

    >>> is_lunar_day(6, 20), is_lunar_day(12, 30), is_lunar_day(13, 1), is_lunar_day(9, 31)
    (True, True, False, False)
    """
    return 1 <= month <= 12 and 1 <= day <= _MOST_DAYS


def lunar_days(month: int, day: int, since: date, years: int) -> list[date]:
    """Return the days of so many lunar years on which a day of the year comes, from ``since`` on.

    A day that a month does not have is kept on the first of the next one.

    :param month: 1 (Muharram) to 12 (Dhu al-Hijja).
    :param since: the first day that may be among them.

    >>> [str(one) for one in lunar_days(10, 1, date(2026, 1, 1), 2)]  # the end of Ramadan
    ['2026-03-20', '2027-03-09']
    >>> lunar_days(6, 20, date(2026, 11, 23), 1)
    [datetime.date(2026, 11, 30)]
    >>> lunar_days(10, 1, date(2026, 3, 20), 1) == lunar_days(10, 1, date(2026, 3, 1), 1)
    True
    """
    first = Gregorian.fromdate(since).to_hijri().year
    found = [_day_of(year, month, day) for year in range(first, first + years + 1)]
    return [one for one in found if one >= since][:years]


def _day_of(year: int, month: int, day: int) -> date:
    length = Hijri(year, month, 1).month_length()
    if day > length:
        year, month, day = (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)
    converted = Hijri(year, month, day).to_gregorian()
    return date(converted.year, converted.month, converted.day)
