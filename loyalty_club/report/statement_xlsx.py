"""A statement as a workbook: real numbers and days, a sheet for each wallet."""

import io

from ..export_workbook import harmless, sheet_name
from .statement_words import decimals

_PERSIAN_DAY = "[$-fa-IR,16]yyyy/mm/dd"  # a true date, shown in the Persian calendar
_WIDTHS = (6, 17, 24, 22, 30, 18, 14, 14, 16, 14)


def render(statement):
    """The workbook of ``statement`` (see statement.Statement), as bytes."""
    # As its neighbour: loaded only where somebody asks for a workbook
    from xlsxwriter import Workbook

    output = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(output, options) as book:
        names = set()
        for account in statement.accounts:
            sheet = book.add_worksheet(sheet_name(account.wallet.kind_id.name, names))
            _Sheet(book, sheet, statement, account).fill()
    return output.getvalue()


class _Sheet:
    """One account on one sheet."""

    def __init__(self, book, sheet, statement, account):
        self.env = statement.env
        self.sheet = sheet
        self.statement = statement
        self.account = account
        self.words = statement.words
        digits = decimals(account.wallet.kind_id)
        number = "#,##0" + ("." + "0" * digits if digits else "")
        day = _PERSIAN_DAY if self.words.persian else "yyyy-mm-dd"
        line = {"bold": True, "bottom": 1, "text_wrap": True}
        self.bold = book.add_format({"bold": True})
        self.heading = book.add_format(line)
        self.number = book.add_format({"num_format": number})
        self.total = book.add_format({"num_format": number, "bold": True, "top": 1})
        self.day = book.add_format({"num_format": day, "align": "left"})
        self.moment = book.add_format({"num_format": f"{day} hh:mm", "align": "left"})
        self.line = 0

    def fill(self):
        if self.words.right_to_left:
            self.sheet.right_to_left()
        for column, width in enumerate(_WIDTHS):
            self.sheet.set_column(column, column, width)
        self._head()
        self._rows()
        self._now()

    def _text(self, column, text, form=None):
        self.sheet.write_string(self.line, column, harmless(text or ""), form)

    def _figure(self, column, amount, form=None):
        self.sheet.write_number(self.line, column, float(amount), form or self.number)

    def _day(self, column, day):
        if day:
            self.sheet.write_datetime(self.line, column, day, self.day)

    def _head(self):
        statement, wallet = self.statement, self.account.wallet
        holder = statement.member.partner_id.name or wallet.display_name
        for label, text in (
            (self.env._("Statement of account"), wallet.club_id.name),
            (self.env._("Member"), holder),
            (self.env._("Number"), statement.member.number),
            (self.env._("Wallet"), f"{wallet.kind_id.name} ({wallet.kind_id.unit})"),
        ):
            self._text(1, label, self.bold)
            self._text(2, text)
            self.line += 1
        for label, day in (
            (self.env._("From"), statement.date_from),
            (self.env._("To"), statement.date_to),
        ):
            self._text(1, label, self.bold)
            self._day(2, day)
            self._text(3, self.words.day(day) if self.words.persian else "")
            self.line += 1
        self.line += 1

    def _rows(self):
        for column, label in enumerate(
            (
                self.env._("No."),
                self.env._("Date"),
                self.env._("Reason"),
                self.env._("Document"),
                self.env._("Note"),
                self.env._("Shop"),
                self.env._("In"),
                self.env._("Out"),
                self.env._("Balance"),
                self.env._("Expires on"),
            )
        ):
            self._text(column, label, self.heading)
        self.line += 1
        self.sheet.freeze_panes(self.line, 0)
        self._sum_line(self.env._("Opening balance"), self.account.frame.opening)
        for row in self.account.rows:
            self._row(row)
        self._figure(6, self.account.received, self.total)
        self._figure(7, self.account.used, self.total)
        self._sum_line(self.env._("Closing balance"), self.account.frame.closing)

    def _sum_line(self, label, amount):
        self._text(2, label, self.bold)
        self._figure(8, amount, self.total)
        self.line += 1

    def _row(self, row):
        self.sheet.write_number(self.line, 0, row.seq)
        self.sheet.write_datetime(self.line, 1, self.words.local(row.date), self.moment)
        for column, text in enumerate((row.reason, row.document, row.note, row.branch), 2):
            self._text(column, text)
        self._figure(6 if row.amount > 0 else 7, abs(row.amount))
        self._figure(8, row.balance)
        if len(row.expiries) == 1:
            self._day(9, row.expiries[0])
        else:
            self._text(9, ", ".join(map(self.words.day, row.expiries)))
        self.line += 1

    def _now(self):
        frame = self.account.frame
        self.line += 1
        self._text(1, self.env._("Now"), self.bold)
        self.line += 1
        figures = [(self.env._("Balance"), frame.balance)]
        if not self.account.wallet.debt:
            figures += [
                (self.env._("Held for a payment"), frame.held),
                (self.env._("Not yet to be spent"), frame.pending),
                (self.env._("To be spent"), self.account.available),
            ]
        for label, amount in figures:
            self._text(1, label)
            self._figure(2, amount)
            self.line += 1
        for day, amount in self.account.expiring:
            self._text(1, self.env._("Expires on"))
            self._figure(2, amount)
            self._day(3, day)
            self.line += 1
