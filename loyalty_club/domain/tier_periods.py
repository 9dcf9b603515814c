"""In which periods the figures of a club's levels are counted, and how long a level lasts.

Periods and months follow the Gregorian or the Persian calendar. A period that a Persian year has
is counted by it everywhere: dates are compared as what they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import jdatetime
from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long figures are counted and how long a level lasts.

    :param kind: ``rolling`` (the last months), ``year`` (fixed periods), ``anniversary`` (of
        joining), ``ever``
    :param calendar: ``gregorian`` or ``jalali``: of the periods and of all months counted
    :param months: length of a period
    :param month: with `day`, where a year of fixed periods begins
    :param keep: ``period`` (to the end of the period that deserved it), ``next`` (of the one
        after), ``months`` (from the day it was reached; then the figures decide anew)
    :param keep_months: for ``months`` how many, else so many beyond the end
    :param max_drop: at most so many levels down at once; 0: no limit
    :param idle_months: one level down for each so many months without a purchase; 0: none
    """

    kind: str = "year"
    calendar: str = "gregorian"
    months: int = 12
    month: int = 1
    day: int = 1
    keep: str = "next"
    keep_months: int = 0
    grace_days: int = 0
    max_drop: int = 0
    idle_months: int = 0
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    head_start: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """A period in which figures are counted, and the last day of what they deserve there."""

    first: date
    last: date
    until: date | None


def spans(terms: Terms, today: date, joined: date) -> list[Span]:
    """Return the periods whose figures count on `today`, the running one first.

    >>> for span in spans(Terms(month=3, keep="next", keep_months=1), date(2026, 3, 15), date.max):
    ...     print(span.first, span.last, span.until)  # AAdvantage: March to February, and a month
    2026-03-01 2027-02-28 2028-03-31
    2025-03-01 2026-02-28 2027-03-31
    2024-03-01 2025-02-28 2026-03-31
    """
    if terms.kind == "ever":
        return [Span(date(1, 1, 2), today, None)]
    if terms.kind == "rolling":
        first = add_months(today + ONE_DAY, -terms.months, terms.calendar)
        return [Span(first, today, _kept(terms, today, today, today))]
    found = []
    for back in range(60):
        first, last, after = (_start(terms, today, joined, step - back) for step in (0, 1, 2))
        last, after = last - ONE_DAY, after - ONE_DAY
        until = _kept(terms, today, last, after)
        over = back and (terms.keep == "months" or until + timedelta(terms.grace_days) < today)
        if over or (back and terms.kind == "anniversary" and last < joined):
            break
        found.append(Span(first, last, until))
    return found


def _kept(terms: Terms, today: date, last: date, after: date) -> date:
    """Return the last day of a level deserved in the period that ends on `last`."""
    if terms.keep == "months":
        return add_months(today, terms.keep_months, terms.calendar) - ONE_DAY
    end = after if terms.keep == "next" else last
    if terms.kind == "rolling":
        end = last
    return add_months(end + ONE_DAY, terms.keep_months, terms.calendar) - ONE_DAY


def _start(terms: Terms, today: date, joined: date, ahead: int) -> date:
    """Return where the period of `today` begins, or one so many periods `ahead`."""
    if terms.kind == "anniversary":
        number = months_between(min(joined, today), today, terms.calendar) // terms.months
        return add_months(min(joined, today), (number + ahead) * terms.months, terms.calendar)
    year, month, day = _parts(today, terms.calendar)
    whole = 12 * year + month - terms.month - (day < terms.day)
    whole = (whole // terms.months + ahead) * terms.months + terms.month - 1
    return _from_parts(whole // 12, whole % 12 + 1, terms.day, terms.calendar)


def months_between(first: date, last: date, calendar: str = "gregorian") -> int:
    """Return how many whole months have passed.

    >>> months_between(date(2024, 1, 31), date(2024, 2, 29))  # 31 January and a month: 29 February
    1
    """
    (year, month, _day), (other_year, other_month, _other) = (
        _parts(first, calendar),
        _parts(last, calendar),
    )
    whole = 12 * (other_year - year) + other_month - month
    return whole - (add_months(first, whole, calendar) > last)


def add_months(day: date, months: int, calendar: str = "gregorian") -> date:
    """Return the same day so many months later; the last of a month that is shorter.

    >>> add_months(date(2024, 1, 31), 1), add_months(date(2025, 3, 20), 12, "jalali")
    (datetime.date(2024, 2, 29), datetime.date(2026, 3, 20))
    """
    if calendar == "gregorian":
        return day + relativedelta(months=months)
    year, month, number = _parts(day, calendar)
    whole = 12 * year + month - 1 + months
    return _from_parts(whole // 12, whole % 12 + 1, number, calendar)


def _parts(day: date, calendar: str) -> tuple[int, int, int]:
    if calendar == "jalali":
        day = jdatetime.date.fromgregorian(date=day)
    return day.year, day.month, day.day


def _from_parts(year: int, month: int, day: int, calendar: str) -> date:
    if calendar == "gregorian":
        first = date(year, month, 1)
        return first + relativedelta(day=day)
    for number in range(day, 28, -1):
        try:
            return jdatetime.date(year, month, number).togregorian()
        except ValueError:  # a month of 30 or 29 days
            continue
    return jdatetime.date(year, month, min(day, 28)).togregorian()


# --- silence, and levels without figures --------------------------------------------------------


def idle_steps(terms: Terms, levels: int, today: date, bought: date | None) -> int:
    """Return how many levels a silence since the last purchase costs.

    >>> terms = Terms(idle_months=6)
    >>> [idle_steps(terms, 4, date(2026, 7, 1), date(2026, m, d)) for m, d in ((1, 1), (6, 1))]
    [0, 0]
    >>> idle_steps(terms, 4, date(2026, 7, 2), date(2026, 1, 1))  # more than six months
    1
    """
    if bought is None:
        return 0
    return sum(bought < limit for limit in idle_limits(terms, levels, today))


def idle_limits(terms: Terms, levels: int, today: date) -> list[date]:
    """Return the days before which the last purchase costs one level, two levels, …"""
    if not terms.idle_months:
        return []
    return [
        add_months(today, -terms.idle_months * number, terms.calendar)
        for number in range(1, levels)
    ]


def fallback_until(terms: Terms, running: Span, today: date) -> date | None:
    """Return the last day of a level that is kept without figures: she falls step by step, or
    holds a level without an end from terms that had none."""
    if terms.kind == "ever":
        return None
    if terms.keep == "months":
        return add_months(today, terms.keep_months, terms.calendar) - ONE_DAY
    if terms.kind == "rolling":
        return add_months(today, 1, terms.calendar) - ONE_DAY
    return running.last
