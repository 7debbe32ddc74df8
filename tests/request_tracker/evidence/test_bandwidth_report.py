"""The report on an OPD's bandwidth: figures from a real Prometheus, and from points whose answers are known."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from tracker_office import CALENDAR, DIVISION, HEAD, MONDAY, SECTION, TECHNICIAN, request
from tracker_site import NOW, Site
from tracker_tsdb import END, STARTED

from request_tracker.cases import Desk, Sign, history, read_case, run
from request_tracker.config import Office
from request_tracker.evidence.bandwidth import bandwidth_report, summary
from request_tracker.evidence.prometheus import Prometheus, Sample
from request_tracker.letters.bandwidth import BANDWIDTH
from request_tracker.letters.bandwidth.paper import bandwidth
from request_tracker.letters.making import facts_of, frozen_report
from request_tracker.letters.press.pictures import Limits, graph, stairs, with_gaps
from request_tracker.sop.register import by_hash

START = datetime(2026, 10, 1, tzinfo=UTC)


def test_PKL_B_CT3_the_figures_are_those_of_prometheus_and_the_same_when_asked_again(desk: Desk, tsdb: str) -> None:
    now = datetime.fromtimestamp(END - 15, UTC)
    found = bandwidth_report(Prometheus(tsdb), desk, "dinkes", now)
    assert (found.receive.p95, found.receive.peak, found.transmit.peak) == (2_000_000, 2_000_000, 500_000)
    assert found.receive.peak_at == STARTED
    assert found.measured == pytest.approx(36 * 300 / (30 * 86400), rel=0.05)
    assert found.availability is None and found.receive.growth is None
    assert found.allocation is not None and found.receive.above_95 == pytest.approx(0.5, abs=0.03)
    assert found.receive.above_80 == 1.0
    assert bandwidth_report(Prometheus(tsdb), desk, "dinkes", now + timedelta(seconds=14)).data() == found.data()


def test_PKL_B_CT3_office_hours_busy_hour_and_growth_are_computed_apart() -> None:
    """Thirty days; 100 in working hours of Jakarta, 10 else, and one more each day."""
    moments = [START + timedelta(minutes=5 * n) for n in range(30 * 288)]
    local = [CALENDAR.local(at) for at in moments]
    busy = [any(a <= at.time() < b for a, b in CALENDAR.spans(at.date())) for at in local]
    day = [at.toordinal() - local[0].toordinal() for at in local]
    points = [(at.timestamp(), 1000.0 * works + d) for at, works, d in zip(moments, busy, day, strict=True)]
    found = summary(points, 1000, CALENDAR)
    assert found.office_p95 is not None and found.office_p95 > 1000 and found.p50 is not None and found.p50 < 100
    assert found.above_80 == pytest.approx(sum(busy) / len(busy))
    assert found.hours[3] is not None and found.hours[9] is not None and found.hours[9] > 10 * found.hours[3]
    steady = summary([(at, 5.0 + d) for (at, _), d in zip(points, day, strict=True)], None, CALENDAR)
    assert steady.growth == pytest.approx(30) and steady.growth_interval == pytest.approx(0, abs=1e-6)
    assert steady.above_80 is None and len(steady.hourly) == 30 * 24


def test_PKL_B_CT3_nothing_measured_is_said_and_never_zero(desk: Desk) -> None:
    found = bandwidth_report(Prometheus(None), desk, "dinkes", MONDAY)
    assert found.problem is not None and found.measured == 0
    assert (found.receive.p95, found.receive.above_80, found.dropped) == (None, None, (None, None))


def test_PKL_B_CT3_the_report_is_frozen_when_the_allocation_is_applied_and_printed_from_there(
    measured_site: Site,
) -> None:
    number = measured_site.request().number
    for who, act in (
        (HEAD, Sign("PKL-B-02")),
        (DIVISION, Sign("PKL-B-03")),
        (SECTION, Sign("PKL-B-03", assignee=TECHNICIAN)),
    ):
        run(measured_site.desk, number, act, who, NOW)
    measured_site.enter("technician")
    page = f"/kasus/{number}"
    assert measured_site.post(f"{page}/langkah/PKL-B-04", page, act="sign").status_code == 302
    (kept,) = (event for event in history(measured_site.desk, number) if event.kind == "evidence_frozen")
    assert (kept.data["opd"], kept.data["kind"]) == ("dinkes", "laporan_monitoring_bandwidth")
    case = read_case(measured_site.desk, number)
    sop = by_hash(measured_site.desk.store, case.sop_hash)
    assert frozen_report(measured_site.desk, case, sop, BANDWIDTH) == kept.data
    paper = measured_site.client.get(f"{page}/surat/{BANDWIDTH}.pdf").data
    assert paper.startswith(b"%PDF") and paper == measured_site.client.get(f"{page}/surat/{BANDWIDTH}.pdf").data


def test_PKL_B_CT3_the_paper_says_every_figure_and_what_was_not_measured(desk: Desk, tsdb: str) -> None:
    found = bandwidth_report(Prometheus(tsdb), desk, "dinkes", datetime.fromtimestamp(END - 15, UTC))
    number = request(desk)
    case = read_case(desk, number)
    facts = facts_of(desk, Office(), case, by_hash(desk.store, case.sop_hash), MONDAY)
    facts = replace(facts, monitored=found.data())
    said = {row[0]: row[1:] for row in bandwidth(facts, found.data()).rows}
    assert said["Puncak"] == tuple(f"{rate} Mbit/s pada 20 November 2026 pukul 12.00 WIB" for rate in (16, 4))
    assert said["Alokasi, batas"] == ("10 Mbit/s", "10 Mbit/s")
    assert said["Pertumbuhan p95 per bulan"][0].startswith("belum dapat dihitung")
    assert "sha256" in bandwidth(facts, found.data()).closing[1]


def test_a_graph_draws_no_line_over_what_was_not_measured() -> None:
    drawn = with_gaps([(0, 1.0), (300, 2.0), (1500, 3.0), (1800, 4.0)])
    assert [at for at, value in drawn if value != value] == [900]
    assert with_gaps([]) == [] and with_gaps([(0, 1.0)]) == [(0, 1.0)]


def test_the_allocation_is_drawn_as_it_was_and_each_ceiling_until_the_next_begins() -> None:
    drawn = stairs([(-100.0, 20.0), (600.0, 60.0)], [0.0, 300.0, 600.0, 900.0])
    assert drawn == [(0.0, 20.0), (600.0, 20.0), (600.0, 60.0), (900.0, 60.0)]
    assert stairs([], [0.0]) == [] and stairs([(0.0, 20.0)], []) == []


class Steady(Prometheus):
    """A Prometheus whose every counter grew twice at the begin of what is asked, and every figure the same."""

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        return 288.0 if "count_over_time" in expression else 1e6

    def every_series(
        self, expression: str, times: tuple[float, float], step: float
    ) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        return [({}, [(times[0], 0.0), (times[0] + step, 3e8), (times[0] + 2 * step, 9e8)])]

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        return []


def test_PKL_B_KT2_the_case_shows_the_offices_graph_and_leads_to_its_board_at_its_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = site.request().number
    site.enter("head_of_division")
    app = site.client.application
    here = app.extensions["office"]
    config = here.config.model_copy(update={"grafana": "https://grafana.contoh.go.id/"})
    monkeypatch.setitem(app.extensions, "office", replace(here, config=config, prometheus=Steady("http://127.0.0.1:9")))
    page = site.get(f"/kasus/{number}")
    assert f'src="/kasus/{number}/grafik.svg"' in page
    (link,) = re.findall(r'href="(https://grafana[^"]+)"', page)
    asked = parse_qs(urlsplit(unescape(link)).query)
    opened = read_case(site.desk, number).opened_at.timestamp()
    assert urlsplit(link).path == "/d/lebarpita-opd" and asked["var-opd"] == ["dinkes"]
    assert int(asked["from"][0]) == round((opened - 30 * 86400) * 1000) and int(asked["to"][0]) > opened * 1000
    assert f'<source media="(max-width: 40rem)" srcset="/kasus/{number}/grafik.svg?layar=kecil"' in page
    drawn = site.client.get(f"/kasus/{number}/grafik.svg")
    assert drawn.content_type == "image/svg+xml" and drawn.data.startswith(b"<?xml")
    monkeypatch.setitem(app.extensions, "office", here)
    assert site.client.get(f"/kasus/{number}/grafik.svg").status_code == 404


def test_PKL_B_KT2_the_graph_is_the_series_with_its_ceilings() -> None:
    ceilings = {way: [(STARTED - 86_400, 1_250_000)] for way in ("receive", "transmit")}
    limits = Limits(ceilings, {"receive": 2_500_000, "transmit": 2_500_000})
    drawn = graph(
        [(STARTED, 1e6), (STARTED + 300, 2e6)], [(STARTED, 1e5), (STARTED + 300, 2e5)], limits, CALENDAR.local
    )
    assert drawn.startswith("<?xml") and drawn.count("stroke-dasharray") >= 2
    assert drawn == graph(
        [(STARTED, 1e6), (STARTED + 300, 2e6)], [(STARTED, 1e5), (STARTED + 300, 2e5)], limits, CALENDAR.local
    )
