"""Files with Jalali dates are read as such, all others as ever."""

from odoo.tests import tagged

from odoo.addons.base_import.models.base_import import ImportValidationError
from odoo.addons.web_jalali.tests.common import JalaliCase


@tagged("post_install", "-at_install")
class TestBaseImport(JalaliCase):
    def dates_of(self, texts, field_type="date", **options):
        data = [[text] for text in texts]
        wizard = self.env["base_import.import"].new({})
        wizard._parse_date_from_data(data, 0, "day", field_type, options)
        return [value for (value,) in data]

    def test_days(self):
        texts = ["1405/09/01", "۱۴۰۵/۹/۱", "1405-09-01", "14050901", "۱ آذر ۱۴۰۵", "2026-11-22", ""]
        self.assertEqual(self.dates_of(texts), ["2026-11-22"] * 6 + [""])

    def test_days_that_only_one_calendar_has(self):
        for date_format in ("%Y/%m/%d", "%Y-%m-%d", False):
            found = self.dates_of(["1405/02/31", "1403/12/30"], date_format=date_format)
            self.assertEqual(found, ["2026-05-21", "2025-03-20"])

    def test_a_year_at_the_end_has_the_order_of_the_files_format(self):
        self.assertEqual(self.dates_of(["31/02/1405"], date_format="%d/%m/%Y"), ["2026-05-21"])
        self.assertEqual(self.dates_of(["02-31-1405"], date_format="%m-%d-%Y"), ["2026-05-21"])

    def test_moments(self):
        self.assertEqual(
            self.dates_of(["1405/09/01 15:40", "1405/09/01", "2026-11-22 15:40:00"], "datetime"),
            ["2026-11-22 15:40:00", "2026-11-22 00:00:00", "2026-11-22 15:40:00"],
        )
        self.assertEqual(self.dates_of(["1405/09/01 15:40"]), ["2026-11-22"])

    def test_a_day_that_does_not_exist_is_never_one_of_the_middle_ages(self):
        for text in ("1404/12/30", "1405/13/01", "1404-12-31"):
            for field_type in ("date", "datetime"):
                with self.assertRaises(ImportValidationError, msg=text):
                    self.dates_of([text], field_type)
        with self.assertRaises(ImportValidationError):
            self.dates_of(["1404/12/30"], date_format="%Y/%m/%d")

    def test_gregorian_files_are_read_as_ever(self):
        self.assertEqual(self.dates_of(["22.11.2026"], date_format="%d.%m.%Y"), ["2026-11-22"])
        self.assertEqual(self.dates_of(["1895-03-01"]), ["1895-03-01"])
        with self.assertRaises(ImportValidationError):
            self.dates_of(["soon"])

    def test_a_column_of_jalali_dates_is_known_as_one(self):
        wizard = self.env["base_import.import"].new({})
        for values in (["1405/02/31", "1405/01/31"], ["31 مرداد ۱۴۰۵", ""]):
            self.assertEqual(wizard._extract_header_types(values, {}), ["date", "datetime"])

    def test_a_file(self):
        wizard = self.persian["base_import.import"].create(
            {
                "res_model": "res.currency.rate",
                "file": "نرخ,تاریخ,ارز\n2,1405/02/31,EUR\n3,۱۴۰۵/۰۶/۳۱,EUR\n".encode(),
                "file_type": "text/csv",
                "file_name": "rates.csv",
            }
        )
        self.env.ref("base.EUR").active = True
        options = {"quoting": '"', "separator": ",", "has_headers": True, "encoding": "utf-8"}
        columns = ["نرخ", "تاریخ", "ارز"]
        preview = wizard.parse_preview(dict(options))
        self.assertNotIn("error", preview)
        self.assertEqual(preview["preview"][1], ["1405/02/31", "۱۴۰۵/۰۶/۳۱"])
        given = wizard.execute_import(["rate", "name", "currency_id"], columns, preview["options"])
        self.assertFalse(given["messages"], given)
        rates = self.env["res.currency.rate"].browse(given["ids"])
        self.assertEqual([str(day) for day in rates.mapped("name")], ["2026-05-21", "2026-09-22"])
