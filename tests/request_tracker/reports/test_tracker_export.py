"""Tables out: CSV, spreadsheet and JSON hold the same rows, and no cell runs as a formula."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tracker_office import LETTER, MONDAY, REQUESTER, WANTED, request

from inventory.titles import titles
from request_tracker.cases import Allocation, Desk, OpenCase, open_case
from request_tracker.errors import TrackerError
from request_tracker.ledger import allocations
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.reports.export import TABLES, export
from request_tracker.reports.export_columns import ExportReader
from request_tracker.reports.export_names import export_names
from request_tracker.words.bilingual import Both


def test_csv_spreadsheet_and_json_hold_the_same_cases_and_guard_formulas(desk: Desk, tmp_path: Path) -> None:
    request(desk)
    command = OpenCase("PKL-BW", "=1+1", "dinkes", WANTED, documents={"surat": LETTER})
    open_case(desk, command, REQUESTER, MONDAY)
    files = [tmp_path / f"cases.{ending}" for ending in ("csv", "xlsx", "json")]
    assert [export(desk, "cases", file) for file in files] == [2, 2, 2]
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbf")
    with files[0].open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    assert [row["Hal"] for row in rows] == ["Penambahan bandwidth", "'=1+1"]
    assert rows[1]["Dibuka (WIB)"] == desk.calendar.local(MONDAY).strftime("%d-%m-%Y %H.%M.%S")
    first, second = (sheet_row(files[1], number) for number in (1, 2))
    assert first["Hal"].value == "Penambahan bandwidth"
    # A text, marked as one, and nothing in front of it that a person would see.
    hal = second["Hal"]
    assert (hal.value, hal.data_type, hal.quotePrefix) == ("=1+1", "s", True)
    raw = json.loads(files[2].read_text(encoding="utf-8"))
    assert [row["subject"] for row in raw] == ["Penambahan bandwidth", "=1+1"]
    assert datetime.fromisoformat(raw[1]["opened_at"]) == MONDAY and raw[1]["opened_at"].endswith("+00:00")


def test_the_spreadsheet_has_dates_numbers_and_words_in_the_language_asked_for(desk: Desk, tmp_path: Path) -> None:
    request(desk)
    local = desk.calendar.local(MONDAY).replace(tzinfo=None)
    for language, opened, day in (("id", "Dibuka (WIB)", "dd-mm-yyyy"), ("en", "Opened (WIB)", "yyyy-mm-dd")):
        file = tmp_path / f"{language}.xlsx"
        export(desk, "cases", file, language)
        cells = sheet_row(file, 1)
        cell = cells[opened]
        assert (cell.value, cell.number_format) == (local, f"{day} hh:mm:ss")
        assert cells["Putaran" if language == "id" else "Round"].data_type == "n"
        assert cells["Darurat" if language == "id" else "Emergency"].value == ("tidak" if language == "id" else "no")
        assert cells["Jenis" if language == "id" else "Kind"].value == ("permohonan" if language == "id" else "request")


def test_the_ledger_has_rates_in_megabits_as_numbers(desk: Desk, tmp_path: Path) -> None:
    with desk.store.transaction() as db:
        change = allocations.Change("dinkes", Allocation(*[12_500_000 // 8] * 4), "user:4", None, "-1+1")
        allocations.write(desk.store, db, [change], MONDAY)
    export(desk, "ledger", tmp_path / "ledger.xlsx")
    cells = sheet_row(tmp_path / "ledger.xlsx", -1)
    rate, since = cells["Batas unduh (Mbit/s)"], cells["Berlaku sejak (WIB)"]
    assert (rate.value, rate.data_type) == (12.5, "n")
    assert since.value == desk.calendar.local(MONDAY).replace(tzinfo=None)
    assert (cells["Keterangan"].value, cells["Keterangan"].data_type) == ("-1+1", "s")
    export(desk, "ledger", tmp_path / "ledger.csv")
    assert ";12,5;" in (tmp_path / "ledger.csv").read_text(encoding="utf-8")
    export(desk, "ledger", tmp_path / "ledger.json")
    *_, row = json.loads((tmp_path / "ledger.json").read_text(encoding="utf-8"))
    assert row["receive_ceiling"] == 12_500_000 // 8


def test_a_code_has_its_name_beside_it_and_the_machine_s_form_has_the_code_alone(desk: Desk, tmp_path: Path) -> None:
    user = add_user(desk.store, NewAccount("teknisi", "Teknisi Contoh", ("technician",), "sandi-yang-panjang"), MONDAY)
    request(desk)
    with desk.store.transaction() as db:
        db.execute("UPDATE cases SET assignee = ?", [f"user:{user}"])
    export(desk, "cases", tmp_path / "cases.xlsx")
    cells = sheet_row(tmp_path / "cases.xlsx", 1)
    assert (cells["Kode OPD"].value, cells["OPD"].value) == ("dinkes", "Dinas Kesehatan")
    assert (cells["Petugas (akun)"].value, cells["Petugas"].value) == (f"user:{user}", "Teknisi Contoh")
    assert cells["Langkah"].value == "PKL-B-02" and "disposisi" in cells["Nama langkah"].value.lower()
    export(desk, "events", tmp_path / "events.csv", "en")
    with (tmp_path / "events.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert {row["Actor"] for row in csv.DictReader(lines, delimiter=";")} <= {"Pemohon", "Sistem"}
    export(desk, "cases", tmp_path / "cases.json")
    assert "Dinas Kesehatan" not in (tmp_path / "cases.json").read_text(encoding="utf-8")


def test_offices_of_a_ticket_are_named_and_what_is_no_list_stays_as_it_was_written(desk: Desk) -> None:
    named = ExportReader("tickets", "id", desk.calendar.zone, export_names(desk))
    row = {"root": "agg-timur", "offices": '["rsud", "tak-dikenal"]', "acknowledged_by": None}
    assert named.head(row)[1::2] == ["Nama tempat putus", "OPD terdampak", "Ditangani oleh"]
    assert named.cells(row)[1::2] == [titles(desk.city)["agg-timur"], "Rumah Sakit Umum Daerah, tak-dikenal", None]
    assert named.cells({"offices": "rusak"}) == ["rusak", "rusak"]


@pytest.mark.parametrize("table", list(TABLES))
def test_no_heading_stands_twice(desk: Desk, table: str) -> None:
    cursor = desk.store.db.conn.execute(TABLES[table].query)
    row = TABLES[table].row(dict.fromkeys((column[0] for column in cursor.description), "{}"))
    head = ExportReader(table, "id", desk.calendar.zone, export_names(desk)).head(row)
    assert sorted(head) == sorted(set(head))


@pytest.mark.parametrize("table", list(TABLES))
def test_every_column_has_a_heading_in_both_languages(desk: Desk, table: str) -> None:
    cursor = desk.store.db.conn.execute(TABLES[table].query)
    names = set(TABLES[table].row(dict.fromkeys((column[0] for column in cursor.description), "{}")))
    reader = ExportReader(table, "id", desk.calendar.zone)
    assert {name for name in names if reader.column(name).indonesian == name} == set()


def test_a_value_that_is_no_moment_stays_as_it_was_written(desk: Desk) -> None:
    row = {"opened_at": "kemarin", "letter_date": "", "kind": "baru_sekali"}
    cells = ExportReader("letters", "id", desk.calendar.zone).cells(row)
    assert cells == ["kemarin", "", Both("baru sekali", "baru sekali")]


def sheet_row(file: Path, number: int) -> dict[str, Any]:
    """The cells of a line of the first sheet by their headings; a number below zero counts from the end."""
    lines = list(load_workbook(file).worksheets[0].iter_rows())
    return {str(head.value): cell for head, cell in zip(lines[0], lines[number], strict=True)}


@pytest.mark.parametrize("table", list(TABLES))
def test_every_table_is_written_and_never_over_another_file(desk: Desk, tmp_path: Path, table: str) -> None:
    export(desk, table, tmp_path / "out.csv")
    with pytest.raises(TrackerError, match="never overwrites"):
        export(desk, table, tmp_path / "out.csv")


def test_another_ending_is_refused_with_the_endings_that_work(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match=r"\.csv, \.xlsx, \.json"):
        export(desk, "cases", tmp_path / "cases.pdf")
