"""The sign of life on the alerts' way: while it comes nobody is told; when it stops, the administrators are, once."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from tracker_office import MONDAY
from tree import ROOT

from alert_rules import rule_files
from request_tracker.cases import Desk
from request_tracker.metrics import TrackerFigures
from request_tracker.notifications.watchdog import SILENT_AFTER, WATCHDOG, last_sign, tell_silence
from request_tracker.outages.outage_reports import AlertDelivery
from request_tracker.outages.tickets import deliver


def sign(desk: Desk, at: datetime) -> None:
    """As Alertmanager sends it again and again: the same alert, the same beginning."""
    alert = AlertDelivery(
        fingerprint="0123456789abcdef",
        status="firing",
        labels={"alertname": WATCHDOG, "severity": "info"},
        annotations={"summary": "Jalur peringatan hidup"},
        starts_at=MONDAY.isoformat(),
        started_at=MONDAY.timestamp(),
        ended_at=None,
    )
    deliver(desk, [alert], at)


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def test_a_sign_that_keeps_coming_tells_nobody(desk: Desk) -> None:
    for minute in range(0, 60, 5):
        sign(desk, minutes(minute))
        assert tell_silence(desk, minutes(minute + 4)) == []
    assert last_sign(desk.store) == minutes(55)


def test_a_sign_that_stops_is_told_once_and_when_it_stops_again(desk: Desk) -> None:
    sign(desk, minutes(0))
    sign(desk, minutes(5))
    silent = 5 + SILENT_AFTER / timedelta(minutes=1)
    assert tell_silence(desk, minutes(silent - 1)) == []
    assert tell_silence(desk, minutes(silent)) == ["admin"]
    assert tell_silence(desk, minutes(silent + 60)) == []
    sign(desk, minutes(200))
    assert tell_silence(desk, minutes(201)) == []
    assert tell_silence(desk, minutes(230)) == ["admin"]
    rows = desk.store.rows("SELECT recipient, payload FROM outbox ORDER BY id")
    assert [row["recipient"] for row in rows] == ["role:admin"] * 2
    assert "watchdog_silent" in rows[0]["payload"] and "WIB" in rows[0]["payload"]


def test_an_office_whose_alertmanager_never_sent_it_is_told_nothing(desk: Desk) -> None:
    assert last_sign(desk.store) is None and tell_silence(desk, minutes(600)) == []


def test_its_last_moment_is_a_metric(desk: Desk) -> None:
    sign(desk, minutes(0))
    sign(desk, minutes(5))
    values = [s.value for family in TrackerFigures(desk).collect() for s in family.samples if "watchdog" in s.name]
    assert values == [minutes(5).timestamp()]


def test_the_rules_fire_it_and_alertmanager_repeats_it_three_times_before_it_is_missed() -> None:
    assert any(f"alert: {WATCHDOG}\n" in path.read_text(encoding="utf-8") for path in rule_files())
    route = read(ROOT / "alert_rules" / "alertmanager.yml")["route"]["routes"]
    (repeat,) = [
        r["repeat_interval"] for r in route if r.get("receiver") == "tracker" and WATCHDOG in str(r.get("matchers"))
    ]
    assert timedelta(minutes=int(repeat.removesuffix("m"))) * 3 < SILENT_AFTER


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
