"""The outage as a real Prometheus knows it: the report's figures, and the same report when it is asked again."""

from datetime import UTC, datetime

import pytest
from tracker_office import CITY
from tracker_tsdb import BOOTED, ENDED, STARTED

from request_tracker.cases import Desk
from request_tracker.evidence.connected import connected
from request_tracker.evidence.outage import OutageReport, StateChange, place_of, report, turns_of
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.outages.outage_reports import OutageRecord, read_webhook
from request_tracker.outages.tickets import deliver, reconcile, ticket

LATER = ENDED + 600
LABELS = {"alertname": "LebarpitaOutage", "root": "agg-timur", "kind": "link"}


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


@pytest.fixture
def number(desk: Desk) -> str:
    alert = {"status": "firing", "fingerprint": "f1", "labels": LABELS, "startsAt": moment(STARTED).isoformat()}
    told = {"offices": "rsud,dishub,dpupr,dinsos", "cause": "link_down", "summary": "agg-timur terputus"}
    (number,) = deliver(desk, read_webhook({"alerts": [{**alert, "annotations": told}]}), moment(STARTED + 4))
    over = OutageRecord("agg-timur", "link", "link_down", ("rsud", "dishub"), STARTED, ENDED, "watch")
    reconcile(desk, [over], moment(ENDED + 20))
    return number


def asked(desk: Desk, number: str, url: str | None, at: float = LATER) -> OutageReport:
    row = ticket(desk, number)
    assert row is not None
    return report(Prometheus(url), desk, row, at)


def test_PKL_G_05_the_report_tells_what_the_monitoring_saw(desk: Desk, number: str, tsdb: str) -> None:
    found = asked(desk, number, tsdb)
    assert (found.minutes, found.measured_minutes, found.unmeasured_minutes) == (47.0, 47.0, 0.0)
    assert [turn.state for turn in found.turns] == ["up", "down", "up"]
    assert (found.turns[1].at, found.turns[2].at) == (STARTED, ENDED)
    receive: object = found.receive
    assert receive == (pytest.approx(2_000_000, rel=0.01), 0.0)
    round_trip: object = found.round_trip
    assert round_trip == (pytest.approx(0.002, rel=0.01), pytest.approx(0.003))
    assert (found.lost_rounds, found.booted) == (47 * 60, (("agg", BOOTED), ("dist-timur", BOOTED)))
    # Of the thirty days before the outage's nothing was measured: neither up nor down.
    assert (found.availability, found.availability_measured) == (None, 0.0)
    assert [(alert.name, alert.text) for alert in found.alerts] == [("LebarpitaOutage", "agg-timur terputus")]


def test_PKL_G_05_asked_again_for_the_same_moment_it_is_identical(desk: Desk, number: str, tsdb: str) -> None:
    first, again = (asked(desk, number, tsdb).data() for _ in range(2))
    assert first == again and len(first["sha256"]) == 64
    assert asked(desk, number, tsdb, LATER + 60).data()["sha256"] != first["sha256"]


def test_PKL_G_05_while_it_lasts_the_minutes_run_until_now(desk: Desk, number: str, tsdb: str) -> None:
    found = asked(desk, number, tsdb, STARTED + 600)
    assert (found.ended_at, found.minutes, found.measured_minutes) == (None, 10.0, 10.0)
    assert found.turns[-1].state == "down"


def test_PKL_G_05_a_silent_prometheus_is_said_and_nothing_is_filled_in(desk: Desk, number: str) -> None:
    found = asked(desk, number, None)
    assert found.problem is not None and "Prometheus" in found.problem
    assert (found.measured_minutes, found.receive, found.minutes) == (None, (None, None), 47.0)


def test_PKL_G_05_what_was_not_measured_is_not_called_up() -> None:
    points = [(0.0, 1.0), (15.0, 0.0), (60.0, 1.0)]
    assert turns_of(points, 0, 60, 15) == [
        StateChange(0, "up"),
        StateChange(15, "down"),
        StateChange(30, "unmeasured"),
        StateChange(60, "up"),
    ]


def test_PKL_G_05_a_root_is_watched_by_everything_behind_it() -> None:
    place = place_of(CITY, "agg-timur")
    assert place is not None and place.devices == ("agg", "dist-timur")
    assert place.watched == ("agg-timur", "timur-dinsos", "timur-dishub", "timur-dpupr", "timur-rsud")
    core = place_of(CITY, "core")
    assert core is not None and len(core.watched) > 12
    assert place_of(CITY, "entah") is None


@pytest.mark.parametrize(
    ("root", "at", "proposal", "words"),
    [
        ("agg-timur", ENDED + 900, "terhubung", "tanpa putus selama 10 menit"),
        ("agg-timur", STARTED + 300, "tidak_terhubung", "sedang terputus"),
        ("agg-timur", ENDED + 300, None, "belum stabil"),
        ("agg-selatan", ENDED + 900, None, "belum stabil"),
        ("agg-timur", ENDED + 864_000, None, "terukur 0 %"),
        ("entah", ENDED, None, "tidak ada dalam inventaris"),
    ],
)
def test_PKL_G_08b_only_a_line_that_stays_is_proposed_as_connected(
    tsdb: str, root: str, at: float, proposal: str | None, words: str
) -> None:
    verdict = connected(Prometheus(tsdb), CITY, root, at)
    assert (verdict.proposal, words in verdict.reason.indonesian) == (proposal, True), verdict
