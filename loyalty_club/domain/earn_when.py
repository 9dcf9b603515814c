"""When an earning rule holds: dates, weekdays, hours, occasions, and the rhythm of purchases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from .profile import jalali_month_day, month_day
from .sale import MemberFacts, Sale

_LEAP_DAYS = {301: 229, 101: 1230}  # kept on the day after, in years without them
_OWN_DAYS = {
    "birthday": "birth_gregorian",
    "birthday_jalali": "birth_jalali",
    "anniversary": "anniversary_gregorian",
    "anniversary_jalali": "anniversary_jalali",
}
UNITS = ("day", "week", "month")


@dataclass(frozen=True, slots=True)
class Occasion:
    """A day that comes back every year, with days around it.

    :param calendar: ``jalali`` or ``gregorian``; ``dates`` for days that are listed; ``birthday``,
        ``anniversary`` or one of these with ``_jalali``, for each member's own.
    :param number: month × 100 + day.
    :param before: how many days before it count as well.
    :param after: how many days after it do.
    """

    calendar: str
    number: int = 0
    before: int = 0
    after: int = 0
    dates: frozenset[date] = frozenset()

    @property
    def own(self) -> bool:
        """Whether every member has a day of her own."""
        return self.calendar in _OWN_DAYS

    def holds(self, day: date, member: MemberFacts) -> bool:
        """Return whether ``day`` is the occasion, or one of the days around it."""
        around = [day + timedelta(days=n) for n in range(-self.after, self.before + 1)]
        if self.calendar == "dates":
            return not self.dates.isdisjoint(around)
        number = getattr(member, _OWN_DAYS[self.calendar]) if self.own else self.number
        jalali = self.calendar.endswith("jalali")
        return bool(number) and any(number in _days_kept(one, jalali) for one in around)


@lru_cache(maxsize=1024)
def _days_kept(day: date, jalali: bool) -> frozenset[int]:
    """Days of the year that are kept on ``day``.

    >>> sorted(_days_kept(date(2026, 3, 1), False)), sorted(_days_kept(date(2024, 3, 1), False))
    ([229, 301], [301])
    """
    number_of = jalali_month_day if jalali else month_day
    number = number_of(day)
    missing = _LEAP_DAYS.get(number)
    if missing and (missing == 1230) == jalali and number_of(day - timedelta(days=1)) != missing:
        return frozenset({number, missing})
    return frozenset({number})


@dataclass(frozen=True, slots=True)
class Streak:
    """Purchases in ``count`` days, weeks or months in a row: the one that completes them.

    :param week_start: weekday on which weeks begin, 0 for Monday.
    :param jalali: months are those of the Persian calendar.
    """

    count: int
    unit: str
    week_start: int = 0
    jalali: bool = False

    def holds(self, day: date, days: tuple[date, ...]) -> bool:
        """Return whether a purchase on ``day`` completes a row, or one more of them.

        :param days: days of earlier purchases.

        >>> three = Streak(3, "day")
        >>> [three.holds(date(2026, 5, 4), tuple(date(2026, 5, n) for n in row))
        ...  for row in ([3, 2], [3, 1], [4, 3, 2], [3, 2, 1])]
        [True, False, False, False]
        """
        now = self._number(day)
        earlier = {self._number(one) for one in days}
        if now in earlier:  # completed, or not, by the first purchase of this day, week or month
            return False
        row = 1
        while now - row in earlier:
            row += 1
        return row % self.count == 0

    def _number(self, day: date) -> int:
        if self.unit == "day":
            return day.toordinal()
        if self.unit == "week":
            return (day.toordinal() - 1 - self.week_start) // 7
        return _month_number(day, self.jalali)


@lru_cache(maxsize=4096)
def _month_number(day: date, jalali: bool) -> int:
    if not jalali:
        return day.year * 12 + day.month
    # The Persian year began in the Gregorian year before, from January to Esfand.
    month = jalali_month_day(day) // 100
    return (day.year - (day.month < 4 and month > 9)) * 12 + month


@dataclass(frozen=True, slots=True)
class When:
    """The times of a rule. ``None`` and empty: any.

    :param first: first day; ``last``: last day.
    :param weekdays: 0 Monday to 6 Sunday.
    :param hour_from: hour from which it holds; ``hour_until``: at which it ends.
    :param first_after: the last purchase was at least so many days ago.
    :param nth: exactly the nth purchase.
    :param every_nth: each nth purchase.
    :param within_days: the last purchase was at most so many days ago.
    """

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    hour_from: Decimal = Decimal(0)
    hour_until: Decimal = Decimal(24)
    occasions: tuple[Occasion, ...] = ()
    first_after: int | None = None
    nth: int | None = None
    every_nth: int | None = None
    within_days: int | None = None
    streak: Streak | None = None

    @property
    def needs(self) -> frozenset[str]:
        """What has to be read of the member: ``member``, ``purchases``, ``days``."""
        needs = set()
        if any(occasion.own for occasion in self.occasions):
            needs.add("member")
        if self.nth or self.every_nth:
            needs.add("purchases")
        if self.first_after is not None or self.within_days is not None or self.streak:
            needs.add("days")
        return frozenset(needs)

    def fits_moment(self, sale: Sale) -> bool:
        """Return whether the moment fits, whoever buys."""
        day = sale.moment.date()
        if (self.first and day < self.first) or (self.last and day > self.last):
            return False
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        hour = sale.moment.hour + Decimal(sale.moment.minute) / 60
        if not self.hour_from <= hour < self.hour_until:
            return False
        if not self.occasions or any(occasion.own for occasion in self.occasions):
            return True
        return any(occasion.holds(day, sale.member) for occasion in self.occasions)

    def fits_member(self, sale: Sale) -> bool:
        """Return whether it is the member's own day, and the purchase the one that counts."""
        day, member = sale.moment.date(), sale.member
        if any(occasion.own for occasion in self.occasions) and not any(
            occasion.holds(day, member) for occasion in self.occasions
        ):
            return False
        number = member.purchases + 1
        if (self.nth and number != self.nth) or (self.every_nth and number % self.every_nth):
            return False
        if self.streak and not self.streak.holds(day, member.days):
            return False
        return self._fits_pause(day, member.days)

    def _fits_pause(self, day: date, days: tuple[date, ...]) -> bool:
        if self.first_after is None and self.within_days is None:
            return True
        if not days:
            return False
        pause = (day - days[0]).days
        if self.first_after is not None and pause < self.first_after:
            return False
        return self.within_days is None or pause <= self.within_days


