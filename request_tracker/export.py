"""Everything as a table: the name of a table in, CSV, spreadsheet or JSON out. Secrets and passwords are in none."""

import csv
import json
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from request_tracker.errors import TrackerError
from request_tracker.store import Store

TABLES = {
    "cases": "SELECT * FROM cases ORDER BY id",
    "events": "SELECT c.number AS case_number, e.* FROM events e JOIN cases c ON c.id = e.case_id ORDER BY e.id",
    "ledger": "SELECT * FROM ledger ORDER BY id",
    "proofs": "SELECT * FROM proofs ORDER BY id",
    "tickets": "SELECT * FROM tickets ORDER BY id",
    "letters": "SELECT * FROM letter_register ORDER BY id",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(store: Store, table: str, file: Path) -> int:
    """Write a table; the file's ending says the form. Returns the number of rows; never overwrites."""
    writer = _WRITERS.get(file.suffix)
    if writer is None or table not in TABLES:
        raise TrackerError(f"{file}: write a file that ends with {', '.join(_WRITERS)}; tables: {', '.join(TABLES)}")
    if file.exists():
        raise TrackerError(f"{file} exists already; an export never overwrites")
    rows = store.rows(TABLES[table])
    try:
        writer(file, rows)
    except OSError as error:
        raise TrackerError(f"{file}: cannot be written: {error.strerror}") from error
    return len(rows)


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, made plain text by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _csv(file: Path, rows: list[dict[str, Any]]) -> None:
    """UTF-8 with its mark and semicolons: what the offices' spreadsheets open without asking."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out, delimiter=";")
        for line in _lines(rows):
            table.writerow(line)


def _spreadsheet(file: Path, rows: list[dict[str, Any]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(file.stem[:31])
    for line in _lines(rows):
        sheet.append(line)
    book.save(file)


def _json(file: Path, rows: list[dict[str, Any]]) -> None:
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _lines(rows: list[dict[str, Any]]) -> list[list[Any]]:
    return [list(rows[0]), *([guarded(value) for value in row.values()] for row in rows)] if rows else []


_WRITERS = {".csv": _csv, ".xlsx": _spreadsheet, ".json": _json}
