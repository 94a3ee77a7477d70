"""Lists as files: reading what people have (CSV, Excel), and writing what they can open.

Nothing of a file is believed: its size, its compression, its encoding and what it calls itself.
What we write begins no cell with a sign that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException

from directory.errors import DirectoryError

BYTES_MAX = 5_000_000
ROWS_MAX = 2_000
COLUMNS_MAX = 100
CELL_MAX = 20_000  # letters
UNPACKED_MAX = 60_000_000  # bytes of a workbook's parts together
PARTS_MAX = 500
EMPTY_ROWS_MAX = 5_000  # between and below the rows that hold something
SEPARATORS = ",;\t|"

XLSX = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# A cell that begins so may be run as a formula where the file is opened.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BadFile(DirectoryError):
    """We cannot read this file. Save it as CSV (UTF-8) or as an Excel workbook, and try again."""

    status = 422


@dataclass(frozen=True)
class Row:
    """A row of a list. `number`: as their own program counts it, from 1 at the top."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A list: the words above its columns, and its rows, all equally long."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read(content: bytes) -> Table:
    """The list that a file holds, by what is in it and not by its name.

    Raises:
        BadFile: it says what is wrong with it, and what to do.
    """
    refuse_size(content)
    if content.startswith(XLSX):
        return table_of(_workbook_rows(content))
    if content.startswith(OLD_EXCEL):
        raise BadFile(
            "This is an old Excel file, or one with a password. Save it as .xlsx without a "
            "password, or as CSV, and try again."
        )
    return table_of(_csv_rows(text_of(content)))


def refuse_size(content: bytes) -> None:
    """Look at the size before anything else.

    Raises:
        BadFile: there is nothing in it, or too much.
    """
    if not content.strip():
        raise BadFile("The file is empty. Choose another one.")
    if len(content) > BYTES_MAX:
        raise BadFile(
            f"The file is larger than {BYTES_MAX // 1_000_000} MB. Split it into smaller ones."
        )


def text_of(content: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else Windows-1252.

    Raises:
        BadFile: it is not text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            break
        return text
    raise BadFile


def table_of(rows: Iterable[tuple[int, Sequence[str]]]) -> Table:
    """The list that these rows make: the first one that holds anything names the columns.

    Raises:
        BadFile: there are too many rows or columns, or none; or a cell is too long.
    """
    columns: tuple[str, ...] = ()
    found: list[Row] = []
    for number, raw in rows:
        cells = tuple(_CONTROL.sub("", cell).strip() for cell in raw)
        if not any(cells):
            continue
        if not columns:
            columns = _names(cells)
            continue
        if any(cells[len(columns) :]):
            raise BadFile(
                f"Row {number} has more cells than there are columns. Name each column in the "
                "first row; if it is a CSV file, put texts with commas in quotes."
            )
        if long := next((len(cell) for cell in cells if len(cell) > CELL_MAX), 0):
            raise BadFile(
                f"A cell of row {number} has {long} letters. Use at most {CELL_MAX} in one."
            )
        if len(found) == ROWS_MAX:
            raise BadFile(f"There are more than {ROWS_MAX} rows. Split the list into smaller ones.")
        found.append(Row(number, (*cells, *[""] * len(columns))[: len(columns)]))
    if not found:
        raise BadFile("There is no row below the names of the columns. Add some, and try again.")
    return Table(columns, tuple(found))


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """The words above the columns; what has none gets its number."""
    last = max(number for number, cell in enumerate(cells, start=1) if cell)
    if last > COLUMNS_MAX:
        raise BadFile(f"There are more than {COLUMNS_MAX} columns. Delete those we do not need.")
    names = []
    for number, cell in enumerate(cells[:last], start=1):
        name = " ".join(unguarded(cell).split())[:120] or f"Column {number}"
        names.append(f"{name} ({number})" if name in names else name)
    return tuple(names)


def _csv_rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r'"?sep=(.)"?\r?', first.strip("\r"), re.IGNORECASE)
    separator = named[1] if named else _separator(text)
    start = 2 if named else 1
    reader = csv.reader(io.StringIO(rest if named else text, newline=""), delimiter=separator)
    try:
        for number, cells in enumerate(reader, start=start):
            yield number, [unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise BadFile(
            "The file is not CSV as we know it: a quotation mark may be missing. "
            "Open it in a spreadsheet program and save it as CSV (UTF-8)."
        ) from error


def _separator(text: str) -> str:
    """What stands between the cells: the sign that gives the first rows most columns alike."""

    def columns(separator: str) -> tuple[int, int]:
        try:
            reader = csv.reader(io.StringIO(text[:50_000], newline=""), delimiter=separator)
            widths = [len(row) for row, _some in zip(reader, range(20), strict=False) if row]
        except csv.Error:
            return (0, 0)
        first = widths[0] if widths else 0
        return (sum(width == first for width in widths) if first > 1 else 0, first)

    return max(SEPARATORS, key=columns)


def _workbook_rows(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of the first sheet, formulas as the values that they had when it was saved."""
    # Large (5 MB), and few processes ever read or write a workbook.
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    _refuse_bomb(content)
    try:
        books = [
            load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
            for values in (True, False)
        ]
        sheets = [book.worksheets[0] for book in books]
        for sheet in sheets:
            sheet.reset_dimensions()  # what a file says about its size may be wrong
        both = zip(
            *(sheet.iter_rows(max_col=COLUMNS_MAX + 1, values_only=True) for sheet in sheets),
            strict=True,
        )
        empty = 0
        for number, (values, formulas) in enumerate(both, start=1):
            empty = 0 if any(cell is not None for cell in values) else empty + 1
            if empty > EMPTY_ROWS_MAX:
                return
            yield (
                number,
                [
                    _cell(value, formula, number)
                    for value, formula in zip(values, formulas, strict=True)
                ],
            )
    except BadFile:
        raise
    except (
        DefusedXmlException,
        InvalidFileException,
        ParseError,
        zipfile.BadZipFile,
        AttributeError,
        IndexError,
        KeyError,
        OSError,
        TypeError,
        ValueError,
    ) as error:
        raise BadFile from error  # openpyxl says in many ways that a workbook is broken


def _refuse_bomb(content: bytes) -> None:
    """Add up what the parts say that they hold; zipfile reads no more than that of each."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadFile from error
    if len(parts) > PARTS_MAX or sum(one.file_size for one in parts) > UNPACKED_MAX:
        raise BadFile("There is too much in this workbook. Copy the list alone into a new one.")
    if any(one.filename.endswith("vbaProject.bin") for one in parts):
        raise BadFile("This workbook holds macros. Save it as .xlsx without them, and try again.")


def _cell(value: Any, formula: Any, number: int) -> str:
    """What a cell shows, as text."""
    if value is None and isinstance(formula, str) and formula.startswith("="):
        raise BadFile(
            f"Row {number} holds a formula without its result. Open the workbook, save it, and "
            "try again; or put plain values in place of formulas."
        )
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes")
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)


def guarded(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given, when our file comes back to us."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as spreadsheet programs like it: UTF-8 with its mark, lines as on Windows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in (columns, *rows):
        writer.writerow([guarded(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def to_workbook(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """An Excel workbook with one sheet of texts; the first row is bold and stays in sight."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, row in enumerate((columns, *rows)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", text)[:32_000])
            if text:
                cell.data_type = "s"  # whatever it begins with, it is no formula
            cell.font = Font(bold=number == 0)
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
