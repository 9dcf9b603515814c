"""The wizard: a file, the meaning of its columns, a report, and members."""

import base64
import csv
import io
from unittest.mock import patch

import openpyxl

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .import_common import GUESSES, HEADER, MemberImportCommon


@tagged("post_install", "-at_install")
class TestMemberImportWizard(MemberImportCommon):
    def test_from_file_to_members(self):
        wizard = self.wizard(self.csv(("7", "Sara", "0912", "TS"), ("8", "Reza", "", "TS")))
        self.assertEqual(wizard.state, "columns")
        self.assertEqual(
            wizard.column_ids.mapped("meaning"),
            [GUESSES[name] for name in HEADER],
        )
        self.assertEqual(wizard.column_ids[1].sample, "Sara · Reza")

        wizard.action_check()
        self.assertEqual((wizard.state, wizard.errors, wizard.new_members), ("report", 1, 1))
        self.assertEqual(wizard.result_ids[0].status, "error")
        self.assertFalse(self.find("8"))

        action = wizard.action_import()
        self.assertEqual((wizard.state, action["res_id"]), ("done", wizard.id))
        self.assertTrue(self.find("8"))
        self.assertEqual((wizard.file, wizard.column_ids.mapped("sample")[1]), (False, False))
        shown = self.env["loyalty.club.member"].search(wizard.action_view_members()["domain"])
        self.assertEqual(shown.club_id, self.club)

    def test_the_meaning_of_columns_can_be_changed(self):
        wizard = self.wizard(self.csv(("7", "Sara", "x"), header=("A", "B", "C")))
        self.assertEqual(wizard.column_ids.mapped("meaning"), [False] * 3)
        with self.assertRaises(UserError):
            wizard.action_check()

        wizard.column_ids[0].meaning = "external_ref"
        wizard.column_ids[1].meaning = "name"
        wizard.action_import()

        self.assertEqual(self.find("7").partner_id.name, "Sara")

    def test_one_meaning_for_two_columns_is_refused(self):
        wizard = self.wizard(self.csv(("7", "Sara", "x"), header=("A", "B", "C")))
        wizard.column_ids.meaning = "external_ref"

        with self.assertRaisesRegex(UserError, "columns A, B, and C are"):
            wizard.action_check()

    def test_a_file_that_is_left_behind_is_cleaned_away_soon(self):
        job = self.env.ref("base.autovacuum_job")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])

        wizard = self.wizard(self.csv(("7", "Sara")))

        new = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]) - triggers
        self.assertEqual(len(new), 1)
        self.assertLess(new.call_at, fields.Datetime.add(fields.Datetime.now(), hours=2))
        self.assertLessEqual(wizard._transient_max_hours, 1)

    def test_all_or_nothing_stays_at_the_report(self):
        wizard = self.wizard(self.csv(("7", "Sara", "0912"), ("8",)), stop_on_error=True)

        wizard.action_import()

        self.assertEqual(wizard.state, "report")
        self.assertFalse(self.find("8"))

    def test_the_report_is_a_file_with_every_row(self):
        wizard = self.wizard(self.csv(("7", "=1+1", "=cmd"), ("8", "Reza")))
        wizard.action_check()

        text = base64.b64decode(wizard.report).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))

        self.assertEqual(wizard.report_name, "customers-report.csv")
        self.assertEqual(rows[0], ["Row", "Status", "Message"])
        self.assertEqual([row[:2] for row in rows[1:]], [["2", "Error"], ["3", "New member"]])

    def test_a_message_is_no_formula_in_a_spreadsheet(self):
        self.member.external_ref = "7"
        self.member.partner_id.name = "=HYPERLINK(1)"

        report = self.check(self.csv(("7",)))

        self.assertIn(",'=HYPERLINK(1)", report.to_csv(self.env).decode("utf-8-sig"))

    def test_a_file_of_windows_arabic_comes_in(self):
        data = (
            "كد مشتري;نام;تلفن همراه;تاريخ خريد;مبلغ خريد\r\n"
            "7;علي کريمي;09121234567;1403/05/12;10\r\n"
        )

        self.wizard(data.encode("cp1256")).action_import()

        self.assertEqual(self.find("7").partner_id.name, "علی کریمی")
        self.assertEqual(len(self.purchases(self.find("7"))), 1)

    def test_a_workbook_with_persian_digits_and_real_dates_comes_in(self):
        book = openpyxl.Workbook()
        book.active.append(["باشگاه مشتریان، فروردین"])
        book.active.append(["کد مشتری", "موبایل", "تاریخ خرید", "مبلغ خرید", "مانده امتیاز"])
        book.active.append(["۷", "۰۹۱۲۱۲۳۴۵۶۷", "۱۴۰۳/۰۵/۱۲", "۱۲٬۵۰۰", "۲۰"])
        book.active.append([8, 9121234568, fields.Date.to_date("2024-08-02"), 29.33, 5])
        output = io.BytesIO()
        book.save(output)

        wizard = self.wizard(output.getvalue(), "customers.xlsx")
        wizard.action_import()

        self.assertEqual((wizard.errors, wizard.new_members, wizard.openings), (0, 2, 2))
        for reference, mobile, amount in (("7", "7", 12500), ("8", "8", 29.33)):
            member = self.find(reference)
            self.assertEqual(member.phone, f"+98912123456{mobile}")
            self.assertEqual(str(self.purchases(member).date)[:10], "2024-08-02")
            self.assertEqual(self.purchases(member).amount, amount)

    def test_files_that_cannot_be_read_are_refused_in_words(self):
        for data, words in (
            (b"\x00\x01\x02" * 9, "no text in the chosen encoding"),
            (b"PK\x03\x04 broken", "damaged"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
            (b"%PDF-1.4", "neither a CSV"),
            (b'a,b\n"x,1', "Row 2 has quotation marks"),
            (b"\n\n", "empty"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.wizard(data)

    def test_a_file_too_long_for_a_request_is_referred_to_the_command(self):
        with (
            patch("odoo.addons.loyalty_club.wizards.member_import.MAX_ROWS", 1),
            self.assertRaisesRegex(UserError, "club_import"),
        ):
            self.wizard(self.csv(("7",), ("8",)))

    def test_the_form_can_be_filled_in(self):
        with Form(self.env["loyalty.club.member.import"].with_user(self.manager)) as form:
            form.file = base64.b64encode(self.csv(("7", "Sara")))
            self.assertEqual(form.state, "file")
        wizard = form.record
        wizard.action_read()
        wizard.action_back()

        self.assertEqual(wizard.state, "file")
