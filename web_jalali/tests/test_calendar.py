"""The SQL function gives what the calendar of the texts gives."""

from datetime import date, timedelta

from odoo.addons.web_jalali.tests.common import JalaliCase
from odoo.addons.web_jalali.tools import jalali


class TestCalendar(JalaliCase):
    def test_every_day_of_two_centuries(self):
        first, last = jalali.to_gregorian(1300, 1, 1), jalali.to_gregorian(1500, 12, 29)
        self.env.cr.execute(
            """
            SELECT day::date, jalali_trunc('month', day::date), jalali_trunc('quarter', day::date),
                   jalali_trunc('year', day::date)
              FROM generate_series(%s::date, %s::date, INTERVAL '1 day') AS day
            """,
            [first, last],
        )
        rows = self.env.cr.fetchall()
        self.assertEqual(len(rows), (last - first).days + 1)
        wrong = [
            row
            for row in rows
            if row[1:]
            != tuple(jalali.start_of(row[0], period) for period in ("month", "quarter", "year"))
        ]
        self.assertFalse(wrong[:5])

    def test_no_day_is_no_period(self):
        self.env.cr.execute("SELECT jalali_trunc('month', NULL)")
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_days_that_programs_write_for_never(self):
        days = [date(1000, 1, 1), date(9998, 3, 20) + timedelta(0)]
        for day in days:
            self.env.cr.execute("SELECT jalali_trunc('month', %s)", [day])
            self.assertEqual(self.env.cr.fetchone()[0], jalali.start_of(day, "month"))
        self.env.cr.execute(
            "SELECT jalali_trunc('month', '9999-12-31'), jalali_trunc('year', '0001-01-01')"
        )
        self.assertTrue(all(self.env.cr.fetchone()))
