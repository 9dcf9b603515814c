import io
import time
from base64 import b64encode
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from itertools import count, pairwise
from tempfile import NamedTemporaryFile
from unittest.mock import patch

import openpyxl
import pypdf
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Datetime
from odoo.tests import new_test_user, tagged

from ..movement import Movement
from ..report import statement, statement_pdf
from ..report.statement_xlsx import harmless
from .common import ClubCommon

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99="
    b"\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


to_datetime = Datetime.to_datetime


class StatementCommon(ClubCommon):
    """Sara's points move on days that the test chooses; the shop's clock is Tehran's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Asia/Tehran"
        cls.keys = count(1)
        cls.points = cls.member.wallet_ids
        cls.manager = new_test_user(
            cls.env, "club_statement_manager", groups="loyalty_club.group_manager"
        )

    def post(self, *amounts, at=None, wallet=None, kind=None, **values):
        """Book entries of these amounts, in this order, at a moment of UTC."""
        movements = [
            Movement(
                wallet_id=(wallet or self.points).id,
                amount=Decimal(str(amount)),
                kind=kind or ("earn" if amount > 0 else "spend"),
                key=f"statement-test:{next(self.keys)}",
                **values,
            )
            for amount in amounts
        ]
        with freeze_time(at) if at else nullcontext():
            for batch in [movements] if min(amounts) > 0 else [[one] for one in movements]:
                self.env["loyalty.club.wallet"]._post_or_raise(batch)

    def statement(self, date_from=None, date_to=None, wallets=None, user=None):
        wallets = (wallets or self.points).with_user(user or self.manager)
        return wallets.env["loyalty.club.statement"]._of(wallets, date_from, date_to)

    def account(self, date_from=None, date_to=None, **values):
        return self.statement(date_from, date_to, **values).accounts[0]

    def render(self, file_format, lang="en_US", wallets=None, **period):
        wallets = (wallets or self.points).with_user(self.manager).with_context(lang=lang)
        return wallets.env["loyalty.club.statement"]._render(
            wallets, period.get("date_from"), period.get("date_to"), file_format
        )[2]

    def sheet(self, lang="en_US", **values):
        """The first sheet of the workbook."""
        return self.book(lang, **values).worksheets[0]

    def book(self, lang="en_US", **values):
        return openpyxl.load_workbook(io.BytesIO(self.render("xlsx", lang, **values)))

    def html(self, lang="en_US"):
        """The document that becomes the PDF."""
        wallets = self.points.with_user(self.manager).with_context(lang=lang)
        documents, blank = [], statement_pdf.to_pdf("<html></html>")

        def keep(html):
            documents.append(html)
            return blank

        with patch.object(statement_pdf, "to_pdf", keep):
            wallets.env["loyalty.club.statement"]._render(wallets, None, None, "pdf")
        return "".join(documents)


@tagged("post_install", "-at_install")
class TestStatement(StatementCommon):
    """What a statement says is what the ledger says."""

    def test_the_period_lies_between_opening_and_closing_balance(self):
        self.post(100, at="2026-01-05 09:00:00")
        self.post(-30, at="2026-01-20 09:00:00")
        self.post(50, at="2026-02-10 09:00:00")
        self.post(-5, at="2026-03-01 09:00:00")

        account = self.account(date(2026, 1, 10), date(2026, 2, 28))

        self.assertEqual([row.amount for row in account.rows], [-30, 50])
        self.assertEqual([row.balance for row in account.rows], [70, 120])
        self.assertEqual((account.frame.opening, account.frame.closing), (100, 120))
        self.assertEqual((account.received, account.used), (50, 30))

    def test_consecutive_periods_join_without_a_gap(self):
        for day in range(1, 20):
            self.post(day, at=f"2026-01-{day:02} 20:29:59")
            self.post(-1, at=f"2026-01-{day:02} 20:30:00")

        days = [self.account(date(2026, 1, day), date(2026, 1, day)) for day in range(1, 21)]

        for before, after in pairwise(days):
            self.assertEqual(before.frame.closing, after.frame.opening)
        self.assertEqual(sum(len(account.rows) for account in days), self.points.seq)
        self.assertEqual(days[-1].frame.closing, Decimal(str(self.points.balance)))

    def test_a_day_begins_at_midnight_in_the_shop(self):
        self.post(1, at="2026-01-09 20:29:59")
        self.post(2, at="2026-01-09 20:30:00")

        account = self.account(date(2026, 1, 10), date(2026, 1, 10))

        self.assertEqual([row.amount for row in account.rows], [2])

    def test_entries_numbered_the_other_way_round_at_midnight_are_there_once(self):
        self.post(1, at="2026-01-09 20:30:01")
        self.post(2, at="2026-01-09 20:29:59")

        before = self.account(None, date(2026, 1, 9))
        after = self.account(date(2026, 1, 10), date(2026, 1, 10))

        self.assertEqual([row.amount for row in before.rows + after.rows], [1, 2])
        self.assertEqual(before.frame.closing, after.frame.opening)

    def test_nothing_moved(self):
        self.post(100, at="2026-01-05 09:00:00")

        account = self.account(date(2026, 2, 1), date(2026, 2, 28))

        self.assertFalse(account.rows)
        self.assertEqual((account.frame.opening, account.frame.closing), (100, 100))

    def test_a_statement_that_does_not_add_up_is_not_made(self):
        self.post(100)
        self.env.cr.execute(
            "UPDATE loyalty_club_wallet SET balance = 101 WHERE id = %s", [self.points.id]
        )
        self.points.invalidate_recordset()

        with self.assertRaisesRegex(UserError, "do not add up"):
            self.statement()

    def test_every_error_in_the_rows_is_found(self):
        self.post(100, -30, 20)
        account = self.account()
        self.assertTrue(account.adds_up)
        rows = account.rows

        for wrong in (
            rows[:-1],
            rows[1:],
            [rows[1], rows[0], rows[2]],
            [*rows[:2], rows[2]._replace(amount=Decimal("20.001"))],
            [*rows[:2], rows[2]._replace(balance=Decimal(91))],
            [rows[0], rows[1]._replace(seq=3), rows[2]],
        ):
            account.rows = wrong
            self.assertFalse(account.adds_up, wrong)

    def test_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRaisesRegex(UserError, "before it begins"):
            self.statement(date(2026, 2, 1), date(2026, 1, 31))

    def test_row_names_reason_receipt_shop_and_expiry(self):
        order = self.sell([self.line(qty=3)], self.member.partner_id)
        self.post(5, expires_on=date(2030, 1, 1), note="Sorry for the tea", kind="adjust")

        earned, adjusted = self.account().rows

        self.assertEqual(earned.text, f"Earned · Receipt {order.pos_reference}")
        self.assertEqual(earned.branch, "Test Shop")
        self.assertEqual(adjusted.text, "Adjusted · Sorry for the tea")
        self.assertEqual(adjusted.expiries, [date(2030, 1, 1)])

    def test_what_expires_next_comes_first_and_spent_value_no_more(self):
        self.post(10, expires_on=date(2030, 1, 1))
        self.post(20, expires_on=date(2029, 1, 1))
        self.post(5, expires_on=date(2029, 1, 1))
        self.post(7, expires_on=date(2028, 1, 1))
        self.post(-7)

        account = self.account()

        self.assertEqual(account.expiring, [(date(2029, 1, 1), 25), (date(2030, 1, 1), 10)])

    def test_what_is_held_or_pending_cannot_be_spent_now(self):
        self.post(100)
        self.post(30, available_on=date(2040, 1, 1))
        self.env["loyalty.club.hold"]._authorize(self.points.id, Decimal(25), "statement-test")

        account = self.account()

        self.assertEqual((account.frame.balance, account.frame.closing), (130, 130))
        self.assertEqual((account.frame.held, account.frame.pending), (25, 30))
        self.assertEqual(account.available, 75)
        html = self.html()
        self.assertIn("held for a payment", html)
        self.assertIn("not yet to be spent", html)

    def test_all_wallets_of_a_member_stand_on_one_statement(self):
        credit = self.new_kind("ewallet")._wallets_of(self.member)[self.member.id]
        self.post(100)
        self.post(12.34, wallet=credit, kind="topup")

        accounts = self.statement(wallets=self.member.wallet_ids).accounts

        self.assertEqual(
            {account.wallet: account.frame.closing for account in accounts},
            {self.points: 100, credit: Decimal("12.34")},
        )

    def test_foreign_wallets_are_refused(self):
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, f"stranger_{groups}", groups=groups)
            with self.assertRaises(AccessError):
                self.statement(user=user)

    def test_number_of_queries_does_not_grow_with_the_entries(self):
        self.post(1, 1, branch_id=self.branch.id)

        def queries():
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.render("xlsx")
            return self.env.cr.sql_log_count - start

        queries()
        few = queries()
        self.post(*[1] * 300, branch_id=self.branch.id)

        self.assertEqual(queries(), few)
        self.assertLess(few, 40)

    def test_five_thousand_entries_take_seconds(self):
        self.post(*[1] * 5000, note="Earned in the shop")

        started = time.monotonic()
        data = self.render("xlsx")

        self.assertLess(time.monotonic() - started, 20)
        self.assertEqual(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].max_row, 5016)


@tagged("post_install", "-at_install")
class TestStatementDocument(StatementCommon):
    """The statement as a document to print."""

    def text(self, data):
        return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)

    def test_document_carries_holder_period_and_figures(self):
        self.post(1250, at="2026-01-05 09:00:00")
        self.post(-30, at="2026-01-20 09:00:00")

        text = self.text(self.render("pdf", date_from=date(2026, 1, 1), date_to=date(2026, 1, 31)))

        for expected in ("Sara", self.member.number, "01/01/2026", "01/31/2026", "1,250", "1,220"):
            self.assertIn(expected, text)

    def test_persian_document_runs_from_right_to_left_with_jalali_days(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.post(1250.0, at="2026-03-20 20:30:00", expires_on=date(2028, 3, 19))

        html = self.html("fa_IR")

        self.assertIn('dir="rtl"', html)
        self.assertIn("۱۴۰۵/۰۱/۰۱ ۰۰:۰۰", html)  # 1 Farvardin, 00:00 in Tehran
        self.assertIn("۱۴۰۶/۱۲/۲۹", html)
        self.assertIn("۱٬۲۵۰", html)
        data = self.render("pdf", "fa_IR")
        self.assertTrue(data.startswith(b"%PDF"))
        # The Persian font comes with the document, whatever the machine has.
        fonts = pypdf.PdfReader(io.BytesIO(data)).pages[0]["/Resources"]["/Font"].values()
        self.assertTrue(any("Vazirmatn" in font.get_object()["/BaseFont"] for font in fonts))

    def test_long_statement_is_laid_out_in_parts_that_join(self):
        self.post(*range(1, 26))
        credit = self.new_kind("ewallet")._wallets_of(self.member)[self.member.id]
        self.post(5000, wallet=credit, kind="topup")

        with patch.object(statement_pdf, "PART", 10):
            text = self.text(self.render("pdf", wallets=self.points | credit))

        for total in (1, 3, 6, 325, 5000):  # balances of the points, and the credit
            self.assertRegex(text, rf"\b{total:,}\b")
        self.assertEqual(text.count("Opening balance"), 2)
        self.assertEqual(text.count("Now"), 2)
        self.assertEqual(text.count("Statement of account"), 1)

    def test_no_row_is_lost_between_the_parts(self):
        for length in (0, 1, 9, 10, 11, 20, 25):
            accounts = [{"rows": list(range(length))}, {"rows": list("abc")}, {"rows": []}]
            with patch.object(statement_pdf, "PART", 10):
                parts = statement_pdf._parts(accounts)

            shown = [account for part in parts for account in part]
            self.assertEqual(
                [row for account in shown for row in account["rows"]],
                [*range(length), "a", "b", "c"],
            )
            self.assertEqual(sum(account["begins"] for account in shown), 3)
            self.assertEqual(sum(account["ends"] for account in shown), 3)
            for part in parts:
                self.assertLessEqual(sum(len(account["rows"]) for account in part), 10)

    def test_names_are_text_and_never_markup(self):
        self.member.partner_id.name = "<script>alert(1)</script>"
        self.post(1, note="<b>bold</b>")

        html = self.html()

        self.assertNotIn("<script>", html)
        self.assertNotIn("<b>bold", html)

    def test_nothing_is_fetched_from_outside(self):
        with self.subTest("a picture inside the document is shown"):
            url = f"data:image/png;base64,{b64encode(PIXEL).decode()}"
            self.assertEqual(self.images(url), 1)
        with NamedTemporaryFile(suffix=".png") as picture, self.subTest("a file is not"):
            picture.write(PIXEL)
            picture.flush()
            self.assertEqual(self.images(f"file://{picture.name}"), 0)
        with (
            self.subTest("an address is not asked"),
            patch("socket.create_connection", side_effect=AssertionError("asked")) as connect,
        ):
            self.assertEqual(self.images("http://127.0.0.1:9/x.png"), 0)
            connect.assert_not_called()

    def images(self, url):
        data = statement_pdf.to_pdf(f'<html><body><img src="{url}"></body></html>')
        return sum(len(page.images) for page in pypdf.PdfReader(io.BytesIO(data)).pages)

    def test_too_many_entries_for_paper_are_sent_to_the_spreadsheet(self):
        self.post(1, 1, 1)

        with patch.object(statement, "PDF_ROWS", 2):
            with self.assertRaisesRegex(UserError, "3 entries are too many"):
                self.render("pdf")
            self.assertTrue(self.render("xlsx"))

    def test_what_is_owed_is_said_to_be_owed(self):
        kind = self.club.debt_kind_id
        debt = kind._wallets_of(self.member)[self.member.id]
        self.post(-30, wallet=debt, kind="debt")

        text = self.text(self.render("pdf", wallets=debt))

        self.assertIn("owed", text)
        self.assertIn("30", text)
        self.assertNotIn("to be spent", text)


@tagged("post_install", "-at_install")
class TestStatementWorkbook(StatementCommon):
    """The statement as a workbook."""

    def cells(self, sheet):
        return {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}

    def test_figures_and_days_are_real(self):
        self.post(1250, at="2026-01-05 09:00:00", expires_on=date(2028, 3, 19))

        cells = self.cells(self.sheet())

        self.assertEqual(cells[1250].number_format, "#,##0")
        self.assertIn(to_datetime("2026-01-05 12:30:00"), cells)  # 09:00 UTC in Tehran
        self.assertIn(to_datetime("2028-03-19"), cells)

    def test_sums_of_the_columns_are_those_of_the_ledger(self):
        self.post(100, -30, 20, -1)

        rows = [[cell.value for cell in row] for row in self.sheet().iter_rows()]
        closing = next(row for row in rows if row[2] == "Closing balance")
        numbered = [row for row in rows if isinstance(row[0], int)]

        self.assertEqual(sum(row[6] or 0 for row in numbered), closing[6])
        self.assertEqual(sum(row[7] or 0 for row in numbered), closing[7])
        self.assertEqual(closing[6] - closing[7], closing[8])
        self.assertEqual(closing[8], self.points.balance)

    def test_text_is_never_a_formula(self):
        self.member.partner_id.name = "=1+1"
        for sign in "=+-@\t\r":
            self.post(1, note=f"{sign}cmd|'/c calc'!A1")

        cells = [cell for row in self.sheet().iter_rows() for cell in row]

        self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])
        for cell in cells:
            if isinstance(cell.value, str):
                self.assertFalse(cell.value.startswith(("=", "+", "-", "@", "\t", "\r")))

    def test_signs_that_a_workbook_cannot_hold_are_left_out(self):
        self.assertEqual(harmless("\0=1"), "'=1")
        self.assertEqual(harmless("a\x0bb"), "ab")
        self.assertEqual(harmless("Sara"), "Sara")

    def test_kinds_of_the_same_or_an_impossible_name_get_a_sheet_each(self):
        wallets = self.points
        for name in ("Credit [new]: a/b", "Credit [new]: a/b", "x" * 60, "x" * 60):
            kind = self.new_kind("ewallet")
            kind.name = name
            wallets |= kind._wallets_of(self.member)[self.member.id]

        names = self.book(wallets=wallets).sheetnames

        self.assertEqual(len(set(names)), 5)
        self.assertLessEqual(max(map(len, names)), 31)

    def test_persian_workbook_runs_from_right_to_left_with_both_days(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.post(10, at="2026-01-05 09:00:00")

        sheet = self.sheet("fa_IR", date_from=date(2026, 1, 5))
        cells = self.cells(sheet)

        self.assertTrue(sheet.sheet_view.rightToLeft)
        self.assertIn("fa-IR", cells[to_datetime("2026-01-05 12:30:00")].number_format)
        self.assertIn("۱۴۰۴/۱۰/۱۵", cells)


@tagged("post_install", "-at_install")
class TestStatementWizard(StatementCommon):
    def wizard(self, **values):
        Wizard = self.env["loyalty.club.wallet.statement"].with_user(self.manager)
        return Wizard.create(values)

    def test_statement_of_a_wallet_or_of_the_member_is_fetched(self):
        one = self.wizard(wallet_id=self.points.id, date_from="2026-01-01", date_to="2026-01-31")
        every = self.wizard(member_id=self.member.id, date_from=False, date_to="2026-01-31")

        self.assertEqual(
            one.action_download()["url"],
            f"/loyalty_club/statement/wallet/{self.points.id}?date_from=2026-01-01"
            "&date_to=2026-01-31&file_format=pdf&lang=en_US",
        )
        self.assertIn(
            f"/statement/member/{self.member.id}?date_from=&date_to=",
            every.action_download()["url"],
        )

    def test_it_is_written_in_the_language_of_the_member(self):
        self.env["res.lang"]._activate_lang("fa_IR")
        self.member.partner_id.lang = "fa_IR"

        self.assertEqual(self.wizard(wallet_id=self.points.id).lang, "fa_IR")

    def test_member_comes_with_the_wallet(self):
        Wizard = self.env["loyalty.club.wallet.statement"].with_context(
            default_wallet_id=self.points.id
        )

        self.assertEqual(
            Wizard.default_get(["member_id", "wallet_id"])["member_id"], self.member.id
        )

    def test_question_that_cannot_be_answered_is_refused(self):
        with self.assertRaises(UserError):
            self.wizard().action_download()
        with self.assertRaises(UserError):
            self.wizard(
                wallet_id=self.points.id, date_from="2026-02-01", date_to="2026-01-01"
            ).action_download()
