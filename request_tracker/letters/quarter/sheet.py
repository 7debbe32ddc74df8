"""The quarterly evaluation as a spreadsheet: every table a sheet, and last where each figure comes from.

The same figures are the same bytes: the moment of writing stands nowhere.
"""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from request_tracker.letters.quarter.tables import PrintedTable, tables
from request_tracker.reports.quarter import Evaluation
from request_tracker.reports.sources import origins
from request_tracker.words.bilingual import Both
from request_tracker.words.spreadsheet_text import SheetTable, xlsx_bytes

# The first moment that a ZIP file can hold.
_NO_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def quarter_sheet(evaluation: Evaluation, language: str = "id") -> bytes:
    """The whole pack as XLSX."""
    every = (SheetTable(table.title, table.head, table.rows) for table in (*tables(evaluation), sources(evaluation)))
    return _without_moments(xlsx_bytes(every, language, evaluation.made_up))


def sources(evaluation: Evaluation) -> PrintedTable:
    """Of each figure the query that made it."""
    head = (Both("Angka", "Figures"), Both("Ditanyakan kepada", "Asked of"), Both("Kueri", "Query"))
    return PrintedTable(
        Both("Asal angka", "Origin of the figures"), head, tuple(tuple(row) for row in origins(evaluation))
    )


def _without_moments(content: bytes) -> bytes:
    """The same book without the moments at which it was written."""
    fixed = BytesIO()
    with ZipFile(BytesIO(content)) as book, ZipFile(fixed, "w") as out:
        for name in sorted(book.namelist()):
            entry = ZipInfo(name, _NO_MOMENT)
            entry.compress_type = ZIP_DEFLATED
            out.writestr(entry, _MODIFIED.sub(b"", book.read(name)))
    return fixed.getvalue()
