"""Tables out of files that people upload: CSV of any Persian or Western make, and xlsx.

Every cell becomes text as a person would read it; what the text means is for others to say.
"""

import contextlib
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

import openpyxl

ENCODINGS = ("utf-8", "cp1256", "utf-16")
DELIMITERS = ",;\t|"
MAX_BYTES = 100 * 2**20
MAX_UNPACKED = 2**30
MAX_COLUMNS = 200
HEADER_SEARCH = 20  # rows among which the header is looked for
SNIFFED_ROWS = 50

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class TableError(ValueError):
    """A file that cannot be read as a table.

    :ivar code: what is wrong: a key that the models translate.
    :ivar row: where, when that is known.
    """

    def __init__(self, code: str, row: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.row = row


class Row(NamedTuple):
    """A row of a table, with the number a spreadsheet shows beside it."""

    number: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """A table: the names of its columns and its rows that are not empty."""

    columns: tuple[str, ...]
    rows: list[Row]
    header_row: int


def read_table(
    data: bytes,
    known: Callable[[str], bool] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
) -> Table:
    """Return the table that a CSV or xlsx file holds (of a workbook: its first sheet).

    :param known: tells whether a text is the name of a column we know; the header is the row,
        among the first 20, with the most of them, and the first row when none has any.
    :param encoding: of a CSV; found out when None.
    :param delimiter: of a CSV; found out when None.
    :param header_row: number of the row with the names of the columns; found out when None.
    :raise TableError: `empty`, `too_big`, `file_kind`, `xls`, `workbook`, `encoding`,
        `damaged_utf8`, `quotes`, `header`, `too_wide`

    >>> read_table("نام;تلفن\\nسارا;0912\\n".encode("cp1256")).rows
    [Row(number=2, cells=('سارا', '0912'))]
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise TableError("empty")
    if len(data) > MAX_BYTES:
        raise TableError("too_big")
    if data.startswith(_OLD_OFFICE):
        raise TableError("xls")
    if data.startswith(b"PK\x03\x04"):
        rows = _numbered(_workbook_rows(data))
    elif data.startswith(b"%PDF"):
        raise TableError("file_kind")
    else:
        rows = _numbered(csv_rows(decode(data, encoding), delimiter))
    return _with_header(rows, known, header_row)


# === CSV === #


def decode(data: bytes, encoding: str | None = None) -> str:
    """Return the text of a CSV file.

    Without an encoding: the byte order mark decides, then UTF-8 if it is that, UTF-16 if it is
    full of zeros, and else Windows' Arabic code page (1256), in which Persian Excel saves CSV.

    :raise TableError: `encoding` when the file is no text in that encoding, `damaged_utf8` for
        UTF-8 with broken characters, which any code page would turn into nonsense

    >>> decode("گیلاس".encode("utf-16")), decode("گربه".encode("cp1256"))
    ('گیلاس', 'گربه')
    """
    try:
        text = data.decode(_encoding(data, encoding))
    except (UnicodeDecodeError, LookupError) as error:
        raise TableError("encoding") from error
    if _CONTROL.search(text):
        raise TableError("encoding")
    return text.removeprefix("\ufeff")


def _encoding(data: bytes, wanted: str | None) -> str:
    """The encoding to try, by what the bytes look like."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked or wanted:
        return wanted if wanted and wanted != "utf-16" else marked or "utf-16-le"
    if b"\x00" not in data and _is_utf8(data):
        return "utf-8"
    zeros = data[1::2].count(0) - data[0::2].count(0)
    if zeros:
        return "utf-16-le" if zeros > 0 else "utf-16-be"
    _refuse_damaged_utf8(data)
    return "cp1256"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_damaged_utf8(data: bytes) -> None:
    """Tell a code page from UTF-8 in which something broke: there, most characters are sound."""
    beyond_ascii = [char for char in data.decode("utf-8", "replace") if char > "\x7f"]
    broken = beyond_ascii.count("\ufffd")
    if len(beyond_ascii) - broken > broken:
        raise TableError("damaged_utf8")


def csv_rows(text: str, delimiter: str | None = None) -> Iterator[list[str]]:
    """Yield the rows of a CSV text, empty ones too.

    :raise TableError: `quotes`, with the row, for quotation marks that do not match

    >>> list(csv_rows('a|"b|c"\\n'))
    [['a', 'b|c']]
    """
    delimiter = delimiter or _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError("quotes", number) from error


def _delimiter(text: str) -> str:
    """The mark that cuts the first rows into the most columns, row after row alike."""
    head = list(islice(io.StringIO(text, newline=None), SNIFFED_ROWS))
    best, most = ",", 0
    for mark in DELIMITERS:
        widths: Counter[int] = Counter()
        with contextlib.suppress(csv.Error):  # a mark that makes no sense has no score
            widths.update(len(row) for row in csv.reader(head, delimiter=mark))
        score = max((width * rows for width, rows in widths.items() if width > 1), default=0)
        if score > most:
            best, most = mark, score
    return best


# === WORKBOOKS === #


def _workbook_rows(data: bytes) -> Iterator[list[str]]:
    """Yield the rows of a workbook's first sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise TableError("too_big")
        if "xl/workbook.xml" not in names:
            raise TableError("file_kind")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a size that is not true
        for row in sheet.iter_rows(values_only=True):
            yield [cell_text(cell) for cell in row]
    except TableError:
        raise
    except Exception as error:  # a damaged workbook fails in as many ways as it has parts
        raise TableError("workbook") from error


def cell_text(value: object) -> str:
    """Return a workbook's value as a person would type it; numbers as Excel shows them.

    >>> cell_text(9121234567.0), cell_text(29.33), cell_text(datetime(2024, 3, 1))
    ('9121234567', '29.33', '2024-03-01')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = value.time() == datetime.min.time()
        return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(f"{value:.15g}"), "f")
    return str(value)


# === HEADER === #


def _numbered(rows: Iterable[list[str]]) -> list[Row]:
    """The rows that hold anything, with their numbers."""
    return [
        Row(number, tuple(cells))
        for number, cells in enumerate(rows, 1)
        if any(cell and not cell.isspace() for cell in cells)
    ]


def _with_header(rows: list[Row], known: Callable[[str], bool] | None, number: int | None) -> Table:
    if not rows:
        raise TableError("empty")
    if number:
        at = next((n for n, row in enumerate(rows) if row.number == number), None)
    else:
        first = rows[: HEADER_SEARCH if known else 1]
        hits = [sum(bool(known and known(cell)) for cell in row.cells) for row in first]
        at = hits.index(max(hits))
    if at is None:
        raise TableError("header", number)
    header = rows[at]
    width = max(n for n, cell in enumerate(header.cells, 1) if cell.strip())
    if width > MAX_COLUMNS:
        raise TableError("too_wide")
    return Table(
        tuple(cell.strip() for cell in header.cells[:width]), rows[at + 1 :], header.number
    )
