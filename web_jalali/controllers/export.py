"""Spreadsheets for Persian readers: real dates, shown in the Jalali calendar, right to left."""

from odoo.http import request

from odoo.addons.web.controllers.export import (
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)

from ..hooks import uses_jalali

# 16 is the Persian calendar (hexadecimal). A program that does not know it shows the Gregorian
# day; sorting and counting work on the date itself in any of them.
_DAY = "[$-fa-IR,16]yyyy/mm/dd"


class _PersianSheet:
    """A writer of Odoo's whose dates are shown in the Jalali calendar."""

    def __init__(self, *args):
        super().__init__(*args)
        self.date_style.set_num_format(_DAY)
        self.datetime_style.set_num_format(f"{_DAY} hh:mm:ss")
        self.worksheet.right_to_left()


class PersianXlsxWriter(_PersianSheet, ExportXlsxWriter):
    """A list of records."""


class PersianGroupXlsxWriter(_PersianSheet, GroupExportXlsxWriter):
    """Records in groups."""


class JalaliExcelExport(ExcelExport):
    """Odoo's export to spreadsheets; what Persian users get is written by the classes above."""

    def from_group_data(self, fields, columns_headers, groups):
        """Return the file of grouped records."""
        if not uses_jalali(request.env):
            return super().from_group_data(fields, columns_headers, groups)
        with PersianGroupXlsxWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value

    def from_data(self, fields, columns_headers, rows):
        """Return the file of a list of records."""
        if not uses_jalali(request.env):
            return super().from_data(fields, columns_headers, rows)
        with PersianXlsxWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value
