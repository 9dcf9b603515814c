"""A copy of a person's data as a workbook: a sheet for each section."""

import io
import re

# Signs with which a cell becomes a formula when the sheet is saved as text and opened again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # a workbook cannot hold these
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_NAME_LENGTH = 31
_WIDTH = 22


def render(data):
    """The workbook of what ``member._export_data()`` answers, as bytes."""
    # Loaded only where somebody asks for a workbook
    from xlsxwriter import Workbook

    output = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(output, options) as book:
        bold, names = book.add_format({"bold": True}), set()
        for section, content in data.items():
            rows = _rows(section, content)
            sheet = book.add_worksheet(sheet_name(section, names))
            heading = list(dict.fromkeys(name for row in rows for name in row))
            sheet.set_column(0, max(len(heading) - 1, 0), _WIDTH)
            for column, name in enumerate(heading):
                sheet.write_string(0, column, name, bold)
            for line, row in enumerate(rows, 1):
                for column, name in enumerate(heading):
                    _write(sheet, line, column, row.get(name))
    return output.getvalue()


def harmless(text):
    """``text`` as a spreadsheet may hold it: never a formula, nothing it cannot store."""
    guarded = f"'{text}" if text.startswith(_FORMULA) else text
    return _CONTROL.sub("", guarded)


def sheet_name(name, taken):
    """``name`` as spreadsheets allow it, and not used before."""
    plain = _NOT_IN_A_NAME.sub(" ", name).strip() or "-"
    found, number = plain[:_NAME_LENGTH], 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain[: _NAME_LENGTH - 4]} {number}"
    taken.add(found.casefold())
    return found


def _rows(section, content):
    if isinstance(content, dict):
        lists = {name: value for name, value in content.items() if isinstance(value, list)}
        plain = {name: value for name, value in content.items() if name not in lists}
        rows = [{"what": name, "value": value} for name, value in plain.items()]
        for name, values in lists.items():
            rows += [
                value if isinstance(value, dict) else {"what": name, "value": value}
                for value in values
            ]
        return rows
    return content if isinstance(content, list) else [{"what": section, "value": content}]


def _write(sheet, line, column, value):
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(line, column, value)
    elif value is not None:
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        sheet.write_string(line, column, harmless(text)[:32000])