def compile_when(spec: Mapping[str, Any]) -> When:
    """Read the part ``when`` of a version's specification.

    >>> when = compile_when({"from": "2026-03-21", "weekdays": [4], "nth": 3})
    >>> when.first, sorted(when.weekdays), sorted(when.needs)
    (datetime.date(2026, 3, 21), [4], ['purchases'])
    """
    return When(
        first=_date(spec.get("from")),
        last=_date(spec.get("until")),
        weekdays=frozenset(map(int, spec.get("weekdays") or ())),
        hour_from=Decimal(str(spec.get("hour_from") or 0)),
        hour_until=Decimal(str(spec.get("hour_until") or 24)),
        occasions=tuple(map(_occasion, spec.get("occasions") or ())),
        first_after=_number(spec.get("first_after")),
        nth=_number(spec.get("nth")),
        every_nth=_number(spec.get("every_nth")),
        within_days=_number(spec.get("within_days")),
        streak=_streak(spec.get("streak")),
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(value: Any) -> int | None:
    return None if value is None or value is False else int(value)


def _occasion(spec: Mapping[str, Any]) -> Occasion:
    calendar = spec["calendar"]
    if calendar not in {"jalali", "gregorian", "dates", *_OWN_DAYS}:
        raise ValueError(f"unknown calendar: {calendar}")
    return Occasion(
        calendar,
        int(spec.get("month") or 0) * 100 + int(spec.get("day") or 0),
        int(spec.get("before") or 0),
        int(spec.get("after") or 0),
        frozenset(map(date.fromisoformat, spec.get("dates") or ())),
    )


def _streak(spec: Mapping[str, Any] | None) -> Streak | None:
    if not spec:
        return None
    if spec["unit"] not in UNITS or int(spec["count"]) < 1:
        raise ValueError(f"no streak: {spec}")
    return Streak(
        int(spec["count"]),
        spec["unit"],
        int(spec.get("week_start") or 0),
        spec.get("calendar") == "jalali",
    )
