"""Dates of two calendars are told apart, and what is no date is refused with its reason."""

import doctest
from datetime import date, time, timedelta

import jdatetime
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import dates
from odoo.addons.loyalty_club.domain.codes import InputError
from odoo.addons.loyalty_club.domain.dates import typed_moment

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


class TestDomainDates(BaseCase):
    def assertRefused(self, code, *texts):
        for text in texts:
            with self.assertRaises(InputError, msg=text) as caught:
                typed_moment(text)
            self.assertEqual(caught.exception.code, code, text)

    def test_doctests(self):
        result = doctest.testmod(dates)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    @given(st.dates(date(1922, 1, 1), date(2099, 12, 31)), st.sampled_from("-/."), st.booleans())
    @settings(deadline=None, database=None)
    def test_both_calendars_and_scripts_write_the_same_day(self, day, mark, persian_digits):
        jalali = jdatetime.date.fromgregorian(date=day)
        for year, month, number in ((day.year, day.month, day.day), jalali.timetuple()[:3]):
            for text in (
                f"{year}{mark}{month:02}{mark}{number:02}",
                f"{year}{mark}{month}{mark}{number}",
                f"{year}{month:02}{number:02}",
            ):
                text = text.translate(PERSIAN) if persian_digits else text
                self.assertEqual(typed_moment(text), (day, None), text)

    def test_a_leap_day_is_there_in_leap_years_only(self):
        self.assertEqual(typed_moment("1403/12/30").day, date(2025, 3, 20))
        self.assertEqual(
            typed_moment("1403/12/30").day + timedelta(1), typed_moment("1404/1/1").day
        )
        self.assertEqual(typed_moment("2024-02-29").day, date(2024, 2, 29))
        self.assertRefused("date_impossible", "1402/12/30", "1404/12/30", "2023-02-29")

    def test_days_that_do_not_exist_are_refused(self):
        self.assertRefused(
            "date_impossible",
            *("1403/13/01", "1403/00/10", "1403/07/31", "1403/01/32", "2024-13-01", "2024-04-31"),
            *("14031301", "2024-01-01 24:00", "2024-01-01 10:61", "2024-00-00"),
        )

    def test_a_year_that_does_not_stand_first_is_refused(self):
        self.assertRefused("date_order", "12/05/1403", "03/04/05", "1.2.2024", "99/12/29 10:00")

    def test_years_of_neither_calendar_are_refused(self):
        self.assertRefused(
            "date_year", "1200/01/01", "1800-01-01", "1599/1/1", "2100-01-01", "99991231"
        )

    def test_a_day_number_of_a_spreadsheet_is_named(self):
        self.assertRefused("date_serial", "45500", "45500.5")

    def test_other_texts_are_no_dates(self):
        self.assertRefused(
            "date", "", "yesterday", "1403", "1403/05", "1403-05/12", "2024-W05", "-"
        )

    def test_the_time_of_day_is_kept(self):
        for text in ("1403/05/12 14:05", "2024-08-02T14:05:00", "2024-08-02 14:05:00.123"):
            self.assertEqual(typed_moment(text), (date(2024, 8, 2), time(14, 5)))

    @given(st.text())
    @settings(deadline=None, database=None)
    def test_any_text_gives_a_day_or_an_input_error(self, text):
        try:
            self.assertIsInstance(typed_moment(text).day, date)
        except InputError as error:
            self.assertTrue(error.code.startswith("date"))
