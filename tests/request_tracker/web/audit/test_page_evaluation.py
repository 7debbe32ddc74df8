"""The quarterly evaluation: the head is told once on the first working day; one click takes both papers."""

import json
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from tracker_office import request
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import Cancel, Desk, run
from request_tracker.letters.quarter.tables import offices
from request_tracker.notifications.evaluation_reminder import RECIPIENT, last_quarter, quarter_of, remind_evaluation
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.reports.periods import quarter
from request_tracker.reports.quarter import evaluate
from request_tracker.words.bilingual import Both


def local(desk: Desk, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=desk.calendar.zone).astimezone(UTC)


def test_PKL_S_13_the_head_is_told_once_on_the_first_working_day_of_the_quarter(desk: Desk) -> None:
    """1 January 2027 is a holiday and a Friday: Monday the fourth is the first working day."""
    request(desk)
    assert remind_evaluation(desk, local(desk, "2026-12-30T10:00")) is None, "the third quarter had no case"
    for early in ("2027-01-01T10:00", "2027-01-03T10:00", "2027-01-04T06:00"):
        assert remind_evaluation(desk, local(desk, early)) is None
    assert remind_evaluation(desk, local(desk, "2027-01-04T07:31")) == "2026-Q4"
    assert remind_evaluation(desk, local(desk, "2027-01-04T09:00")) is None
    row = desk.store.rows("SELECT * FROM outbox ORDER BY id")[-1]
    told = json.loads(row["payload"])
    assert row["recipient"] == RECIPIENT and "/evaluasi/2026-Q4" in told["step_text"]
    assert "01-10-2026 sampai 31-12-2026" in told["subject"]


@pytest.mark.parametrize(
    ("day", "now", "before"),
    [("2026-01-01", "2026-Q1", "2025-Q4"), ("2026-03-31", "2026-Q1", "2025-Q4"), ("2026-12-31", "2026-Q4", "2026-Q3")],
)
def test_a_day_lies_in_its_quarter(day: str, now: str, before: str) -> None:
    at = date.fromisoformat(day)
    assert (quarter_of(at).name, last_quarter(at).name) == (now, before)


def test_X_EVAL_PKL_S_13_one_click_takes_the_pdf_and_the_spreadsheet_of_the_same_figures(site: Site) -> None:
    opened = site.request()
    run(site.desk, opened.number, Cancel("tidak jadi"), PUBLIC, NOW)
    name = quarter_of(site.desk.calendar.local(NOW).date()).name
    assert site.client.get("/evaluasi").status_code == 302
    site.enter("technician")
    assert site.client.get(f"/evaluasi/{name}.zip").status_code == 403
    site.enter("head_of_office")
    assert f"/evaluasi/{name}.zip" in site.get("/evaluasi") and "Pelayanan Penambahan Bandwidth" in site.get(
        f"/evaluasi/{name}"
    )
    for which in ("kasus", "gangguan"):
        assert site.client.get(f"/evaluasi/{name}/{which}.svg").data.startswith(b"<?xml")
    with ZipFile(BytesIO(site.client.get(f"/evaluasi/{name}.zip").data)) as pack:
        assert sorted(pack.namelist()) == [f"evaluasi-{name}.{form}" for form in ("json", "pdf", "xlsx")]
        assert pack.read(f"evaluasi-{name}.pdf").startswith(b"%PDF")
        book = load_workbook(BytesIO(pack.read(f"evaluasi-{name}.xlsx")))
    row = [cell.value for cell in book["Kasus menurut hasil"][2]]
    assert row == ["Pelayanan Penambahan Bandwidth", "dibatalkan", 1]
    counted = [cell.value for cell in book["Janji layanan"][2]]
    assert counted[1:5] == [1, 0, 0, None], "what its requester took back counts in no promise"
    assert site.client.get("/evaluasi/2026-Q9").status_code == 404


def test_PKL_S_13_an_office_that_two_outages_cut_off_at_once_was_off_once(desk: Desk) -> None:
    begun = local(desk, "2026-11-02T00:00").timestamp()
    request(desk)
    core = OutageRecord("core-agg", "link", "link_down", ("dinkes", "rsud"), begun, begun + 600, "watch")
    own = OutageRecord("utara-dinkes", "opd", "link_down", ("dinkes",), begun + 300, begun + 1200, "watch")
    reconcile(desk, [core, own], local(desk, "2026-11-02T01:00"))
    found = evaluate(desk, quarter("2026-Q4"), local(desk, "2027-01-01T00:00"))
    told = {row.opd: (row.opened, row.minutes) for row in found.opds if row.opened or row.minutes}
    assert told == {"dinkes": (1 + 1, 20), "rsud": (0, 10)}
    # Nothing was measured: neither up nor down.
    first = offices(found).rows[0]
    assert first[:3] == (desk.city.opd("dinkes").name, 2, 20) and first[3] == Both(
        "belum dapat dinilai", "cannot be judged yet"
    )
