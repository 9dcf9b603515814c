"""Days that come back every year, in the Gregorian and the Persian calendar."""

from collections.abc import Callable
from datetime import date, timedelta

from .profile import jalali_month_day, month_day

# Days that not every year has, and the day on which they are kept where there is none.
_GREGORIAN_LEAP, _GREGORIAN_INSTEAD = 229, 301
_JALALI_LEAP, _JALALI_INSTEAD = 1230, 101


def days_until(today: date, *, jalali: bool = False) -> dict[int, int]:
    """Return for every day of the year, as month·100 + day, in how many days it comes.

    A day that the coming twelve months do not have is kept on the one after it.

    >>> days = days_until(date(2026, 2, 27))
    >>> days[227], days[228], days[229], days[301], days[226]
    (0, 1, 2, 2, 364)
    >>> days_until(date(2025, 3, 20), jalali=True)[101]  # 30 Esfand 1403, a leap year
    1
    """
    number_of: Callable[[date], int] = jalali_month_day if jalali else month_day
    found: dict[int, int] = {}
    for ahead in range(367):
        found.setdefault(number_of(today + timedelta(days=ahead)), ahead)
    leap, instead = (
        (_JALALI_LEAP, _JALALI_INSTEAD) if jalali else (_GREGORIAN_LEAP, _GREGORIAN_INSTEAD)
    )
    found.setdefault(leap, found[instead])
    return found
