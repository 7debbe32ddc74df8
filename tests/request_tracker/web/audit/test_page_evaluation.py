"""The quarterly evaluation: the head is told once on the first working day; one click takes both papers."""

import json
from datetime import UTC, date, datetime, timedelta
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
from request_tracker.reports.uplink_months import uplink_years
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


def measured(desk: Desk, day: str, up: int, minutes: int) -> None:
    line = f"line:{desk.city.uplinks[0].name}"
    with desk.store.transaction() as db:
        db.execute(
            "INSERT INTO measured_days (subject, day, up, measured) VALUES (?, ?, ?, ?)", [line, day, up, minutes]
        )


def test_a_year_of_an_uplink_has_its_months_and_what_was_not_measured_is_neither_up_nor_down(desk: Desk) -> None:
    now = local(desk, "2026-11-03T10:00")
    for day in (1, 2):
        measured(desk, f"2026-11-0{day}", 1430, 1440)
    measured(desk, "2026-09-01", 720, 1440)
    (year,) = uplink_years(desk, now)
    assert [each.month.name for each in year.months] == [
        *(f"2025-{number}" for number in (12,)),
        *(f"2026-{number:02d}" for number in range(1, 12)),
    ]
    november, october, september = year.months[-1].uptime, year.months[-2].uptime, year.months[-3].uptime
    assert (november.minutes, november.measured, november.down) == (2 * 1440, 2 * 1440, 20)
    assert october.share is None and october.measured_share == 0
    assert september.measured == 1440 and september.judged(0.5) is None, "one day of thirty says nothing of a month"


def test_the_page_draws_each_uplink_s_months_with_their_figures_beside(site: Site) -> None:
    month = site.desk.calendar.local(NOW).date().replace(day=1) - timedelta(days=1)
    for day in range(1, month.day + 1):
        measured(site.desk, month.replace(day=day).isoformat(), 1426, 1440)
    site.enter("head_of_office")
    page = " ".join(site.get("/evaluasi").split())
    assert page.count("class='part-up'") == 1 and page.count("class='part-unknown'") == 11
    assert "99,02 %" in page and ">tidak terukur<" in page and "Waktu terukur" in page
    name = site.desk.city.uplinks[0].name
    assert f'href="/bulanan/{month:%Y-%m}/uplink/{name}"' in page
    site.client.set_cookie("bahasa", "en")
    assert "Time measured" in site.get("/evaluasi") and "not measured" in site.get("/evaluasi")


def test_the_quarter_s_figures_are_bars_with_their_numbers_and_what_cannot_be_judged_is_no_bar_of_nought(
    site: Site,
) -> None:
    site.request()
    site.enter("head_of_office")
    page = " ".join(site.get(f"/evaluasi/{quarter_of(site.desk.calendar.local(NOW).date()).name}").split())
    charts = page.partition('id="grafik"')[2].partition("</section>")[0]
    assert charts.count('<table class="bars"') + charts.count('class="empty"') == 4
    assert '<th scope="row">masih berjalan</th>' in charts and "<td>1</td>" in charts
    uplinks = charts.partition("Ketersediaan uplink")[2]
    assert "part-unknown" in uplinks and "part-up" not in uplinks and "tidak terukur" in uplinks
