"""The chain of calls as metrics: how far it has come, by which role it was taken, whether somebody is on duty."""

from datetime import datetime, timedelta

from tracker_office import MONDAY

from request_tracker.cases import Desk, Who
from request_tracker.metrics import TrackerFigures
from request_tracker.outages.chain_figures import CHAIN_METRICS, chain_figures
from request_tracker.outages.follow import escalate
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import acknowledge, reconcile
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.roster import add_turn

Samples = dict[str, dict[tuple[str, ...], float]]


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def figures(desk: Desk, at: datetime) -> Samples:
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in chain_figures(desk.store, at)
    }


def outage(desk: Desk) -> str:
    record = OutageRecord("agg-timur", "link", "link_down", ("rsud",), MONDAY.timestamp(), None, "watch")
    return reconcile(desk, [record], MONDAY)[0]


def test_the_stage_counts_the_levels_called_and_not_their_repetitions(desk: Desk) -> None:
    number = outage(desk)
    assert figures(desk, MONDAY)["lebarpita_outage_escalation_stage"] == {("agg-timur", number): 0}
    for minute, stage in ((0, 1), (6, 1), (11, 2), (21, 3), (41, 4), (91, 5), (130, 5)):
        escalate(desk, minutes(minute))
        assert figures(desk, MONDAY)["lebarpita_outage_escalation_stage"] == {("agg-timur", number): stage}


def test_who_took_it_is_told_by_role(desk: Desk) -> None:
    number = outage(desk)
    user = add_user(desk.store, NewAccount("siti", "Siti", ("technician",), "sandi-yang-panjang"), MONDAY)
    assert figures(desk, MONDAY)["lebarpita_outage_taken_info"] == {}
    acknowledge(desk, number, Who(f"user:{user}", frozenset({"technician"})), minutes(3))
    assert figures(desk, MONDAY)["lebarpita_outage_taken_info"] == {(number, "technician"): 1}


def test_duty_says_whether_the_roster_names_somebody_now(desk: Desk) -> None:
    user = add_user(desk.store, NewAccount("siti", "Siti", ("technician",), "sandi-yang-panjang"), MONDAY)
    add_turn(desk.store, user, 1, minutes(0), minutes(60))
    assert figures(desk, minutes(30))["lebarpita_duty_filled"] == {("1",): 1, ("2",): 0}
    assert figures(desk, minutes(90))["lebarpita_duty_filled"] == {("1",): 0, ("2",): 0}


def test_the_tracker_serves_them(desk: Desk) -> None:
    names = {family.name for family in TrackerFigures(desk).collect()}
    assert {metric.name for metric in CHAIN_METRICS} <= names
