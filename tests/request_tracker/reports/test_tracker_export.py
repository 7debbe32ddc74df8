"""Tables out: CSV, spreadsheet and JSON hold the same rows, and no cell runs as a formula."""

import csv
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tracker_office import LETTER, MONDAY, REQUESTER, WANTED, request

from request_tracker.cases import Desk, OpenCase, open_case
from request_tracker.errors import TrackerError
from request_tracker.reports.export import TABLES, export


def test_csv_spreadsheet_and_json_hold_the_same_cases_and_guard_formulas(desk: Desk, tmp_path: Path) -> None:
    request(desk)
    command = OpenCase("PKL-BW", "=1+1", "dinkes", WANTED, documents={"surat": LETTER})
    open_case(desk, command, REQUESTER, MONDAY)
    files = [tmp_path / f"cases.{ending}" for ending in ("csv", "xlsx", "json")]
    assert [export(desk.store, "cases", file) for file in files] == [2, 2, 2]
    assert files[0].read_bytes().startswith(b"\xef\xbb\xbf")
    with files[0].open(encoding="utf-8-sig", newline="") as lines:
        subjects = [row["subject"] for row in csv.DictReader(lines, delimiter=";")]
    assert subjects == ["Penambahan bandwidth", "'=1+1"]
    sheet = list(load_workbook(files[1]).active.iter_rows(values_only=True))  # type: ignore[union-attr]  # one sheet
    assert [dict(zip(sheet[0], row, strict=True))["subject"] for row in sheet[1:]] == subjects
    assert [row["subject"] for row in json.loads(files[2].read_text(encoding="utf-8"))] == [subjects[0], "=1+1"]


@pytest.mark.parametrize("table", list(TABLES))
def test_every_table_is_written_and_never_over_another_file(desk: Desk, tmp_path: Path, table: str) -> None:
    export(desk.store, table, tmp_path / "out.csv")
    with pytest.raises(TrackerError, match="never overwrites"):
        export(desk.store, table, tmp_path / "out.csv")


def test_another_ending_is_refused_with_the_endings_that_work(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match=r"\.csv, \.xlsx, \.json"):
        export(desk.store, "cases", tmp_path / "cases.pdf")
