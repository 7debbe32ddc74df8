"""An end that only Alertmanager tells waits for the watch's journal: a silent watch makes Prometheus resolve too."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tracker_office import MONDAY

from lab.loopback import at_work
from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.outages.outage_reports import AlertDelivery, OutageRecord
from request_tracker.outages.tickets import deliver, reconcile
from request_tracker.worker import known_outages

BEGUN = MONDAY.timestamp()
LABELS = {"alertname": "LebarpitaOutage", "root": "agg-timur", "kind": "link", "severity": "critical"}


class Journal(BaseHTTPRequestHandler):
    """A stand-in for the watch's ``/outages``: tells what the test says, or nothing at all."""

    told: ClassVar[list[dict[str, Any]] | None] = None

    def do_GET(self) -> None:
        self.send_response(503 if self.told is None else 200)
        self.end_headers()
        self.wfile.write(json.dumps({"outages": self.told}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@pytest.fixture
def config(tmp_path: Path) -> Iterator[TrackerConfig]:
    Journal.told = None
    with at_work(HTTPServer(("127.0.0.1", 0), Journal)) as watch:
        yield TrackerConfig(inventory=Path("city.yaml"), database=tmp_path / "t.db", files=tmp_path, watch=watch)


def tell(desk: Desk, status: str, begun: float = BEGUN, ended: float | None = None) -> None:
    starts = (MONDAY + timedelta(seconds=begun - BEGUN)).isoformat()
    alert = AlertDelivery(
        fingerprint="f1",
        status=status,
        labels=LABELS,
        annotations={},
        starts_at=starts,
        started_at=begun,
        ended_at=ended,
    )
    deliver(desk, [alert], MONDAY, journal=True)


def ask(desk: Desk, config: TrackerConfig, ended: float | None) -> None:
    row = {"root": "agg-timur", "kind": "link", "cause": "link_down", "offices": ["rsud"]}
    Journal.told = [{**row, "started_at": BEGUN - 6, "ended_at": ended}]
    reconcile(desk, known_outages(desk, config, MONDAY), MONDAY)


def ends(desk: Desk) -> list[float | None]:
    return [row["ended_at"] for row in desk.store.rows("SELECT ended_at FROM tickets ORDER BY id")]


def test_PKL_G_01a_an_end_is_not_believed_while_the_watch_is_silent(desk: Desk, config: TrackerConfig) -> None:
    tell(desk, "firing")
    tell(desk, "resolved", ended=BEGUN + 9)
    reconcile(desk, known_outages(desk, config, MONDAY), MONDAY)
    assert ends(desk) == [None]


def test_PKL_G_01a_a_watch_that_comes_back_keeps_the_one_ticket(desk: Desk, config: TrackerConfig) -> None:
    tell(desk, "firing")
    tell(desk, "resolved", ended=BEGUN + 9)
    ask(desk, config, None)
    tell(desk, "firing", BEGUN + 20)
    ask(desk, config, None)
    assert ends(desk) == [None]
    tell(desk, "resolved", BEGUN + 20, BEGUN + 61)
    ask(desk, config, BEGUN + 60)
    assert ends(desk) == [BEGUN + 60]


def test_PKL_G_01a_an_end_the_journal_knows_nothing_of_is_alertmanagers(desk: Desk, config: TrackerConfig) -> None:
    tell(desk, "firing")
    tell(desk, "resolved", ended=BEGUN + 9)
    Journal.told = []
    for _ in range(2):
        reconcile(desk, known_outages(desk, config, MONDAY), MONDAY)
    assert ends(desk) == [BEGUN + 9]


def test_an_outage_that_began_soon_after_another_was_over_has_a_ticket_of_its_own(desk: Desk) -> None:
    """Alertmanager keeps the first one's beginning; the journal tells two, twenty seconds apart."""
    first = OutageRecord("agg-timur", "link", "silent", ("rsud",), BEGUN, BEGUN + 4, "watch")
    second = replace(first, started_at=BEGUN + 20, ended_at=None)
    (number,) = reconcile(desk, [first], MONDAY)
    tell(desk, "firing")
    (other,) = reconcile(desk, [first, second], MONDAY)
    assert reconcile(desk, [first, second], MONDAY) == [] and number != other
    rows = desk.store.rows("SELECT number, started_at, ended_at FROM tickets ORDER BY id")
    assert [(row["number"], row["started_at"], row["ended_at"]) for row in rows] == [
        (number, BEGUN, BEGUN + 4),
        (other, BEGUN + 20, None),
    ]
