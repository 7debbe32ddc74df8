"""Tables for spreadsheet programs: a value of ours in, a cell of CSV or XLSX out that is what it says.

A number is a number, a day or moment a date, a text never a formula. Moments have no zone here: they are the office's
own, as its people read them; the machine's form (JSON, UTC) is made elsewhere.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from request_tracker.words.bilingual import Both
from request_tracker.words.made_up import MadeUp

# What Excel and LibreOffice take for the begin of a formula (OWASP, "CSV injection").
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# A cell ends at 32,767 letters; there is room left for a mark.
CELL_LETTERS = 32_000
# Excel and LibreOffice refuse longer names of sheets, and some letters in them.
SHEET_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]]")
# In letters: narrower hides a date behind "####", wider pushes the other columns off the screen.
WIDEST, NARROWEST = 60, 12
# ":" and not ".": a program writes the separator of its own country in its place.
_SHEET_DAY = {"id": "dd-mm-yyyy", "en": "yyyy-mm-dd"}
_CSV_DAY = {"id": "%d-%m-%Y", "en": "%Y-%m-%d"}
_CSV_CLOCK = {"id": "%H.%M.%S", "en": "%H:%M:%S"}


class ShareCell(float):
    """A share, 0 to 1: people read per cent, of an availability to a hundredth."""


class WholeShare(ShareCell):
    """A share of so few that whole per cent say all."""


# A moment is a datetime without zone, in the office's time.
Cell = Both | str | int | float | date | None


class SheetTable(NamedTuple):
    """One table: its name, its headings, its rows; every row as long as the headings."""

    title: Both
    head: Sequence[Both]
    rows: Iterable[Sequence[Cell]]


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made plain text by an apostrophe; CSV has no other way."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_text(value: Cell, language: str) -> str:
    """A cell of CSV as the spreadsheet programs of that language read it: ``12,5`` and ``23-11-2026 09.00.00``."""
    if value is None:
        return ""
    if isinstance(value, (Both, str)):
        return str(guarded(_said(value, language)))
    if isinstance(value, date):
        form = _CSV_DAY[language]
        return f"{value:{form} {_CSV_CLOCK[language]}}" if isinstance(value, datetime) else f"{value:{form}}"
    if isinstance(value, float):
        # Millionths: a bit per second of a rate in Mbit/s is not lost, and binary dust is.
        text = f"{value:.6f}".rstrip("0").rstrip(".")
        return text if language == "en" else text.replace(".", ",")
    return str(value)


def sheet_value(sheet: Any, value: Cell, language: str) -> Any:
    """What openpyxl appends to a sheet that is only written.

    A text that looks like a formula is a text cell with the mark of a typed apostrophe (``quotePrefix``): nobody sees
    it, and editing the cell runs nothing either.
    """
    if isinstance(value, (Both, str)):
        return _text_cell(sheet, _fitting(_said(value, language)))
    if isinstance(value, date):
        whole = value.replace(microsecond=0) if isinstance(value, datetime) else value
        clock = " hh:mm:ss" if isinstance(value, datetime) else ""
        return _formatted(sheet, whole, f"{_SHEET_DAY[language]}{clock}")
    if isinstance(value, ShareCell):
        return _formatted(sheet, float(value), "0%" if isinstance(value, WholeShare) else "0.00%")
    return value


def csv_bytes(table: SheetTable, language: str, made_up: MadeUp | None = None) -> bytes:
    """The table as the offices' spreadsheets open it without asking: UTF-8 with its mark, and semicolons.

    ``made_up``: of a demo, the column that says so.
    """
    table, out = _marked(table, made_up), StringIO(newline="")
    lines = csv.writer(out, delimiter=";")
    lines.writerow([text.said(language) for text in table.head])
    lines.writerows([csv_text(value, language) for value in row] for row in table.rows)
    # The mark tells Excel that it is UTF-8; without it Excel reads the machine's own code page.
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(tables: Iterable[SheetTable], language: str, made_up: MadeUp | None = None) -> bytes:
    """A book with a sheet for each table; ``made_up``: of a demo, the column that says so in each."""
    # write_only: rows go straight into the ZIP, whatever their number.
    book, out = Workbook(write_only=True), BytesIO()
    for table in (_marked(each, made_up) for each in tables):
        rows, name = list(table.rows), table.title.said(language).split(" (")[0]
        head = [text.said(language) for text in table.head]
        sheet = begin_sheet(book, name, head, [_width(row[at] for row in rows) for at in range(len(head))])
        for row in rows:
            sheet.append([sheet_value(sheet, value, language) for value in row])
    book.save(out)
    return out.getvalue()


def begin_sheet(book: Workbook, name: str, head: Sequence[str], widths: Sequence[int]) -> Any:
    """A sheet with its headings in bold, which stay in sight; ``widths``: letters of each column's widest cell."""
    sheet = book.create_sheet(_NOT_IN_NAMES.sub(" ", name)[:SHEET_NAME])
    for number, (title, width) in enumerate(zip(head, widths, strict=True), 1):
        letters = min(WIDEST, max(NARROWEST, len(title) + 2, width + 2))
        sheet.column_dimensions[get_column_letter(number)].width = letters
    sheet.freeze_panes = "A2"
    titles = []
    for title in head:
        cell = WriteOnlyCell(sheet, title)
        cell.font = Font(bold=True)
        titles.append(cell)
    sheet.append(titles)
    return sheet


def _marked(table: SheetTable, made_up: MadeUp | None) -> SheetTable:
    """The table with the demo's mark as its last column."""
    if made_up is None:
        return table
    rows = ((*row, made_up.text) for row in table.rows)
    return SheetTable(table.title, (*table.head, made_up.heading), rows)


def _said(value: Both | str, language: str) -> str:
    return value.said(language) if isinstance(value, Both) else value


def _fitting(text: str) -> str:
    """What a spreadsheet's cell can hold: no control characters, no more letters than the format allows."""
    clean = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    return clean if len(clean) <= CELL_LETTERS else f"{clean[:CELL_LETTERS]} … (CSV: {len(clean)})"


def _text_cell(sheet: Any, text: str) -> Any:
    if not text.startswith(FORMULA_STARTS):
        return text
    cell = WriteOnlyCell(sheet, text)
    # openpyxl itself would make "=1+1" a formula.
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _formatted(sheet: Any, value: Any, number_format: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _width(values: Iterable[Cell]) -> int:
    return max((len(str(value or "")) for value in values), default=0)
