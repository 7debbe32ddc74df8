"""The bytes of an Excel workbook (XLSX) in, a grid of each sheet out, through openpyxl. Merged cells are filled.

Reads values alone: no formula is worked out, no link followed. Bounded before it is opened: a small file can unpack
to gigabytes.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from itertools import product
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from inventory.sentences import Sentence
from inventory.tables.grid import MAX_COLUMNS, MAX_ROWS, Grid, GridRow, unusable

# Sixteen times the largest file that is read; a sheet of 50,000 rows unpacks to a fifth of it.
MAX_UNPACKED_BYTES = 256 * 2**20
# What openpyxl raises of workbooks that are broken, locked or of another program, as its readers meet them.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, OSError, EOFError, RuntimeError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, AssertionError),
)
# A number format: the places of digits in it, and what of it is shown as it stands: ``0" Mbps"``, ``[$Rp-421]#,##0``.
_DIGITS = re.compile(r"General|[0#?][0#?,.]*", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|(%)|(?:[_*].|\[[^\]]*\])')


def workbook_grids(raw: bytes, file: str) -> list[Grid]:
    """The visible sheets first, then hidden ones; raises InventoryError where the file is no workbook."""
    try:
        _check_size(raw, file)
        formulas = load_workbook(BytesIO(raw)) if _has_formulas(raw) else None
        book = load_workbook(BytesIO(raw), data_only=True)
        sheets = [sheet for sheet in book.worksheets if isinstance(sheet, Worksheet)]
        sheets.sort(key=lambda sheet: sheet.sheet_state != "visible")
        return [_grid(sheet, formulas[sheet.title] if formulas else None) for sheet in sheets]
    except _BROKEN as error:
        raise unusable(
            file,
            "tidak terbaca sebagai XLSX (rusak atau terkunci); di Excel simpan ulang sebagai XLSX atau CSV UTF-8",
            "cannot be read as XLSX (damaged or locked); in Excel save it again as XLSX or CSV UTF-8",
        ) from error


def _check_size(raw: bytes, file: str) -> None:
    with zipfile.ZipFile(BytesIO(raw)) as parcel:
        names = parcel.namelist()
        unpacked = sum(entry.file_size for entry in parcel.infolist())
    if "xl/workbook.xml" not in names or unpacked > MAX_UNPACKED_BYTES:
        raise zipfile.BadZipFile(f"{file}: no workbook, or {unpacked} bytes of one")


def _has_formulas(raw: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(raw)) as parcel:
        sheets = [name for name in parcel.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(re.search(rb"<(?:\w+:)?f[ >/]", parcel.read(name)) for name in sheets)


def _grid(sheet: Worksheet, formulas: Any) -> Grid:
    rows, columns = min(sheet.max_row, MAX_ROWS), min(sheet.max_column, MAX_COLUMNS)
    above, left = _merged(sheet, rows, columns)
    notes = []
    if sheet.max_row > MAX_ROWS:
        notes.append(
            Sentence(f"baris sesudah {MAX_ROWS} tidak dibaca", f"the rows after {MAX_ROWS} were not read"),
        )
    grid_rows = []
    for line, cells in enumerate(sheet.iter_rows(max_row=rows, max_col=columns), start=1):
        texts = [_text(cell.value, cell.number_format) for cell in cells]
        for (row, column), (from_row, from_column) in [*above.get(line, {}).items(), *left.get(line, {}).items()]:
            source = sheet.cell(from_row, from_column)
            texts[column] = _text(source.value, source.number_format) if row == line else texts[column]
        if formulas is not None:
            notes += _empty_formulas(formulas, line, texts)
        grid_rows.append(
            GridRow(
                line,
                tuple(texts),
                frozenset(column for _, column in above.get(line, {})),
                frozenset(column for _, column in left.get(line, {})),
            )
        )
    return Grid(sheet.title, tuple(grid_rows), tuple(notes))


_Places = dict[int, dict[tuple[int, int], tuple[int, int]]]


def _merged(sheet: Worksheet, rows: int, columns: int) -> tuple[_Places, _Places]:
    """By row: the place (row, column from 0) of each merged cell that shows another one, and of that other one."""
    above: _Places = {}
    left: _Places = {}
    for block in sheet.merged_cells.ranges:
        first = (block.min_row, block.min_col)
        places = product(
            range(block.min_row, min(block.max_row, rows) + 1), range(block.min_col, min(block.max_col, columns) + 1)
        )
        for row, column in places:
            if (row, column) != first:
                part = above if column == block.min_col else left
                part.setdefault(row, {})[row, column - 1] = first
    return above, left


def _empty_formulas(formulas: Any, line: int, texts: list[str]) -> Iterator[Sentence]:
    for column, text in enumerate(texts):
        cell = formulas.cell(line, column + 1)
        if not text and isinstance(cell.value, str) and cell.value.startswith("="):
            yield Sentence(
                f"sel {cell.coordinate} adalah rumus tanpa hasil; buka dan simpan berkasnya di Excel",
                f"cell {cell.coordinate} is a formula without its result; open and save the file in Excel",
            )


def _text(value: Any, number_format: str) -> str:
    """A cell as people see it; whole numbers without the point that Excel keeps."""
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _shown(value, (number_format or "").split(";")[0])
    return str(value).strip()


def _shown(value: float, number_format: str) -> str:
    """A number with what its format shows before and behind it; a share as per cent."""
    digits = _DIGITS.search(_LITERAL.sub(lambda match: " " * len(match[0]), number_format))
    start, end = digits.span() if digits else (0, 0)
    before, behind = (_literals(part) for part in (number_format[:start], number_format[end:]))
    # A hundredth is shown as one per cent.
    value = value * 100 if behind.startswith("%") else value
    number = str(int(value)) if float(value).is_integer() else _decimal(value)
    return " ".join(filter(None, (before, number, behind)))


def _literals(part: str) -> str:
    shown = ("".join(filter(None, match.groups())) for match in _LITERAL.finditer(part))
    return "".join(shown).strip()


def _decimal(value: float) -> str:
    """With a comma, and never with three decimals, which would read as thousands."""
    whole, _, decimals = repr(value).partition(".")
    return f"{whole},{decimals}{'0' if len(decimals) == len('000') else ''}"
