"""The quarterly evaluation as a spreadsheet: every table a sheet, and last where each figure comes from.

The same figures are the same bytes: the moment of writing stands nowhere.
"""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from request_tracker.letters.quarter.cells import ShareCell, WholeShare, sheet_value
from request_tracker.letters.quarter.tables import PrintedTable, tables
from request_tracker.reports.quarter import Evaluation
from request_tracker.reports.sources import origins
from request_tracker.words.bilingual import Both

# Excel and LibreOffice refuse longer names of sheets, and some letters in them.
SHEET_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\\/*?:\[\]]")
_WIDEST, _NARROWEST = 60, 12
# The first moment that a ZIP file can hold.
_NO_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def quarter_sheet(evaluation: Evaluation, language: str = "id") -> bytes:
    """The whole pack as XLSX."""
    book, content = Workbook(write_only=True), BytesIO()
    for table in (*tables(evaluation), sources(evaluation)):
        _sheet(book, table, language)
    book.save(content)
    return _without_moments(content.getvalue())


def sources(evaluation: Evaluation) -> PrintedTable:
    """Of each figure the query that made it."""
    head = (Both("Angka", "Figures"), Both("Ditanyakan kepada", "Asked of"), Both("Kueri", "Query"))
    return PrintedTable(
        Both("Asal angka", "Origin of the figures"), head, tuple(tuple(row) for row in origins(evaluation))
    )


def _sheet(book: Workbook, table: PrintedTable, language: str) -> None:
    name = _NOT_IN_NAMES.sub(" ", table.title.said(language).split(" (")[0])[:SHEET_NAME]
    sheet = book.create_sheet(name)
    rows = [[sheet_value(value, language) for value in row] for row in table.rows]
    head = [text.said(language) for text in table.head]
    for number, title in enumerate(head):
        widest = max((len(str(row[number] or "")) for row in rows), default=0)
        width = min(_WIDEST, max(_NARROWEST, len(title) + 2, widest + 2))
        sheet.column_dimensions[get_column_letter(number + 1)].width = width
    sheet.freeze_panes = "A2"
    titles = []
    for title in head:
        cell = WriteOnlyCell(sheet, title)
        cell.font = Font(bold=True)
        titles.append(cell)
    sheet.append(titles)
    for row, values in zip(table.rows, rows, strict=True):
        cells = []
        for value, plain in zip(row, values, strict=True):
            cell = WriteOnlyCell(sheet, plain)
            if isinstance(value, ShareCell):
                cell.number_format = "0%" if isinstance(value, WholeShare) else "0.00%"
            cells.append(cell)
        sheet.append(cells)


def _without_moments(content: bytes) -> bytes:
    """The same book without the moments at which it was written."""
    fixed = BytesIO()
    with ZipFile(BytesIO(content)) as book, ZipFile(fixed, "w") as out:
        for name in sorted(book.namelist()):
            entry = ZipInfo(name, _NO_MOMENT)
            entry.compress_type = ZIP_DEFLATED
            out.writestr(entry, _MODIFIED.sub(b"", book.read(name)))
    return fixed.getvalue()
