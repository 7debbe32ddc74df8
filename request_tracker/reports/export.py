"""Everything as a table: the name of a table in, CSV, spreadsheet or JSON out. Secrets and passwords are in none.

CSV and spreadsheet are for people: headings in their language, the office's time, words for codes and names beside
them. JSON is for programs: the store's names and values, in UTC. Rows are written as they are read, so an archive of
years needs no more memory than a day. No cell runs as a formula; contacts are masked unless the person may reach
requesters.
"""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook

from request_tracker.cases import Desk
from request_tracker.errors import TrackerError
from request_tracker.people.privacy import masked
from request_tracker.reports.export_columns import ExportReader
from request_tracker.reports.export_names import export_names
from request_tracker.reports.survey import ELEMENTS
from request_tracker.store.database import Row, Store
from request_tracker.words.made_up import MadeUp
from request_tracker.words.spreadsheet_text import begin_sheet, csv_text, sheet_value

# Spreadsheets end at 1,048,576 rows; there is room left for the head.
SHEET_ROWS = 1_000_000
CASES = (
    "SELECT c.number, c.sop, c.revision, c.kind, c.opd, c.subject, c.opened_at, c.ending, c.ended_at, c.step, c.round,"
    " c.due_at, c.service_due_at, c.paused, c.awaiting, c.assignee, c.emergency, c.letter_number, c.origin, c.version,"
    " c.sop_hash FROM cases c"
)
_CONTACTS = (
    "SELECT c.number AS case_number, p.name, p.phone, p.email, p.position, p.channel, p.created_at, p.masked_at"
    " FROM events e JOIN cases c ON c.id = e.case_id"
    # "contact:" has eight letters; the number begins at the ninth.
    " JOIN contacts p ON p.id = CAST(substr(json_extract(e.data, '$.contact'), 9) AS INTEGER)"
    " WHERE e.kind IN ('opened', 'further_report') ORDER BY e.id"
)


def _answers(row: Row) -> Row:
    """The nine answers as columns; an element nobody answered is empty."""
    marks = json.loads(row.pop("answers"))
    return {**row, **{element: marks.get(element) for element in ELEMENTS}}


@dataclass(frozen=True)
class ExportTable:
    """What one export holds: its name in Indonesian and English, where its rows come from, what becomes of each."""

    indonesian: str
    english: str
    query: str
    row: Callable[[Row], Row] = lambda row: row


TABLES = {
    "cases": ExportTable("Kasus", "Cases", f"{CASES} ORDER BY c.id"),
    "events": ExportTable(
        "Kejadian",
        "Events",
        "SELECT c.number AS case_number, e.*, json_extract(e.data, '$.signed_by.name') AS signatory,"
        " json_extract(e.data, '$.signed_by.position') AS signatory_position,"
        " json_extract(e.data, '$.signed_by.role') AS signatory_role"
        " FROM events e JOIN cases c ON c.id = e.case_id ORDER BY e.id",
    ),
    "ledger": ExportTable("Buku alokasi", "Ledger of allocations", "SELECT * FROM ledger ORDER BY id"),
    "proofs": ExportTable("Bukti penerapan", "Proofs", "SELECT * FROM proofs ORDER BY id"),
    "tickets": ExportTable("Tiket gangguan", "Outage tickets", "SELECT * FROM tickets ORDER BY id"),
    "letters": ExportTable("Agenda surat", "Letter register", "SELECT * FROM letter_register ORDER BY id"),
    "surveys": ExportTable(
        "Survei kepuasan, tanpa nomor kasus",
        "Satisfaction survey, without case numbers",
        "SELECT sop, answered_on, answers, comment FROM surveys ORDER BY answered_on, sop, answers",
        _answers,
    ),
    "rights": ExportTable("Jejak wewenang", "Rights journal", "SELECT * FROM rights_journal ORDER BY seq"),
    "contacts": ExportTable("Kontak pemohon", "Requesters' contacts", _CONTACTS, masked),
}


def export(desk: Desk, table: str, file: Path, language: str = "id", made_up: MadeUp | None = None) -> int:
    """Write a table, whole or not at all; the ending says the form. Returns the number of rows; never overwrites.

    ``language``: ``id`` or ``en``, of headings and words; JSON has neither. ``made_up`` marks a demo's rows.
    """
    if file.suffix[1:] not in FORMS or table not in TABLES:
        endings = ", ".join(f".{form}" for form in FORMS)
        raise TrackerError(f"{file}: write a file that ends with {endings}; tables: {', '.join(TABLES)}")
    if file.exists():
        raise TrackerError(f"{file} exists already; an export never overwrites")
    partial = file.with_name(file.name + ".partial")
    try:
        with partial.open("wb") as out:
            reader = ExportReader(table, language, desk.calendar.zone, export_names(desk), made_up)
            rows = write(out, file.suffix[1:], rows_of(desk.store, table), reader)
        partial.rename(file)
        return rows
    except OSError as error:
        raise TrackerError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            partial.unlink()


def rows_of(store: Store, table: str, unmasked: bool = False) -> Iterator[Row]:
    """The rows of a table, one after the other; contacts as they are only where ``unmasked``."""
    wanted = TABLES[table]
    made = (lambda row: row) if unmasked else wanted.row
    return (made(row) for row in store.each(wanted.query))


def write(out: BinaryIO, form: str, rows: Iterable[Row], reader: ExportReader) -> int:
    """Write rows as ``csv``, ``xlsx`` or ``json`` for a reader; how many there were."""
    counter = itertools.count()
    # The row stands first in the zip: where the rows end, zip asks them first and the counter has not moved on.
    _WRITERS[form](out, (row for row, _ in zip(rows, counter, strict=False)), reader)
    return next(counter)


def _csv(out: BinaryIO, rows: Iterator[Row], reader: ExportReader) -> None:
    """UTF-8 with its mark and semicolons: what the offices' spreadsheets open without asking."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.writer(text, delimiter=";")
    for number, row in enumerate(rows):
        if not number:
            table.writerow(reader.head(row))
        table.writerow([csv_text(value, reader.language) for value in reader.cells(row)])
    # The wrapper would close the file below it when it is collected.
    text.detach()


def _spreadsheet(out: BinaryIO, rows: Iterator[Row], reader: ExportReader) -> None:
    """As many sheets as a spreadsheet program needs for the rows; the first line of each names the columns."""
    book = Workbook(write_only=True)
    sheet: Any = None
    for number, row in enumerate(rows):
        if number % SHEET_ROWS == 0:
            widths = [column.width for column in reader.columns(row)]
            sheet = begin_sheet(book, str(number // SHEET_ROWS + 1), reader.head(row), widths)
        sheet.append([sheet_value(sheet, value, reader.language) for value in reader.cells(row)])
    if sheet is None:
        # A book without a sheet is none that a program opens.
        book.create_sheet("1")
    book.save(out)


def _json(out: BinaryIO, rows: Iterator[Row], reader: ExportReader) -> None:
    mark = reader.made_up.data() if reader.made_up else {}
    out.write(b"[")
    for number, row in enumerate(rows):
        out.write(b",\n" if number else b"\n")
        out.write(json.dumps(row | mark, ensure_ascii=False).encode())
    out.write(b"\n]\n")


_WRITERS: dict[str, Callable[[BinaryIO, Iterator[Row], ExportReader], None]] = {
    "csv": _csv,
    "xlsx": _spreadsheet,
    "json": _json,
}
FORMS = tuple(_WRITERS)
