"""Dates in pages and documents."""

from lxml import html

from odoo.fields import Datetime
from odoo.tests import tagged

from odoo.addons.web_jalali.tests.common import JalaliCase

MOMENT = Datetime.to_datetime("2026-03-20 20:30:00")


@tagged("post_install", "-at_install")
class TestIrQwebFields(JalaliCase):
    def shown(self, env, value, **options):
        return env["ir.qweb.field.datetime"].value_to_html(value, options)

    def test_moments(self):
        for options, text in (
            ({}, "۱۴۰۵/۰۱/۰۱ ۰۰:۰۰:۰۰"),
            ({"hide_seconds": True}, "۱۴۰۵/۰۱/۰۱ ۰۰:۰۰"),
            ({"date_only": True}, "۱۴۰۵/۰۱/۰۱"),
            ({"time_only": True}, "۰۰:۰۰:۰۰"),
            ({"tz_name": "UTC"}, "۱۴۰۴/۱۲/۲۹ ۲۰:۳۰:۰۰"),
            ({"format": "d MMMM yyyy"}, "۱ فروردین ۱۴۰۵"),
            ({"format": "yyyy-MM-dd"}, "2026-03-21"),
        ):
            for value in (MOMENT, "2026-03-20 20:30:00"):
                self.assertEqual(self.shown(self.persian, value, **options), text, options)
        self.assertEqual(self.shown(self.persian, False), "")

    def test_days(self):
        field = self.persian["ir.qweb.field.date"]
        self.assertEqual(field.value_to_html("2026-11-22", {}), "۱۴۰۵/۰۹/۰۱")
        self.assertEqual(field.value_to_html("2026-11-22", {"format": "MMMM"}), "آذر")

    def test_other_languages_read_what_odoo_gives(self):
        self.assertEqual(self.shown(self.english, MOMENT), "03/21/2026 12:00:00 AM")
        field = self.english["ir.qweb.field.date"]
        self.assertEqual(field.value_to_html("2026-11-22", {}), "11/22/2026")

    def test_a_template_speaks_the_readers_language(self):
        self.env.user.tz = "Asia/Tehran"
        view = self.env["ir.ui.view"].create(
            {
                "type": "qweb",
                "arch": '<p><b t-field="rate.name"/> <t t-out="moment"'
                " t-options=\"{'widget': 'datetime'}\"/></p>",
            }
        )
        rate = self.env["res.currency.rate"].new({"name": "2026-11-22"})
        for env, text in (
            (self.persian, "۱۴۰۵/۰۹/۰۱ ۱۴۰۵/۰۱/۰۱ ۰۰:۰۰:۰۰"),
            (self.english, "11/22/2026 03/21/2026 12:00:00 AM"),
        ):
            page = env["ir.qweb"]._render(view.id, {"rate": rate.with_env(env), "moment": MOMENT})
            self.assertEqual(html.fromstring(page).text_content(), text)

    def test_what_the_editor_sends_is_read_back(self):
        self.env.user.lang = "fa_IR"
        fields = self.persian["ir.qweb.field.date"], self.persian["ir.qweb.field.datetime"]
        rates = self.env["res.currency.rate"]
        for field, text, value in (
            (fields[0], "۱۴۰۵/۰۹/۰۱", "2026-11-22"),
            (fields[1], "۱۴۰۵/۰۱/۰۱ ۰۰:۰۰:۰۰", "2026-03-20 20:30:00"),
        ):
            element = html.fromstring(f"<p>{text}</p>")
            self.assertEqual(field.from_html(rates, None, element), value)
            self.assertFalse(field.from_html(rates, None, html.fromstring("<p> </p>")))

    def test_the_editor_gets_the_text_as_it_is_shown(self):
        self.env.user.write({"lang": "fa_IR", "tz": "Asia/Tehran"})
        options = {"inherit_branding": True, "type": "date", "translate": False}
        rate = self.env["res.currency.rate"].with_env(self.persian).search([], limit=1)
        if not rate:
            rate = rate.create(
                {"name": "2026-11-22", "currency_id": self.env.company.currency_id.id}
            )
        rate.name = "2026-11-22"
        given = self.persian["ir.qweb.field.date"].attributes(rate, "name", options)
        self.assertEqual(given["data-oe-original-with-format"], "۱۴۰۵/۰۹/۰۱")
        given = self.persian["ir.qweb.field.datetime"].attributes(rate, "create_date", options)
        self.assertRegex(given["data-oe-original-with-format"], r"^۱۴[۰-۹]{2}/")
