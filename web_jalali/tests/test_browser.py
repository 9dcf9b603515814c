"""Persian and English users of one database, in a real browser with the real bundles."""

from odoo.fields import Date
from odoo.tests import HttpCase, new_test_user, tagged

from .common import JalaliCase

# Of web pages, the functions that the page's other modules have.
SHOWN = """
    const dates = odoo.loader.modules.get("@web/core/l10n/dates");
    const day = luxon.DateTime.fromISO("2026-11-22");
    const shown = dates.formatDate(day, { format: "d MMMM yyyy" });
    const sent = dates.serializeDate(day);
    if (shown === "%s" && sent === "2026-11-22") {
        console.log("test successful");
    } else {
        console.error(`shown ${shown}, sent ${sent}`);
    }
"""
READY = """!!odoo.loader.modules.get("@web/core/l10n/localization_service")
    && !!odoo.loader.modules.get("@web/core/datetime/datetime_picker")"""


@tagged("post_install", "-at_install")
class TestBrowser(JalaliCase, HttpCase):
    """What is typed and chosen, by what is stored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        currency = cls.env["res.currency"].create({"name": "TST", "symbol": "T"})
        cls.rate = cls.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2026-11-22", "company_rate": 2.0}
        )
        for lang in ("fa_IR", "en_US"):
            new_test_user(cls.env, f"reads_{lang}", groups="base.group_system", lang=lang)

    def type_day(self, tour, lang):
        """Let a user of this language change the day of the rate."""
        url = f"/odoo/res.currency.rate/{self.rate.id}"
        self.start_tour(url, tour, login=f"reads_{lang}")
        self.rate.invalidate_recordset()
        return self.rate.name

    def test_persian_user_types_a_jalali_day(self):
        self.assertEqual(self.type_day("WebJalaliPersian", "fa_IR"), Date.to_date("2025-03-20"))

    def test_english_user_sees_no_change(self):
        self.assertEqual(self.type_day("WebJalaliEnglish", "en_US"), Date.to_date("2026-12-30"))

    def test_web_page_in_persian(self):
        if self.env["ir.module.module"]._get("http_routing").state != "installed":
            self.skipTest("without http_routing no page follows the language of its visitor")
        cookies = {"frontend_lang": "fa_IR"}
        ready = READY + " && luxon.Settings.defaultLocale === 'fa-IR'"
        self.browser_js("/web/login", SHOWN % "۱ آذر ۱۴۰۵", ready, cookies=cookies)

    def test_web_page_in_english(self):
        self.browser_js("/web/login", SHOWN % "22 November 2026", READY)
