"""Outages nobody takes, estimates that pass, announced maintenance: by a simulated clock, with Alertmanager's API."""

from datetime import datetime, timedelta

import pytest
from tracker_office import MONDAY, TECHNICIAN

from request_tracker.cases import Desk, Note, history, run
from request_tracker.outages.follow import escalate, follow_calls, follow_estimates
from request_tracker.outages.maintenance import announce, finish
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import acknowledge, reconcile
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.roster import add_turn


def outage(desk: Desk) -> str:
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), MONDAY.timestamp(), None, "watch")
    return reconcile(desk, [told], MONDAY)[0]


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def test_PKL_G_ESC_each_level_is_called_once_at_its_minute(desk: Desk) -> None:
    number = outage(desk)
    people = [role for minute in range(0, 120) for _, role in escalate(desk, minutes(minute))]
    named = ["technician", "technician", "head_of_section", "head_of_division", "head_of_office"]
    assert list(dict.fromkeys(people)) == [f"role:{role}" for role in dict.fromkeys(named)]
    told = [event for event in history(desk, number) if event.kind == "escalated"]
    assert [event.data["to"] for event in told] == [f"role:{role}" for role in named]


def test_PKL_G_ESC_whoever_was_called_last_is_called_again_every_five_minutes(desk: Desk) -> None:
    number = outage(desk)
    at = [(minute, to) for minute in range(0, 31) for _, to in escalate(desk, minutes(minute))]
    technician, section = "role:technician", "role:head_of_section"
    assert at == [(m, technician if m < 20 else section) for m in range(0, 31, 5)]
    assert desk.store.value("SELECT count(*) FROM outbox WHERE key LIKE ?", [f"follow:{number}:%"]) == 7
    acknowledge(desk, number, TECHNICIAN, minutes(31))
    assert [escalate(desk, minutes(minute)) for minute in range(31, 60)] == [[]] * 29


def test_PKL_G_ESC_a_tracker_that_was_off_calls_each_level_and_not_every_call_it_missed(desk: Desk) -> None:
    outage(desk)
    assert len(escalate(desk, minutes(64))) == 5


def test_PKL_G_ESC_taking_the_ticket_stops_the_calls(desk: Desk) -> None:
    number = outage(desk)
    escalate(desk, minutes(0))
    acknowledge(desk, number, TECHNICIAN, minutes(5))
    assert escalate(desk, minutes(60)) == []


def test_PKL_G_ESC_the_person_on_duty_is_called_by_name(desk: Desk) -> None:
    wanted = NewAccount("piket", "Petugas Piket", ("technician",), "sandi-yang-panjang")
    user = add_user(desk.store, wanted, MONDAY)
    add_turn(desk.store, user, 1, minutes(-60), minutes(600))
    outage(desk)
    assert [who for _, who in escalate(desk, minutes(0))] == [f"user:{user}"]


def test_PKL_G_08d_a_missed_estimate_is_followed_up_once(desk: Desk) -> None:
    number = outage(desk)
    run(desk, number, Note("recovery_estimate", {"estimate": minutes(30).isoformat()}), TECHNICIAN, minutes(1))
    assert follow_estimates(desk, minutes(29)) == []
    assert follow_estimates(desk, minutes(31)) == [number]
    assert follow_estimates(desk, minutes(32)) == []


def test_PKL_G_08a_the_next_call_to_the_isp_is_reminded_of_once_at_its_time(desk: Desk) -> None:
    number = outage(desk)
    said = {"isp": "ISP Contoh", "next_call": minutes(30).isoformat()}
    run(desk, number, Note("isp_contact", said), TECHNICIAN, minutes(1))
    assert follow_calls(desk, minutes(29)) == []
    assert follow_calls(desk, minutes(30)) == [number]
    assert follow_calls(desk, minutes(31)) == []
    row = desk.store.row("SELECT recipient, payload FROM outbox WHERE key LIKE '%call:%'")
    assert row and row["recipient"] == TECHNICIAN.person and "isp_call_due" in row["payload"]
    run(desk, number, Note("isp_contact", {**said, "next_call": minutes(60).isoformat()}), TECHNICIAN, minutes(32))
    assert (follow_calls(desk, minutes(59)), follow_calls(desk, minutes(61))) == ([], [number])


def test_PKL_G_08a_a_newer_contact_or_the_end_of_the_outage_takes_the_reminder_away(desk: Desk) -> None:
    number = outage(desk)
    said = {"isp": "ISP Contoh", "next_call": minutes(30).isoformat()}
    run(desk, number, Note("isp_contact", said), TECHNICIAN, minutes(1))
    run(desk, number, Note("isp_contact", {"isp": "ISP Contoh"}), TECHNICIAN, minutes(5))
    assert follow_calls(desk, minutes(40)) == []
    run(desk, number, Note("isp_contact", said), TECHNICIAN, minutes(6))
    begun, ended = MONDAY.timestamp(), minutes(20).timestamp()
    reconcile(desk, [OutageRecord("agg-timur", "link", "link_down", ("rsud",), begun, ended, "watch")], minutes(20))
    assert follow_calls(desk, minutes(40)) == []


def test_PKL_G_MNT_announced_work_calls_nobody_and_still_measures(desk: Desk) -> None:
    window = announce(desk.store, "agg-timur", (minutes(-1), minutes(60)), "ganti serat", "user:1")
    number = outage(desk)
    assert escalate(desk, minutes(30)) == []
    assert desk.store.value("SELECT number FROM tickets") == number
    finish(desk.store, window, minutes(31))
    assert escalate(desk, minutes(31)) != []


@pytest.mark.parametrize("scope", ["agg-timur", "dist-timur", "core-agg", "core"])
def test_PKL_G_MNT_work_on_a_trunk_or_a_device_calls_nobody_for_what_flickers_behind_it(desk: Desk, scope: str) -> None:
    announce(desk.store, scope, (minutes(-1), minutes(60)), "ganti serat", "user:1")
    reconcile(desk, [OutageRecord("timur-rsud", "opd", "silent", ("rsud",), MONDAY.timestamp(), None, "watch")], MONDAY)
    assert escalate(desk, minutes(30)) == []
    assert desk.store.value("SELECT count(*) FROM outbox") == 0


def test_PKL_G_MNT_work_on_one_line_explains_no_other(desk: Desk) -> None:
    for scope in ("agg-utara", "dist-utara", "timur-dishub", "isp-utama"):
        announce(desk.store, scope, (minutes(-1), minutes(60)), "ganti serat", "user:1")
    outage(desk)
    assert escalate(desk, minutes(30)) != []
