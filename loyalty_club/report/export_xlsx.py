"""A copy of a person's data as a workbook: a sheet for each section."""

import io

from .statement_xlsx import _sheet_name, harmless

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
            sheet = book.add_worksheet(_sheet_name(section, names))
            heading = list(dict.fromkeys(name for row in rows for name in row))
            sheet.set_column(0, max(len(heading) - 1, 0), _WIDTH)
            for column, name in enumerate(heading):
                sheet.write_string(0, column, name, bold)
            for line, row in enumerate(rows, 1):
                for column, name in enumerate(heading):
                    _write(sheet, line, column, row.get(name))
    return output.getvalue()


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
