"""The same root that falls again is the same ticket: how often, its minutes summed; the cause follows the journal."""

from dataclasses import replace
from datetime import timedelta

from tracker_office import MONDAY

from request_tracker.cases import Desk, read_case
from request_tracker.cases.queries import history
from request_tracker.outages.outage_reports import AlertDelivery, OutageRecord, read_journal
from request_tracker.outages.tickets import deliver, reconcile
from request_tracker.reports.quarter import evaluate, quarter
from request_tracker.store.database import Row

BEGUN = MONDAY.timestamp()
FIRST = OutageRecord("agg-timur", "link", "unreachable", ("rsud",), BEGUN, None, "watch", 1, 0.0)


def tell(desk: Desk, outage: OutageRecord, seconds: float) -> list[str]:
    return reconcile(desk, [outage], MONDAY + timedelta(seconds=seconds))


def tickets(desk: Desk) -> list[Row]:
    return desk.store.rows("SELECT * FROM tickets ORDER BY id")


def kinds(desk: Desk, number: str) -> list[str]:
    return [event.kind for event in history(desk, number) if event.kind in ("interrupted_again", "connected")]


def test_PKL_G_01a_a_line_that_falls_again_is_the_same_ticket_and_its_minutes_are_summed(desk: Desk) -> None:
    (number,) = tell(desk, FIRST, 5)
    tell(desk, replace(FIRST, ended_at=BEGUN + 60, down_seconds=60.0), 70)
    assert tickets(desk)[0]["ended_at"] == BEGUN + 60
    assert tell(desk, replace(FIRST, interruptions=2, down_seconds=60.0), 200) == []
    assert tickets(desk)[0]["ended_at"] is None
    over = replace(FIRST, interruptions=2, ended_at=BEGUN + 320, down_seconds=180.0)
    assert tell(desk, over, 330) == [] and tell(desk, over, 390) == []
    (row,) = tickets(desk)
    assert (row["number"], row["interruptions"], row["down_seconds"], row["ended_at"]) == (
        number,
        2,
        180.0,
        BEGUN + 320,
    )
    assert kinds(desk, number) == ["connected", "interrupted_again", "connected"]
    assert [e.data["minutes"] for e in history(desk, number) if e.kind == "connected"] == [1.0, 3.0]


def test_PKL_G_01a_a_line_that_flaps_all_the_time_is_one_ticket_and_one_case(desk: Desk) -> None:
    (number,) = tell(desk, FIRST, 5)
    for turn in range(2, 31):
        tell(desk, replace(FIRST, interruptions=turn, down_seconds=5.0 * turn), 10.0 * turn)
    assert len(tickets(desk)) == 1 and desk.store.value("SELECT count(*) FROM cases") == 1
    times = [event.data["time"] for event in history(desk, number) if event.kind == "interrupted_again"]
    assert times == list(range(1, 30))
    assert read_case(desk, number).ending is None


def test_PKL_S_13_the_quarter_counts_the_minutes_down_and_not_those_between(desk: Desk) -> None:
    tell(desk, replace(FIRST, interruptions=3, ended_at=BEGUN + 3600, down_seconds=600.0), 3700)
    assert tickets(desk)[0]["down_seconds"] == 600.0
    later = MONDAY + timedelta(days=1)
    of = quarter(f"{MONDAY.year}-Q{(MONDAY.month - 1) // 3 + 1}")
    assert evaluate(desk, of, later).outage_minutes == 10


def test_PKL_G_05_the_cause_of_a_ticket_follows_the_journal(desk: Desk) -> None:
    tell(desk, FIRST, 5)
    for cause in ("silent", "link_down", "unreachable"):
        tell(desk, replace(FIRST, cause=cause), 12)
    assert tickets(desk)[0]["cause"] == "link_down"


def told_at(seconds: float, annotations: dict[str, str]) -> AlertDelivery:
    begun = MONDAY + timedelta(seconds=seconds)
    return AlertDelivery(
        fingerprint="f1",
        status="firing",
        labels={"alertname": "LebarpitaOutage", "root": "agg-timur", "kind": "link"},
        annotations=annotations,
        starts_at=begun.isoformat(),
        started_at=begun.timestamp(),
        ended_at=None,
    )


def test_PKL_G_01a_what_a_rule_tells_soon_after_waits_for_the_journal_to_say_whether_it_is_the_same(desk: Desk) -> None:
    tell(desk, replace(FIRST, ended_at=BEGUN + 60, down_seconds=60.0), 70)
    assert deliver(desk, [told_at(130, {})], MONDAY, journal=True) == []
    assert tell(desk, replace(FIRST, interruptions=2, down_seconds=60.0), 131) == []
    assert len(tickets(desk)) == 1 and tickets(desk)[0]["ended_at"] is None


def test_PKL_G_01a_what_the_watch_tells_as_another_outage_has_its_ticket_at_once(desk: Desk) -> None:
    tell(desk, replace(FIRST, ended_at=BEGUN + 60, down_seconds=60.0), 70)
    assert deliver(desk, [told_at(0, {"outage": "agg-timur@1"})], MONDAY, journal=True) == []
    assert len(deliver(desk, [told_at(130, {"outage": "agg-timur@2"})], MONDAY, journal=True)) == 1


def test_PKL_G_01a_a_line_that_snmp_alone_saw_go_down_has_a_ticket_with_what_the_inventory_knows(desk: Desk) -> None:
    alert = AlertDelivery(
        fingerprint="f2",
        status="firing",
        labels={"alertname": "LebarpitaOutageWithoutWatch", "root": "timur-rsud"},
        annotations={"cause": "link_down"},
        starts_at=MONDAY.isoformat(),
        started_at=BEGUN,
        ended_at=None,
    )
    assert len(deliver(desk, [alert], MONDAY, journal=True)) == 1
    (row,) = tickets(desk)
    assert (row["root"], row["kind"], row["cause"], row["offices"]) == ("timur-rsud", "opd", "link_down", '["rsud"]')
    assert tell(desk, replace(FIRST, root="timur-rsud", kind="opd", started_at=BEGUN - 20), 60) == []


def test_a_journal_of_before_outages_could_come_back_is_read() -> None:
    row = {"root": "x", "kind": "link", "cause": "silent", "offices": [], "started_at": 1.0, "ended_at": None}
    (outage,) = read_journal({"outages": [row]})
    assert isinstance(outage, OutageRecord)
    assert (outage.interruptions, outage.summed) == (1, None)
