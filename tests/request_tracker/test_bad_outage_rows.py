"""One outage that cannot be read or taken: those beside it have their tickets all the same, and all is asked again."""

from collections.abc import Mapping
from typing import Any

import pytest
from alertmanager_fake import alertmanager_fake
from test_bad_rows import HOUR, ROOTS, outages
from tracker_office import MONDAY

from inventory.model import City
from request_tracker.cases import Desk
from request_tracker.outages import work_silences
from request_tracker.outages.maintenance import announce
from request_tracker.outages.outage_reports import OutageRecord, read_journal, read_list, read_webhook
from request_tracker.outages.tickets import deliver, reconcile
from request_tracker.outages.work_scope import labels
from request_tracker.outages.work_silences import place_silences
from runtime.rows import RowsFailed


def test_an_outage_of_the_journal_that_cannot_be_read_keeps_no_other_from_its_ticket(desk: Desk) -> None:
    row = {
        "kind": "link",
        "cause": "link_down",
        "offices": ["rsud"],
        "started_at": MONDAY.timestamp(),
        "ended_at": None,
    }
    journal = [{**row, "root": ROOTS[0]}, {**row, "root": ROOTS[1], "started_at": 1e300}, {**row, "root": ROOTS[2]}, 5]
    with pytest.raises(RowsFailed) as failed:
        reconcile(desk, read_journal({"outages": journal}), MONDAY)
    assert len(failed.value.results) == 2
    assert failed.value.rows == {"watch /outages [1]", "watch /outages [3]"}
    assert [row["root"] for row in desk.store.rows("SELECT root FROM tickets ORDER BY id")] == [ROOTS[0], ROOTS[2]]


def test_an_outage_of_the_list_that_cannot_be_read_keeps_no_other_from_its_ticket(desk: Desk) -> None:
    labels = {"alertname": "LebarpitaOutage", "root": ROOTS[0], "kind": "link"}
    alerts = [{"fingerprint": "f1", "startsAt": "never", "labels": labels}]
    alerts.append({"fingerprint": "f2", "startsAt": MONDAY.isoformat(), "labels": {**labels, "root": ROOTS[1]}})
    with pytest.raises(RowsFailed):
        reconcile(desk, read_list(alerts), MONDAY)
    assert [row["root"] for row in desk.store.rows("SELECT root FROM tickets")] == [ROOTS[1]]


def test_an_outage_that_cannot_be_taken_keeps_no_other_from_its_ticket(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = OutageRecord.__getattribute__

    def broken(outage: OutageRecord, name: str) -> Any:
        if name == "kind" and real(outage, "root") == ROOTS[0]:
            raise KeyError("kind")
        return real(outage, name)

    monkeypatch.setattr(OutageRecord, "__getattribute__", broken)
    with pytest.raises(RowsFailed) as failed:
        outages(desk)
    assert failed.value.rows == {f"{ROOTS[0]}@{MONDAY.timestamp():.3f}"} and len(failed.value.results) == 2


def test_a_webhook_of_which_one_alert_cannot_be_stored_stores_the_others_and_asks_for_all_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = {"alertname": "LebarpitaOutage", "kind": "link"}
    alerts = []
    for number, root in enumerate(ROOTS):
        alert = {"fingerprint": f"f{number}", "status": "firing", "startsAt": MONDAY.isoformat()}
        alerts.append({**alert, "labels": {**labels, "root": root}})
    from_alertmanager = read_webhook({"alerts": alerts})
    with monkeypatch.context() as patch:
        patch.setattr("request_tracker.outages.tickets.of_root", lambda kind: 1 / 0)
        with pytest.raises(RowsFailed) as failed:
            deliver(desk, from_alertmanager, MONDAY)
    assert failed.value.rows == {"f0", "f1", "f2"}
    assert desk.store.value("SELECT count(*) FROM deliveries") == 0
    assert len(deliver(desk, from_alertmanager, MONDAY)) == 3
    assert deliver(desk, from_alertmanager, MONDAY) == []


def test_an_announced_work_whose_silence_fails_keeps_no_other_from_being_silenced(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for root in ROOTS:
        announce(desk.store, root, (MONDAY, MONDAY + HOUR), "ganti kabel", "user:4")

    def wanted(city: City, root: str) -> Mapping[str, frozenset[str]]:
        if root == ROOTS[0]:
            raise KeyError(root)
        return labels(city, root)

    monkeypatch.setattr(work_silences, "labels", wanted)
    with alertmanager_fake() as fake, pytest.raises(RowsFailed) as failed:
        place_silences(desk.store, desk.city, fake.url, MONDAY)
    placed = desk.store.rows("SELECT DISTINCT root FROM maintenance m JOIN work_silences s ON s.window = m.id")
    assert [row["root"] for row in placed] == list(ROOTS[1:]) and len(failed.value.results) == 2
