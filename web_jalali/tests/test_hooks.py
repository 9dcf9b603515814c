"""Odoo's formatting functions for Persian readers, and for all others as ever."""

from datetime import date
from unittest.mock import patch

import babel.dates
import pytz

from odoo.fields import Datetime
from odoo.tests import tagged
from odoo.tools import format_date, format_datetime, misc

from odoo.addons.web_jalali import hooks
from odoo.addons.web_jalali.tests.common import JalaliCase

DAY = date(2026, 11, 22)


@tagged("post_install", "-at_install")
class TestHooks(JalaliCase):
    def test_days(self):
        for value in (
            DAY,
            "2026-11-22",
            Datetime.to_datetime("2026-11-22 09:00:00"),
            "2026-11-22 09:00:00",
        ):
            self.assertEqual(format_date(self.persian, value), "۱۴۰۵/۰۹/۰۱", value)
        self.assertEqual(format_date(self.persian, DAY, date_format="full"), "یکشنبه ۱ آذر ۱۴۰۵")
        self.assertEqual(format_date(self.english, DAY, lang_code="fa_IR"), "۱۴۰۵/۰۹/۰۱")
        self.assertEqual(format_date(self.persian, DAY, lang_code="en_US"), "11/22/2026")

    def test_no_date_is_no_text(self):
        for value in (False, None, "", "2026"):
            self.assertEqual(format_date(self.persian, value), "")
        self.assertEqual(format_datetime(self.persian, False), "")

    def test_the_year_turns_at_midnight_in_tehran(self):
        before, after = (
            Datetime.to_datetime("2026-03-20 20:29:59"),
            Datetime.to_datetime("2026-03-20 20:30:00"),
        )
        for value, tehran, utc in (
            (before, "۱۴۰۴/۱۲/۲۹ ۲۳:۵۹:۵۹", "۱۴۰۴/۱۲/۲۹ ۲۰:۲۹:۵۹"),
            (after, "۱۴۰۵/۰۱/۰۱ ۰۰:۰۰:۰۰", "۱۴۰۴/۱۲/۲۹ ۲۰:۳۰:۰۰"),
        ):
            self.assertEqual(format_datetime(self.persian, value, tz="Asia/Tehran"), tehran)
            self.assertEqual(format_datetime(self.persian, value, tz="UTC"), utc)
            self.assertEqual(format_date(self.persian, value), tehran.split()[0])

    def test_summer_time_of_the_years_that_had_it(self):
        for value, text in (
            ("2021-06-21 19:29:59", "۱۴۰۰/۰۳/۳۱ ۲۳:۵۹:۵۹"),
            ("2021-06-21 19:30:00", "۱۴۰۰/۰۴/۰۱ ۰۰:۰۰:۰۰"),
            # The first hour of 2 Farvardin was left out.
            ("2021-03-21 20:30:00", "۱۴۰۰/۰۱/۰۲ ۰۱:۰۰:۰۰"),
        ):
            self.assertEqual(format_datetime(self.persian, value, tz="Asia/Tehran"), text)

    def test_patterns_for_programs_stay_gregorian(self):
        moment = Datetime.to_datetime("2026-11-22 10:30:00")
        for pattern in ("yyyyMMdd'T'HHmmss'Z'", "yyyy-MM-dd HH:mm"):
            expected = babel.dates.format_datetime(moment, pattern, locale="fa_IR")
            shown = format_datetime(self.persian, moment, tz="UTC", dt_format=pattern)
            self.assertEqual(shown, expected)
        self.assertEqual(format_date(self.persian, DAY, date_format="yyyy-MM-dd"), "2026-11-22")

    def test_days_out_of_range_do_not_fail(self):
        self.assertEqual(format_date(self.persian, date(9999, 12, 31)), "9999/12/31")
        self.assertTrue(format_datetime(self.persian, Datetime.to_datetime("9999-12-31 00:00:00")))

    def test_other_languages_and_databases_without_the_addon_see_what_odoo_gives(self):
        moment = Datetime.to_datetime("2026-11-22 10:30:00")
        models = dict(self.env.registry.models)
        del models[hooks.MARK]
        for pattern in (False, "full", "long", "short", "MMMM yyyy"):
            expected = babel.dates.format_date(DAY, pattern or "MM/dd/yyyy", locale="en_US")
            self.assertEqual(format_date(self.english, DAY, date_format=pattern), expected)
            shown = format_datetime(self.english, moment, tz="UTC", dt_format=pattern or "short")
            aware = pytz.utc.localize(moment)
            expected = babel.dates.format_datetime(aware, pattern or "short", locale="en_US")
            self.assertEqual(shown, expected)
            with patch.object(self.env.registry, "models", models):
                expected = babel.dates.format_date(DAY, pattern or "yyyy/MM/dd", locale="fa_IR")
                self.assertEqual(format_date(self.persian, DAY, date_format=pattern), expected)

    def test_another_signature_is_noticed_at_load(self):
        def format_date(env, value, lang_code=None, date_format=False, calendar=None):
            pass

        with (
            patch.object(misc, "format_date", format_date),
            self.assertRaisesRegex(RuntimeError, "calendar"),
        ):
            hooks.install()

    def test_a_second_load_changes_nothing(self):
        hooks.install()
        self.assertEqual(format_date(self.persian, DAY), "۱۴۰۵/۰۹/۰۱")
        self.assertEqual(format_date(self.english, DAY), "11/22/2026")

    def test_letters_speak_the_language_of_who_gets_them(self):
        people = self.env["res.partner"].create(
            [
                {"name": "علی", "email": "ali@example.com", "lang": "fa_IR"},
                {"name": "Ann", "email": "ann@example.com", "lang": "en_US"},
            ]
        )
        template = self.env["mail.template"].create(
            {
                "name": "Day",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "lang": "{{ object.lang }}",
                "subject": "{{ format_date('2026-11-22') }}",
                "body_html": "<p t-out=\"format_datetime('2026-11-22 09:00:00', tz='UTC')\"/>",
            }
        )
        for env in (self.persian, self.english):
            written = template.with_env(env)._generate_template(
                people.ids, ("subject", "body_html")
            )
            persian, english = (written[person.id] for person in people)
            self.assertEqual(persian["subject"], "۱۴۰۵/۰۹/۰۱")
            self.assertIn("۱۴۰۵/۰۹/۰۱ ۰۹:۰۰:۰۰", persian["body_html"])
            self.assertEqual(english["subject"], "11/22/2026")
            self.assertNotIn("۱۴۰۵", english["body_html"])
