"""Dates that people type: year first, in the Persian (Jalali) or the Gregorian calendar."""

import re
from datetime import date, time
from typing import NamedTuple

import jdatetime

from .codes import InputError, typed

_TIME = (
    r"(?:[T ,]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)?)?"
)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})" + _TIME
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})" + _TIME)
# A day or a year of two digits stands first: nobody can tell 03/04/05 from 05/04/03.
_YEAR_NOT_FIRST = re.compile(r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}\b.*", re.DOTALL)
# What a spreadsheet keeps behind a date that was formatted as a number.
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


class Moment(NamedTuple):
    """A day (Gregorian), and the time of day when it was given."""

    day: date
    time: time | None


def typed_moment(text: str) -> Moment:
    """Return the day, and the time if any, that `text` writes: 1403/05/12, 2024-08-02 14:05.

    Read: digits of any of the three scripts; year, month and day in this order, parted by one of
    - / . or written as eight digits; a time of day after a blank or T. A year of 1300 to 1499 is
    always Persian, one of 1900 to 2099 always Gregorian.

    :raise InputError: `date` for no date, `date_order` if the year does not stand first with four
        digits, `date_serial` for a spreadsheet's day number, `date_year` for a year of neither
        calendar, `date_impossible` for a day or time that does not exist

    >>> typed_moment("۱۴۰۳/۱۲/۳۰")  # 1403 is a leap year, 1404 is not
    Moment(day=datetime.date(2025, 3, 20), time=None)
    >>> typed_moment("2024-03-01 9:05").time
    datetime.time(9, 5)
    """
    written = typed(text)
    match = _DATE.fullmatch(written) or _COMPACT.fullmatch(written)
    if not match:
        raise InputError(_what_else(written), text)
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    if year // 100 not in {13, 14, 19, 20}:
        raise InputError("date_year", text)
    try:
        return Moment(_gregorian(year, month, day), _time(match))
    except ValueError as error:
        raise InputError("date_impossible", text) from error


def _what_else(written: str) -> str:
    if _YEAR_NOT_FIRST.fullmatch(written):
        return "date_order"
    return "date_serial" if _SERIAL.fullmatch(written) else "date"


def _gregorian(year: int, month: int, day: int) -> date:
    if year < 1500:
        return jdatetime.date(year, month, day).togregorian()
    return date(year, month, day)


def _time(match: re.Match) -> time | None:
    if match["hour"] is None:
        return None
    return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))


def jalali_text(day: date) -> str:
    """Return `day` as people write it in the Persian calendar, in ASCII digits.

    >>> jalali_text(date(2026, 11, 22)), jalali_text(date(2025, 3, 20))
    ('1405/09/01', '1403/12/30')
    """
    return jdatetime.date.fromgregorian(date=day).strftime("%Y/%m/%d")
