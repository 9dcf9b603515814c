"""What a profile says of a person: age, days that come back every year, how complete it is."""

from collections.abc import Collection
from datetime import date

import jdatetime

OLDEST_YEARS = 120
# The first age that no longer belongs to a group, and the group's key; in order.
AGE_GROUPS = (
    (18, "under_18"),
    (25, "18_24"),
    (35, "25_34"),
    (45, "35_44"),
    (55, "45_54"),
    (65, "55_64"),
    (OLDEST_YEARS + 2, "65_up"),
)
_GREGORIAN_LEAP_DAY = 229


def month_day(day: date) -> int:
    """Return month and day of ``day`` as one number that sorts like the year: month·100 + day.

    >>> month_day(date(1990, 3, 21))
    321
    """
    return day.month * 100 + day.day


def jalali_month_day(day: date) -> int:
    """Return month and day in the Persian calendar, as :func:`month_day` does in the Gregorian.

    >>> jalali_month_day(date(1990, 3, 21)), jalali_month_day(date(2025, 3, 20))
    (101, 1230)
    """
    return month_day(jdatetime.date.fromgregorian(date=day))


def age_on(birthday: date, today: date) -> int:
    """Return completed years. Who was born on 29 February is a year older on 1 March.

    >>> age_on(date(2004, 2, 29), date(2022, 2, 28)), age_on(date(2004, 2, 29), date(2022, 3, 1))
    (17, 18)
    """
    return today.year - birthday.year - (month_day(today) < month_day(birthday))


def age_group(birthday: date, today: date) -> str:
    """Return the key of the age group; a coarse measure that gives no birthday away.

    >>> age_group(date(2000, 1, 1), date(2026, 1, 1))
    '25_34'
    """
    age = age_on(birthday, today)
    return next((key for limit, key in AGE_GROUPS if age < limit), AGE_GROUPS[-1][1])


def is_plausible(day: date, today: date) -> bool:
    """Whether a person alive may have been born, or have married, on ``day``.

    >>> is_plausible(date(2026, 1, 2), date(2026, 1, 1)), is_plausible(date(190, 1, 1), date.max)
    (False, False)
    """
    return day <= today and age_on(day, today) <= OLDEST_YEARS


def days_of_year_between(after: date, up_to: date) -> Collection[int]:
    """Return every Gregorian :func:`month_day` that came after ``after``, up to ``up_to``.

    29 February counts as passed on 1 March where the year has none: whoever was born on it is
    a year older then.

    >>> sorted(days_of_year_between(date(2026, 2, 27), date(2026, 3, 1)))
    [228, 229, 301]
    """
    if (up_to - after).days >= 366:
        return {month * 100 + day for month in range(1, 13) for day in range(1, 32)}
    first, last = after.toordinal() + 1, up_to.toordinal() + 1
    found = {month_day(date.fromordinal(number)) for number in range(first, last)}
    if 301 in found:
        found.add(_GREGORIAN_LEAP_DAY)
    return found


def completion(counted: Collection[str], filled: Collection[str]) -> int:
    """Return how much of what counts is filled, in whole percent; 100 only when all of it is.

    >>> completion({"sex", "birthday", "email"}, {"sex", "birthday", "hobby"}), completion((), ())
    (66, 0)
    """
    counted = set(counted)
    return 100 * len(counted & set(filled)) // len(counted) if counted else 0


def mask(text: str, shown: int = 2) -> str:
    """Return ``text`` for eyes that need only recognise it: its end, and of a short one nothing.

    >>> mask("0499370899"), mask("X123"), mask("")
    ('********99', '****', '')
    """
    if len(text) < 4 * shown:
        return "*" * len(text)
    return "*" * (len(text) - shown) + text[-shown:]
