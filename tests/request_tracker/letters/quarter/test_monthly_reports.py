"""A month of one office or one uplink: what it got, as a page and as one page of paper, in both languages."""

import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tracker_office import CITY, MBIT, request
from tracker_site import NOW, Site

from request_tracker.cases import Desk
from request_tracker.config import Office
from request_tracker.errors import TrackerError
from request_tracker.evidence.direction import summary
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.uptime import of_opd
from request_tracker.letters.quarter.month_paper import month_lines, month_pdf
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.reports.months import month_of
from request_tracker.reports.periods import month

NOVEMBER, AFTER = month("2026-11"), datetime(2026, 12, 2, 2, tzinfo=UTC)
NOBODY = Prometheus(None)


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A month in which the office asked for something, was cut off for 50 minutes, and was measured throughout."""
    request(desk)
    begun = datetime(2026, 11, 5, 3, tzinfo=UTC).timestamp()
    told = OutageRecord("agg-utara", "link", "link_down", ("dinkes",), begun, begun + 3000, "watch")
    reconcile(desk, [told], datetime(2026, 11, 5, 5, tzinfo=UTC))
    with desk.store.transaction() as db:
        for number in range(30):
            day = (NOVEMBER.since + timedelta(days=number)).isoformat()
            db.execute("INSERT INTO measured_days VALUES (?, ?, 1430, 1440, 10000, 100)", [of_opd("dinkes"), day])
    return desk


def test_an_office_sees_what_it_got(lived: Desk) -> None:
    found = month_of(lived, ("opd", "dinkes", NOVEMBER), AFTER, NOBODY)
    told = {name.english: text.english for name, text in month_lines(found)}
    assert told["Availability"] == "99.30 % (100 % of the time measured)"
    assert (told["Outages"], told["Guarantee kept"]) == (
        "1 of them, 50 minutes",
        "99.00 % of the time (86 % of the time judged)",
    )
    assert told["Use, download"] == "not measured" and told["Measured until"] == "30 November 2026"
    # Its request, and the outage of its own line.
    assert sorted(case.kind for case in found.cases) == ["outage", "request"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "not measured"),
        (14, "cannot be judged yet (46 % of the time measured)"),
        (15, "p95 18 Mbit/s, peak 18 Mbit/s (50 % of the time measured)"),
    ],
)
def test_below_half_of_the_month_no_p95_and_no_peak_is_printed(lived: Desk, days: int, said: str) -> None:
    begin = int(NOVEMBER.moments(lived.calendar.zone)[0].timestamp())
    points = [(float(at), 18.0 * MBIT) for at in range(begin, begin + days * 86_400, 300)]
    figures = month_of(lived, ("opd", "dinkes", NOVEMBER), AFTER, NOBODY)
    use = summary(points, 20.0 * MBIT, lived.calendar)
    ways = ("receive", "transmit")
    short = replace(figures, use=dict.fromkeys(ways, use), use_measured=dict.fromkeys(ways, days / 30))
    lines = {name.english: text.english for name, text in month_lines(short)}
    assert lines["Use, download"] == lines["Use, upload"] == said


def test_of_a_guarantee_that_was_hardly_judged_nothing_is_said(lived: Desk) -> None:
    with lived.store.transaction() as db:
        db.execute("UPDATE measured_days SET judged = 5000")
    told = dict(month_lines(month_of(lived, ("opd", "dinkes", NOVEMBER), AFTER, NOBODY)))
    kept = next(text for name, text in told.items() if name.english == "Guarantee kept")
    assert kept.english == "cannot be judged yet (43 % of the time measured)"


def test_of_an_uplink_the_capacity_and_its_own_outages_are_told(lived: Desk) -> None:
    uplink = CITY.uplinks[0]
    found = month_of(lived, ("uplink", uplink.name, NOVEMBER), AFTER, NOBODY)
    told = {name.english: text.english for name, text in month_lines(found)}
    assert told["Capacity download"] == f"{uplink.receive_capacity * 8 / 1e6:g} Mbit/s"
    assert (told["Availability"], told["Outages"]) == ("not measured", "0 of them, 0 minutes")
    assert found.cases == ()
    with pytest.raises(TrackerError, match="no opd of the city file"):
        month_of(lived, ("opd", "entah", NOVEMBER), AFTER, NOBODY)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_paper_is_one_page_and_the_same_each_time(lived: Desk, tmp_path: Path, language: str) -> None:
    found = month_of(lived, ("opd", "dinkes", NOVEMBER), AFTER, NOBODY)
    paper, again = (month_pdf(found, Office(), lived.calendar.local, language=language) for _ in range(2))
    assert paper == again
    (tmp_path / "month.pdf").write_bytes(paper)
    ask = ["pdfinfo", str(tmp_path / "month.pdf")]
    assert re.search(r"Pages:\s+1\n", subprocess.run(ask, capture_output=True, text=True, check=True).stdout)


def test_the_pages_lead_from_the_evaluation_to_the_paper(site: Site) -> None:
    name = site.desk.calendar.local(NOW).strftime("%Y-%m")
    site.enter("technician")
    assert site.client.get(f"/bulanan/{name}").status_code == 403
    site.enter("head_of_office")
    assert "/bulanan/" in site.get("/evaluasi")
    assert CITY.opd("dinkes").name in site.get(f"/bulanan/{name}")
    page = site.get(f"/bulanan/{name}/opd/dinkes")
    assert "belum dapat dinilai" in page or "tidak terukur" in page
    assert site.client.get(f"/bulanan/{name}/opd/dinkes.pdf").data.startswith(b"%PDF")
    assert site.client.get(f"/bulanan/{name}/uplink/{CITY.uplinks[0].name}.svg").data.startswith(b"<?xml")
    # Its own picture on a telephone of 360 px, at its own size: scaled down, letters could not be read.
    small = site.client.get(f"/bulanan/{name}/uplink/{CITY.uplinks[0].name}.svg?layar=kecil").text
    width = re.search(r'<svg [^>]*width="([0-9.]+)pt"', small)
    assert width is not None and float(width[1]) * 4 / 3 <= 320
    for wrong in (f"/bulanan/{name}/opd/entah", "/bulanan/2026-13"):
        assert site.client.get(wrong).status_code == 404
