"""When earning rules hold: occasions in both calendars, streaks, first and nth purchases."""

import doctest
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import earn_when
from odoo.addons.loyalty_club.domain.earn_when import Streak, compile_when
from odoo.addons.loyalty_club.domain.sale import MemberFacts, Sale

DAY = timedelta(days=1)


def fits(spec, day, hour=12, **facts):
    moment = datetime.combine(day, time(hour))
    sale, when = Sale(moment, member=MemberFacts(**facts)), compile_when(spec)
    return when.fits_moment(sale) and when.fits_member(sale)


class TestDomainEarnWhen(BaseCase):
    """One sale at one moment."""

    def test_doctests(self):
        result = doctest.testmod(earn_when)
        self.assertGreater(result.attempted, 0)
        self.assertFalse(result.failed)

    def test_dates_and_hours_hold_from_the_first_to_the_last(self):
        spec = {"from": "2026-05-04", "until": "2026-05-05"}
        found = [fits(spec, date(2026, 5, day)) for day in (3, 4, 5, 6)]
        self.assertEqual(found, [False, True, True, False])
        hours = {"hour_from": "9", "hour_until": "17"}
        found = [fits(hours, date(2026, 5, 4), hour) for hour in (8, 9, 16, 17)]
        self.assertEqual(found, [False, True, True, False])

    def test_occasions_come_back_every_year_with_days_around_them(self):
        yalda = {"calendar": "jalali", "month": 9, "day": 30, "before": 1, "after": 2}
        for year, first in ((2025, date(2025, 12, 21)), (2024, date(2024, 12, 20))):
            days = [first + DAY * n for n in (-2, -1, 0, 1, 2, 3)]
            found = [fits({"occasions": [yalda]}, day) for day in days]
            self.assertEqual(found, [False, True, True, True, True, False], year)

    def test_a_day_that_this_year_does_not_have_is_kept_on_the_next(self):
        leap = {"occasions": [{"calendar": "gregorian", "month": 2, "day": 29}]}
        self.assertTrue(fits(leap, date(2026, 3, 1)))
        self.assertFalse(fits(leap, date(2024, 3, 1)))
        self.assertTrue(fits(leap, date(2024, 2, 29)))

    def test_one_of_several_occasions_is_enough(self):
        spec = {
            "occasions": [
                {"calendar": "gregorian", "month": 1, "day": 1},
                {"calendar": "dates", "dates": ["2026-05-05"], "before": 1},
                {"calendar": "birthday"},
            ]
        }
        self.assertTrue(fits(spec, date(2026, 5, 4)))
        self.assertFalse(fits(spec, date(2026, 5, 6)))
        self.assertTrue(fits(spec, date(2026, 5, 6), birth_gregorian=506))

    def test_who_has_no_birthday_has_no_occasion(self):
        self.assertFalse(fits({"occasions": [{"calendar": "birthday"}]}, date(2026, 5, 4)))

    def test_nth_purchases(self):
        day = date(2026, 5, 4)
        self.assertEqual([fits({"nth": 3}, day, purchases=n) for n in (1, 2, 3)],
                         [False, True, False])  # fmt: skip
        self.assertEqual([fits({"every_nth": 3}, day, purchases=n) for n in (0, 2, 5, 6)],
                         [False, True, True, False])  # fmt: skip

    def test_back_soon_and_back_after_long(self):
        day = date(2026, 5, 4)
        soon, late = {"within_days": 7}, {"first_after": 90}
        for spec, ago, expected in (
            (soon, 7, True), (soon, 8, False), (late, 89, False), (late, 90, True)
        ):  # fmt: skip
            self.assertIs(fits(spec, day, days=(day - DAY * ago,)), expected)
        self.assertFalse(fits(soon, day))
        self.assertFalse(fits(late, day))

    def test_weeks_begin_where_the_rule_says(self):
        friday, saturday = date(2026, 5, 1), date(2026, 5, 2)
        self.assertFalse(Streak(2, "week").holds(saturday, (friday,)))
        self.assertTrue(Streak(2, "week", week_start=5).holds(saturday, (friday,)))

    def test_months_are_those_of_the_calendar(self):
        end, start = date(2026, 3, 20), date(2026, 3, 21)  # 29 Esfand 1404, 1 Farvardin 1405
        self.assertFalse(Streak(2, "month").holds(start, (end,)))
        self.assertTrue(Streak(2, "month", jalali=True).holds(start, (end,)))
        self.assertTrue(Streak(2, "month", jalali=True).holds(date(2026, 1, 1),
                                                              (date(2025, 12, 21),)))  # fmt: skip

    def test_unknown_calendars_and_units_are_refused(self):
        for spec in (
            {"occasions": [{"calendar": "lunar", "month": 1, "day": 1}]},
            {"streak": {"count": 3, "unit": "year"}},
            {"streak": {"count": 0, "unit": "day"}},
        ):
            with self.assertRaises(ValueError):
                compile_when(spec)

    @settings(max_examples=200, deadline=None)
    @given(st.sets(st.integers(0, 40), max_size=40), st.integers(1, 5))
    def test_a_row_of_days_is_completed_once_for_each_of_its_lengths(self, bought, count):
        """Against a count by hand, day after day."""
        start, row = date(2026, 4, 1), 0
        for number in range(41):
            row = row + 1 if number in bought else 0
            if number in bought:
                earlier = tuple(start + DAY * n for n in sorted(bought, reverse=True) if n < number)
                found = Streak(count, "day").holds(start + DAY * number, earlier)
                self.assertEqual(found, row % count == 0)

    @settings(max_examples=200, deadline=None)
    @given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.booleans())
    def test_months_follow_each_other_without_gaps(self, day, jalali):
        numbers = [earn_when._month_number(day + DAY * n, jalali) for n in range(400)]
        steps = {after - before for before, after in pairwise(numbers)}
        self.assertEqual(steps, {0, 1})
        self.assertIn(numbers[-1] - numbers[0], (13, 14))
        self.assertEqual(compile_when({}).hour_until, Decimal(24))
