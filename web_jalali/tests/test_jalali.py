"""The calendar itself, day by day, and its texts."""

import doctest
from datetime import date, timedelta

from odoo.tests import BaseCase

from odoo.addons.web_jalali.tools import jalali

LEAP_YEARS = (1399, 1403, 1408, 1412, 1416, 1420, 1424, 1428, 1432, 1436, 1441)


class TestJalali(BaseCase):
    def test_doctests(self):
        result = doctest.testmod(jalali)
        self.assertEqual(result.failed, 0)
        self.assertGreater(result.attempted, 0)

    def test_every_day_of_two_centuries_is_the_next_of_the_one_before(self):
        day, expected = date(1921, 3, 21), (1300, 1, 1)
        while expected < (1501, 1, 1):
            self.assertEqual(jalali.to_jalali(day), expected)
            self.assertEqual(jalali.to_gregorian(*expected), day)
            year, month, number = expected
            # The rule of 33 years, which is the official calendar for 1178 to 1633.
            length = 31 if month < 7 else 30 if month < 12 or (25 * year + 11) % 33 < 8 else 29
            self.assertEqual(jalali.month_length(year, month), length)
            if number < length:
                expected = (year, month, number + 1)
            else:
                expected = (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)
            day += timedelta(1)

    def test_leap_years(self):
        found = [year for year in range(1399, 1442) if jalali.month_length(year, 12) == 30]
        self.assertEqual(found, list(LEAP_YEARS))
        for text, day in (
            ("1399/12/30", date(2021, 3, 20)),
            ("1403/12/30", date(2025, 3, 20)),
            ("1408/12/30", date(2030, 3, 20)),
        ):
            self.assertEqual(jalali.parse(text), day)

    def test_days_that_do_not_exist_are_refused(self):
        for text in (
            "1404/12/30",
            "1400/12/30",
            "1405/07/31",
            "1405/13/01",
            "1405/0/1",
            "31 مهر 1405",
        ):
            with self.assertRaises(ValueError, msg=text):
                jalali.parse(text)

    def test_what_is_no_date_is_refused(self):
        for text in ("", "امروز", "1405/09", "05/9/1", "1405/9-1", "1405/9/1 25", "x1405/9/1"):
            with self.assertRaises(ValueError, msg=text):
                jalali.parse(text)

    def test_people_write_dates_in_many_ways(self):
        day = date(2026, 11, 22)
        for text in (
            *("1405/9/1", "۱۴۰۵/۰۹/۰۱", "١٤٠٥/٠٩/٠١", "1405-09-01", "14050901", "1 آذر 1405"),
            *("\u200e۱۴۰۵/۰۹/۰۱\u200f", " ۱ آذر، ۱۴۰۵ ", "2026-11-22", "2026/11/22"),
        ):
            self.assertEqual(jalali.parse(text), day, text)
        self.assertEqual(str(jalali.parse("۱۴۰۵/۹/۱ ۱۳:۰۵")), "2026-11-22 13:05:00")
        self.assertEqual(jalali.parse("۱ شهریور ۱۴۰۵").month, 8)
        self.assertEqual(jalali.parse("۱ ارديبهشت ۱۴۰۵"), jalali.to_gregorian(1405, 2, 1))

    def test_a_text_is_read_as_the_day_it_was_written_for(self):
        for days in range(0, 800, 7):
            day = date(2025, 1, 1) + timedelta(days)
            for pattern in ("yyyy/MM/dd", "yyyy-M-d", "yyyyMMdd", "d MMMM yyyy"):
                self.assertEqual(jalali.parse(jalali.format_date(day, pattern)), day)

    def test_names_and_numbers_are_those_of_the_calendar(self):
        day = date(2026, 11, 22)
        for pattern, text in (
            ("full", "یکشنبه ۱ آذر ۱۴۰۵"),
            ("yy/M/d", "۰۵/۹/۱"),
            ("MMMM yyyy", "آذر ۱۴۰۵"),
            ("QQQQ yyyy", "پاییز ۱۴۰۵"),
            ("Q", "۳"),
            ("D", "۲۴۷"),
            ("w YYYY", "۳۶ ۱۴۰۵"),
            ("W", "۱"),
            ("G", "ه‍.ش."),
        ):
            self.assertEqual(jalali.format_date(day, pattern), text, pattern)

    def test_weekdays_are_those_of_the_gregorian_day(self):
        names = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
        for number, name in enumerate(names):
            self.assertEqual(jalali.format_date(date(2026, 11, 23 + number), "EEEE"), name)

    def test_a_week_belongs_to_the_year_whose_first_day_it_holds(self):
        for year in range(1395, 1415):
            first = jalali.to_gregorian(year, 1, 1)
            self.assertEqual(jalali.week_of(first), (year, 1))
            saturday = first - timedelta((first.weekday() - jalali.SATURDAY) % 7)
            self.assertEqual(jalali.week_of(saturday), (year, 1))
            self.assertEqual(jalali.week_of(saturday - timedelta(1))[0], year - 1)
            self.assertEqual(jalali.week_of(saturday + timedelta(7)), (year, 2))

    def test_periods_follow_each_other_without_gaps(self):
        for period, count in (("month", 12), ("quarter", 4), ("year", 1)):
            day = jalali.to_gregorian(1403, 1, 1)
            for _number in range(count * 3):
                end = jalali.next_start(day, period)
                self.assertEqual(jalali.start_of(end - timedelta(1), period), day)
                self.assertEqual(jalali.start_of(end, period), end)
                day = end
            self.assertEqual(jalali.to_jalali(day), (1406, 1, 1))

    def test_a_month_later_is_the_same_day_or_the_last(self):
        def later(year, month, day, count):
            start = jalali.to_gregorian(year, month, day)
            return jalali.to_jalali(jalali.add_months(start, count))

        self.assertEqual(later(1405, 6, 31, 1), (1405, 7, 30))
        self.assertEqual(later(1403, 12, 30, 12), (1404, 12, 29))
        self.assertEqual(later(1403, 12, 30, 60), (1408, 12, 30))
        self.assertEqual(later(1405, 1, 31, -1), (1404, 12, 29))

    def test_what_jdatetime_cannot_say_is_not_covered(self):
        for day in (date(622, 3, 21), date(9998, 3, 20)):
            self.assertTrue(jalali.covers(day))
            self.assertEqual(jalali.to_gregorian(*jalali.to_jalali(day)), day)
            self.assertTrue(jalali.format_date(day, "w YYYY EEEE"))
        for day in (date(622, 3, 20), date(9998, 3, 21), date(9999, 12, 31), date(1, 1, 1)):
            self.assertFalse(jalali.covers(day))

    def test_patterns_for_programs_are_told_apart(self):
        for pattern in ("yyyy-MM-dd", "yyyyMMdd", "yyyy-MM-dd HH:mm:ss", "yyyyMMdd'T'HHmmss'Z'"):
            self.assertTrue(jalali.is_machine_pattern(pattern), pattern)
        for pattern in (
            "yyyy/MM/dd",
            "d MMMM yyyy",
            "full",
            "medium",
            "",
            None,
            "yyyy",
            "MMMM yyyy",
        ):
            self.assertFalse(jalali.is_machine_pattern(pattern), pattern)
