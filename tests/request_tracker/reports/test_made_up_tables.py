"""A demo's tables say in every row that their figures were invented, in each form; a real office's say nothing."""

import csv
import io
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from paper_facts import OFFICE
from tracker_office import CALENDAR
from tracker_site import Site, new_site
from tree import EXAMPLE_CITY

from request_tracker.cli import main
from request_tracker.config import Office
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.letters.quarter.sheet import quarter_sheet
from request_tracker.reports.export import TABLES
from request_tracker.reports.periods import quarter
from request_tracker.reports.quarter import evaluate
from request_tracker.words.made_up import MadeUp

BEFORE = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
DEMO = Office(**{**OFFICE.model_dump(), "made_up_before": BEFORE})
MARK = "angka sebelum 20-11-2026 08.05 dikarang, bukan hasil ukur"
HEADING = "Data karangan (demo)"
ISO = "2026-11-20T01:05:00+00:00"
# Every address at which the tracker gives a table away, as its rule is written; each is asked below.
GIVEN = {
    "/kesediaan.<any(csv, xlsx):form>": ("/kesediaan.csv", "/kesediaan.xlsx"),
    "/kebutuhan.<any(csv, xlsx):form>": ("/kebutuhan.csv", "/kebutuhan.xlsx"),
    "/ekspor/<table>.<form>": tuple(f"/ekspor/{name}.{form}" for name in TABLES for form in ("csv", "xlsx", "json")),
}
# No tables: papers and pictures, which test_made_up.py looks at; and the quarter's pack, which has its own test below.
APART = {
    "/evaluasi/<name>.zip",
    "/bulanan/<name>/<any(opd, uplink):kind>/<key>.<any(pdf, svg):form>",
    "/kasus/<path:number>/arsip.zip",
    "/kasus/<path:number>/surat/<kind>.<form>",
    "/sop/<code>/cetak.<any(pdf, docx, odt):form>",
}


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    made = new_site(tmp_path, office=DEMO)
    made.request(contact={"name": "Narahubung", "phone": "080012345678"})
    made.enter("auditor", "admin", "secretariat", "head_of_section")
    return made


def rows(content: bytes, form: str) -> list[list[str]]:
    """Every line of a table, its head first; of a book those of every sheet."""
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    book = load_workbook(BytesIO(content))
    return [[str(cell.value) for cell in row] for sheet in book for row in sheet.iter_rows()]


def marked(content: bytes, form: str) -> bool:
    """Whether every row there is has the mark as its last cell."""
    if form == "json":
        return all(row["made_up_before"] == ISO for row in json.loads(content))
    return {row[-1] for row in rows(content, form) if row} <= {HEADING, MARK}


@pytest.mark.parametrize("address", [each for addresses in GIVEN.values() for each in addresses])
def test_every_row_of_every_table_of_a_demo_has_the_mark(demo: Site, address: str) -> None:
    answer = demo.client.get(address, buffered=True)
    assert answer.status_code == 200 and marked(answer.data, address.rpartition(".")[2])


def test_the_rows_of_a_demo_are_there(demo: Site) -> None:
    assert [row[-1] for row in rows(demo.client.get("/ekspor/cases.csv", buffered=True).data, "csv")] == [HEADING, MARK]


def test_a_real_office_has_no_such_column(site: Site) -> None:
    site.request()
    site.enter("auditor")
    for form in ("csv", "xlsx", "json"):
        real = site.client.get(f"/ekspor/cases.{form}", buffered=True).data
        assert b"made_up" not in real and b"karangan" not in real
    assert HEADING not in rows(site.client.get("/ekspor/cases.xlsx", buffered=True).data, "xlsx")[0]


def test_no_table_is_given_away_at_an_address_that_is_not_asked_here(demo: Site) -> None:
    rules = {rule.rule for rule in demo.client.application.url_map.iter_rules()}
    assert {
        rule for rule in rules if rule.endswith((":form>", ".<form>", ".csv", ".xlsx", ".zip"))
    } == GIVEN.keys() | APART


def test_the_quarters_spreadsheet_and_data_have_it(demo: Site) -> None:
    silent = Prometheus(None, made_up_before=BEFORE.timestamp())
    found = evaluate(demo.desk, quarter("2026Q4"), BEFORE, silent)
    assert marked(quarter_sheet(found), "xlsx") and len(rows(quarter_sheet(found), "xlsx")) > 20
    assert json.loads(found.text())["made_up_before"] == ISO
    real = evaluate(demo.desk, quarter("2026Q4"), BEFORE)
    assert "made_up" not in real.text() and HEADING not in rows(quarter_sheet(real), "xlsx")[0]


def test_what_is_written_at_the_terminal_has_it(demo: Site, tmp_path: Path) -> None:
    config = tmp_path / "tracker.yaml"
    config.write_text(
        f"inventory: {EXAMPLE_CITY}\ndatabase: {tmp_path / 't.db'}\nfiles: {tmp_path / 'files'}\n"
        f"secret_key: env:SESSION\noffice: {{made_up_before: '{ISO}'}}\n"
    )
    for form in ("csv", "xlsx", "json"):
        file = tmp_path / f"kasus.{form}"
        assert main(["export", "cases", str(file), "--config", str(config)]) == 0
        assert marked(file.read_bytes(), form)


def test_the_mark_says_the_moment_on_the_offices_clock() -> None:
    made = MadeUp.of(BEFORE.timestamp(), CALENDAR.local)
    assert made is not None and made.text.indonesian == MARK and made.data() == {"made_up_before": ISO}
    assert made.text.english == "figures from before 2026-11-20 08:05 were invented, nobody measured them"
    assert MadeUp.of(None, CALENDAR.local) is None
