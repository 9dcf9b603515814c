"""Files of any make become the same table, or a clear refusal."""

import doctest
import io
import zipfile
from datetime import date, datetime

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.loyalty_club.domain import customer_columns, tabular
from odoo.addons.loyalty_club.domain.tabular import Row, TableError, read_table

CSV = "نام,تلفن\r\nسارا,0912\r\n"


def workbook(*rows):
    """Bytes of an xlsx file with these rows on its first sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


class TestDomainTabular(BaseCase):
    def assertRefused(self, code, data, **options):
        with self.assertRaises(TableError) as caught:
            read_table(data, **options)
        self.assertEqual(caught.exception.code, code)

    def test_doctests(self):
        for module in (tabular, customer_columns):
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0)
            self.assertGreater(result.attempted, 0)

    # === ENCODINGS === #

    def test_one_text_in_every_encoding_is_one_table(self):
        tables = [
            read_table(CSV.replace("ی", "ي").encode(encoding))
            for encoding in (
                *("utf-8", "utf-8-sig", "utf-16", "cp1256"),
                *("utf-16-le", "utf-16-be"),  # without a mark
            )
        ]

        self.assertEqual(len(set(map(str, tables))), 1)
        self.assertEqual(tables[0].columns, ("نام", "تلفن"))
        self.assertEqual(tables[0].rows, [Row(2, ("سارا", "0912"))])

    def test_a_chosen_encoding_is_taken(self):
        for encoding in tabular.ENCODINGS:
            table = read_table(CSV.encode(encoding), encoding=encoding)
            self.assertEqual(table.columns, ("نام", "تلفن"))

    def test_a_wrongly_chosen_encoding_is_refused(self):
        self.assertRefused("encoding", "نام".encode("cp1256"), encoding="utf-8")
        self.assertRefused("encoding", b"\xff\xfea\x00b", encoding="utf-16")

    def test_bytes_that_are_no_text_are_refused(self):
        for data in (bytes(range(256)), b"\x00\x01\x02\x03" * 10, b"name,\x07\n"):
            self.assertRefused("encoding", data)

    def test_utf8_with_a_damaged_character_is_not_taken_for_a_code_page(self):
        data = bytearray("نام,تلفن\nسارا رضایی,0912\n".encode())
        data[20] = 0xFF

        self.assertRefused("damaged_utf8", bytes(data))

    @given(st.text(st.characters(codec="cp1256", exclude_categories=["Cc", "Cs"]), min_size=1))
    @settings(deadline=None, database=None)
    def test_whatever_windows_writes_is_read_or_refused(self, text):
        data = text.encode("cp1256")

        try:
            self.assertIsInstance(tabular.decode(data), str)
        except TableError as error:
            self.assertIn(error.code, ("damaged_utf8", "encoding"))

    # === CSV === #

    def test_every_delimiter_is_found(self):
        for mark in tabular.DELIMITERS:
            table = read_table(f'name{mark}"a{mark}b"\nSara{mark}1,5;x\n'.encode(), delimiter=None)
            self.assertEqual(table.columns, ("name", f"a{mark}b"), repr(mark))

    def test_amounts_with_commas_do_not_hide_the_semicolon(self):
        table = read_table("کد;مبلغ\n1;12,500\n2;13,500,000\n3;900\n".encode())

        self.assertEqual(table.rows[1].cells, ("2", "13,500,000"))

    def test_quotation_marks_must_match(self):
        with self.assertRaises(TableError) as caught:
            read_table(b'name,mobile\nSara,1\n"Reza,2\n')

        self.assertEqual((caught.exception.code, caught.exception.row), ("quotes", 3))

    def test_rows_keep_the_numbers_a_spreadsheet_shows(self):
        table = read_table(b'name,mobile\n\n"two\nlines",1\n,\nReza,2\n')

        self.assertEqual([row.number for row in table.rows], [3, 5])

    # === HEADER === #

    def test_titles_above_the_header_are_passed_over(self):
        data = "گزارش فروشگاه\n\nکد مشتری,نام,موبایل\n1,سارا,0912\n".encode()

        table = read_table(data, customer_columns.is_known)

        self.assertEqual((table.header_row, len(table.rows)), (3, 1))

    def test_a_chosen_header_row_is_taken(self):
        data = b"name,mobile\nx,y\nSara,1\n"

        self.assertEqual(read_table(data, header_row=2).columns, ("x", "y"))
        self.assertRefused("header", data, header_row=9)

    def test_files_without_content_are_refused(self):
        for data in (b"", b" \r\n\t\r\n", b"\x00" * 20, b",,\n,,\n", workbook()):
            self.assertRefused("empty", data)

    # === WORKBOOKS === #

    def test_a_workbook_gives_texts_as_people_type_them(self):
        data = workbook(
            ["موبایل", "تاریخ", "زمان", "مبلغ", "خالی", "امتیاز"],
            [
                9121234567,
                date(2024, 8, 2),
                datetime.fromisoformat("2024-08-02 14:05"),
                29.33,
                None,
                "۱۲",
            ],
            [None, None, None, None, None, None],
            [9121234567.0, "1403/05/12", None, 1e15, True, 0.1 + 0.2],
        )

        table = read_table(data)

        self.assertEqual(
            table.rows,
            [
                Row(2, ("9121234567", "2024-08-02", "2024-08-02 14:05:00", "29.33", "", "۱۲")),
                Row(
                    4,
                    (
                        *("9121234567", "1403/05/12", "", "1000000000000000", "True"),
                        "0.3",
                    ),
                ),
            ],
        )

    def test_other_files_are_refused_by_what_they_are(self):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as other:
            other.writestr("readme.txt", "hello")
        for code, data in (
            ("file_kind", archive.getvalue()),
            ("file_kind", b"%PDF-1.7 ..."),
            ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
            ("workbook", b"PK\x03\x04" + b"x" * 100),
            ("workbook", workbook(["a"])[:-200]),
        ):
            self.assertRefused(code, data)

    def test_a_workbook_that_unpacks_to_too_much_is_refused(self):
        data = workbook(["name"], ["x" * 30_000])
        limit, tabular.MAX_UNPACKED = tabular.MAX_UNPACKED, 10_000
        self.addCleanup(setattr, tabular, "MAX_UNPACKED", limit)

        self.assertRefused("too_big", data)

    @given(st.binary(max_size=400))
    @settings(deadline=None, database=None, max_examples=300)
    def test_any_bytes_give_a_table_or_a_refusal(self, data):
        try:
            table = read_table(data)
        except TableError as error:
            self.assertTrue(error.code)
        else:
            self.assertTrue(table.columns)

    # === COLUMNS === #

    def test_columns_are_known_by_persian_and_english_names(self):
        for names, expected in (
            (
                ("Customer ID", "Full Name", "Mobile No.", "Purchase date", "Net amount"),
                ("external_ref", "name", "mobile", "purchase_date", "purchase_amount"),
            ),
            (
                ("كد مشتري", "نام", "نام‌خانوادگی", "تلفن‌همراه", "تاریخ فاکتور", "مبلغ (ریال)"),
                ("external_ref", "name", "family_name", "mobile", "purchase_date", None),
            ),
            (("id", "ID", "رنگ"), ("external_ref", None, None)),
        ):
            self.assertEqual(tuple(customer_columns.guess(names)), expected)

    def test_no_name_stands_for_two_meanings(self):
        names = [
            customer_columns.folded(name)
            for meaning in customer_columns.COLUMNS.values()
            for name in meaning
        ]

        self.assertEqual(len(names), len(set(names)))
