"""Exported spreadsheets: real dates in any language, shown as Jalali to Persian users."""

import io
import json

from openpyxl import load_workbook

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestExport(HttpCase):
    def exported(self, lang, **more):
        self.env["res.lang"]._activate_lang("fa_IR")
        login = f"reader_{lang.lower()}"
        if not self.env["res.users"].search([("login", "=", login)]):
            new_test_user(
                self.env,
                login,
                "base.group_system,base.group_allow_export",
                lang=lang,
                tz="Asia/Tehran",
            )
        made = self.currencies = getattr(self, "currencies", 0) + 1
        currency = self.env["res.currency"].create({"name": f"XJ{made}", "symbol": "J"})
        self.env["res.currency.rate"].create(
            [
                {"name": day, "rate": 2.0, "currency_id": currency.id}
                for day in ("2026-03-20", "2026-03-21")
            ]
        )
        self.authenticate(login, login)
        fields = [
            {"name": name, "label": name, "type": kind}
            for name, kind in (("name", "date"), ("create_date", "datetime"))
        ]
        data = {
            "model": "res.currency.rate",
            "fields": fields,
            "ids": False,
            "domain": [["currency_id", "=", currency.id]],
            "groupby": [],
            "import_compat": False,
            "context": {"lang": lang, "tz": "Asia/Tehran"},
            **more,
        }
        # The token stands for the page that a browser would send this form from.
        answer = self.url_open(
            "/web/export/xlsx",
            data={"data": json.dumps(data), "csrf_token": http.Request.csrf_token(self)},
        )
        self.assertEqual(answer.status_code, 200)
        return load_workbook(io.BytesIO(answer.content)).active

    def test_lists(self):
        sheet = self.exported("fa_IR")
        self.assertTrue(sheet.sheet_view.rightToLeft)
        self.assertEqual(sheet["A2"].number_format, "[$-fa-IR,16]yyyy/mm/dd")
        self.assertEqual(sheet["B2"].number_format, "[$-fa-IR,16]yyyy/mm/dd hh:mm:ss")
        days = sorted(str(row[0].value.date()) for row in sheet.iter_rows(min_row=2))
        self.assertEqual(days, ["2026-03-20", "2026-03-21"])

    def test_groups(self):
        sheet = self.exported("fa_IR", groupby=["name:month"])
        self.assertTrue(sheet.sheet_view.rightToLeft)
        texts = [str(row[0].value) for row in sheet.iter_rows(min_row=2)]
        self.assertTrue(any("اسفند ۱۴۰۴ (1)" in text for text in texts), texts)
        self.assertTrue(any("فروردین ۱۴۰۵ (1)" in text for text in texts), texts)

    def test_other_languages_get_odoos_file(self):
        sheet = self.exported("en_US")
        self.assertFalse(sheet.sheet_view.rightToLeft)
        self.assertEqual(sheet["A2"].number_format, "yyyy-mm-dd")
        texts = [
            str(row[0].value)
            for row in self.exported("en_US", groupby=["name:month"]).iter_rows(min_row=2)
        ]
        self.assertTrue(any("March 2026 (2)" in text for text in texts), texts)
