"""The last day of value, by every rule and in both calendars."""

import doctest
from datetime import date, timedelta

import jdatetime
from hypothesis import example, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import expiry
from odoo.addons.loyalty_club.domain.expiry import MONTHS_OF, Rule, last_day

DAY = timedelta(days=1)
CALENDARS = st.sampled_from(["gregorian", "jalali"])
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
NUMBERS = st.integers(0, 60)
RULES = st.one_of(
    st.builds(
        Rule,
        st.sampled_from(["after", "inactivity"]),
        number=NUMBERS,
        unit=st.sampled_from(["day", "month", "year"]),
        calendar=CALENDARS,
    ),
    st.builds(
        Rule,
        st.just("period"),
        number=NUMBERS,
        period=st.sampled_from(sorted(MONTHS_OF)),
        calendar=CALENDARS,
    ),
    st.builds(
        Rule,
        st.just("yearly"),
        calendar=CALENDARS,
        month_of_year=st.integers(1, 12),
        day_of_month=st.integers(1, 31),
    ),
    st.builds(Rule, st.just("date"), day=DAYS),
    st.just(Rule("never")),
)
# Known leap years of the Persian calendar, told by no library.
LEAP_YEARS = [1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441]


def jalali(year, month, day):
    return jdatetime.date(year, month, day).togregorian()


class TestDomainExpiry(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(expiry)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    # --- what holds for every rule -----------------------------------------------------

    @given(RULES, DAYS)
    @settings(deadline=None, database=None)
    def test_value_lives_at_least_the_day_it_was_earned(self, rule, earned):
        last = last_day(rule, earned)

        self.assertTrue(last is None or last >= earned, last)

    @given(RULES, DAYS, st.integers(0, 800))
    @settings(deadline=None, database=None)
    def test_what_is_earned_later_does_not_expire_earlier(self, rule, earned, later):
        first = last_day(rule, earned) or date.max
        second = last_day(rule, earned + timedelta(days=later)) or date.max

        self.assertLessEqual(first, second)

    @given(CALENDARS, st.sampled_from(sorted(MONTHS_OF)), NUMBERS, DAYS)
    @example("jalali", "quarter", 0, jalali(1403, 12, 30))
    @settings(deadline=None, database=None)
    def test_the_day_after_the_last_begins_a_period(self, calendar, period, number, earned):
        last = last_day(Rule("period", number, period=period, calendar=calendar), earned)

        after = last + DAY
        begun = earned
        if calendar == "jalali":
            after = jdatetime.date.fromgregorian(date=after)
            begun = jdatetime.date.fromgregorian(date=earned)
        months = MONTHS_OF[period]
        self.assertEqual((after.day, (after.month - 1) % months), (1, 0))
        between = (12 * after.year + after.month) - (12 * begun.year + begun.month)
        self.assertEqual(between, months * (number + 1) - (begun.month - 1) % months)

    @given(CALENDARS, st.integers(0, 120), DAYS)
    @example("jalali", 12, jalali(1403, 12, 30))
    @example("gregorian", 1, date(2025, 1, 31))
    @settings(deadline=None, database=None)
    def test_months_later_is_the_same_day_or_the_months_last(self, calendar, number, earned):
        last = last_day(Rule("after", number, unit="month", calendar=calendar), earned)

        days = [earned, last, last + DAY]
        if calendar == "jalali":
            days = [jdatetime.date.fromgregorian(date=day) for day in days]
        begun, ended, after = days
        self.assertEqual(
            12 * ended.year + ended.month, 12 * begun.year + begun.month + number, ended
        )
        if ended.day != begun.day:
            self.assertLess(ended.day, begun.day)
            self.assertEqual(after.day, 1)

    @given(CALENDARS, st.integers(1, 12), st.integers(1, 31), DAYS)
    @settings(deadline=None, database=None)
    def test_every_year_the_next_such_day_is_less_than_a_year_away(
        self, calendar, month, day, earned
    ):
        rule = Rule("yearly", calendar=calendar, month_of_year=month, day_of_month=day)
        last = last_day(rule, earned)

        found = jdatetime.date.fromgregorian(date=last) if calendar == "jalali" else last
        self.assertEqual(found.month, month)
        self.assertTrue(found.day == day or (found + DAY).day == 1)
        self.assertLessEqual(last - earned, 366 * DAY)
        self.assertEqual(last_day(rule, last), last)

    # --- the Persian year ----------------------------------------------------------------

    def test_a_persian_year_ends_on_30_esfand_in_leap_years_only(self):
        for year in range(1399, 1442):
            end = last_day(Rule("period", period="year", calendar="jalali"), jalali(year, 1, 1))
            length = 30 if year in LEAP_YEARS else 29
            with self.subTest(year=year):
                self.assertEqual(end, jalali(year, 12, length))
                self.assertEqual(end + DAY, jalali(year + 1, 1, 1))

    def test_known_ends_of_persian_years(self):
        for earned, end in (
            (date(2021, 3, 20), date(2021, 3, 20)),  # 30 Esfand 1399 itself
            (date(2021, 3, 21), date(2022, 3, 20)),  # 1 Farvardin 1400 → 29 Esfand 1400
            (date(2024, 3, 20), date(2025, 3, 20)),  # 1 Farvardin 1403 → 30 Esfand 1403
            (date(2025, 3, 21), date(2026, 3, 20)),  # 1 Farvardin 1404 → 29 Esfand 1404
        ):
            with self.subTest(earned=earned):
                rule = Rule("period", period="year", calendar="jalali")
                self.assertEqual(last_day(rule, earned), end)

    def test_a_year_after_30_esfand_is_29_esfand_and_every_year_means_the_last(self):
        year_later = Rule("after", 1, unit="year", calendar="jalali")
        every_year = Rule("yearly", calendar="jalali", month_of_year=12, day_of_month=30)

        self.assertEqual(last_day(year_later, jalali(1403, 12, 30)), jalali(1404, 12, 29))
        self.assertEqual(last_day(every_year, jalali(1404, 1, 1)), jalali(1404, 12, 29))
        self.assertEqual(last_day(every_year, jalali(1403, 1, 1)), jalali(1403, 12, 30))

    def test_the_six_long_months_end_on_the_31st(self):
        rule = Rule("period", period="half_year", calendar="jalali")

        self.assertEqual(last_day(rule, jalali(1404, 1, 1)), jalali(1404, 6, 31))
        self.assertEqual(last_day(rule, jalali(1404, 7, 1)), jalali(1404, 12, 29))

    # --- the common year -------------------------------------------------------------------

    def test_days_are_counted_from_the_day_it_was_earned(self):
        self.assertEqual(last_day(Rule("after", 0), date(2025, 3, 1)), date(2025, 3, 1))
        self.assertEqual(last_day(Rule("after", 180), date(2025, 1, 1)), date(2025, 6, 30))

    def test_a_year_after_29_february_is_28_february(self):
        rule = Rule("after", 1, unit="year")

        self.assertEqual(last_day(rule, date(2024, 2, 29)), date(2025, 2, 28))

    def test_one_day_for_all(self):
        rule = Rule("date", day=date(2025, 12, 31))

        self.assertEqual(last_day(rule, date(2025, 1, 1)), date(2025, 12, 31))
        self.assertEqual(last_day(rule, date(2025, 12, 31)), date(2025, 12, 31))
        self.assertIsNone(last_day(rule, date(2026, 1, 1)))
