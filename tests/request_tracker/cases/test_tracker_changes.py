"""A change of bandwidth: through the ledger only, proven before it counts, and seen by the monitoring."""

from datetime import UTC, datetime, timedelta

import pytest
from htb_classes import htb_class
from prometheus_client import CollectorRegistry
from tracker_office import (
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    MONDAY,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    applied,
    numbered,
    request,
    true_proof,
    walk_to,
)

from request_tracker.cases import Allocation, ApplyAllocation, Desk, Sign, history, read_case, run
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.metrics import TrackerFigures
from request_tracker.web.cases.changes import network_changes
from shaping.drivers.linux.changes import operation_of
from shaping.plan import Act, Plan, SettingChange, summary

FIFTY_DOWN = (FIFTY.receive_guaranteed, FIFTY.receive_ceiling)


def ready(desk: Desk, now: datetime = MONDAY, allocation: Allocation = FIFTY) -> str:
    number = request(desk, "KTM-BW", now)
    walk_to(
        desk,
        number,
        [
            (SECRETARIAT, Sign("KTM-02")),
            (HEAD, Sign("KTM-02")),
            (DIVISION, Sign("KTM-03")),
            (SECTION, Sign("KTM-03")),
            (SECTION, Sign("KTM-04", note="periksa", assignee=TECHNICIAN)),
            (TECHNICIAN, numbered(Sign("KTM-05", documents={"cek": EVIDENCE}), allocation)),
            (TECHNICIAN, Sign("KTM-06", decision="tersedia", documents={"mon": EVIDENCE})),
        ],
        now,
    )
    return number


def test_KTM_07a_the_change_goes_through_the_ledger_and_waits_for_its_proof(desk: Desk) -> None:
    number, later = ready(desk), MONDAY + timedelta(hours=1)
    run(desk, number, ApplyAllocation("KTM-07", FIFTY), TECHNICIAN, later)
    case = read_case(desk, number)
    assert case.awaiting is not None and case.open_step("KTM-07") is not None
    assert allocations.allocation_of(desk.store, "dinkes", later) == FIFTY
    with pytest.raises(Refused) as early:
        run(desk, number, Sign("KTM-07"), TECHNICIAN, later)
    assert early.value.code == "awaiting"
    record_proof(desk, true_proof(desk, later), later + timedelta(seconds=15))
    assert [step.id for step in read_case(desk, number).open_steps] == ["KTM-08"]


def test_KTM_07a_what_was_before_and_who_changed_it_stand_in_the_history(desk: Desk) -> None:
    number, later = ready(desk), MONDAY + timedelta(hours=1)
    before = allocations.allocation_of(desk.store, "dinkes", later)
    applied(desk, number, "KTM-07", later)
    change = next(event for event in history(desk, number) if event.kind == "allocation_applied")
    assert change.actor == TECHNICIAN.person and before is not None
    assert change.data["before"] == allocations.as_data(before)
    assert change.data["after"] == allocations.as_data(FIFTY)


def agents_proof(desk: Desk, now: datetime) -> dict[str, object]:
    """The proof with the plan as the agent's own code tells it: dinkes from 10 to 50 Mbit/s download."""
    old, new = (htb_class(rate, ceil) for rate, ceil in ((250_000, 1_250_000), FIFTY_DOWN))
    operation = operation_of(SettingChange("lan", Act.RAISE, old, new), {0x10: "dinkes"}, "receive")
    return true_proof(desk, now, plan=summary(Plan((operation,), (), False, hash="")))


def test_KTM_07c_before_after_commands_who_and_when_are_kept(desk: Desk) -> None:
    number, later = ready(desk), MONDAY + timedelta(hours=1)
    run(desk, number, ApplyAllocation("KTM-07", FIFTY), TECHNICIAN, later)
    record_proof(desk, agents_proof(desk, later), later + timedelta(seconds=15))
    (change,) = network_changes(history(desk, number))
    assert (change.actor, change.at, change.agent) == (TECHNICIAN.person, later, "api:core")
    assert change.before is not None and change.configuration is not None
    assert (change.before["receive_ceiling"], change.after["receive_ceiling"]) == (1_250_000, 6_250_000)
    assert change.configuration["before"] == {"lan": {"guaranteed": 250_000, "ceiling": 1_250_000}}
    assert change.configuration["after"] == {"lan": {"guaranteed": FIFTY_DOWN[0], "ceiling": FIFTY_DOWN[1]}}
    (line,) = change.configuration["commands"]
    assert line.startswith("tc class change dev lan parent 1eb:1 classid 1eb:10 htb rate 1250000bps ceil 6250000bps")


@pytest.mark.parametrize(
    "plan", [None, [], {"before": 1}, {"commands": {"dinkes": 5}}, {"after": {"dinkes": {"x": 1}}}]
)
def test_KTM_07c_an_agent_that_tells_no_plan_or_nonsense_proves_all_the_same(desk: Desk, plan: object) -> None:
    number, later = ready(desk), MONDAY + timedelta(hours=1)
    run(desk, number, ApplyAllocation("KTM-07", FIFTY), TECHNICIAN, later)
    record_proof(desk, true_proof(desk, later, plan=plan), later + timedelta(seconds=15))
    (change,) = network_changes(history(desk, number))
    assert change.proven_at is not None and change.configuration is None


@pytest.mark.parametrize("way", ["receive", "transmit"])
def test_BTM_08b_the_new_limit_is_what_the_monitoring_sees(desk: Desk, way: str) -> None:
    """The tracker's own figures, from which alerts and boards take their thresholds."""
    past = datetime.now(UTC) - timedelta(hours=2)
    applied(desk, ready(desk, past), "KTM-07", past + timedelta(hours=1))
    registry = CollectorRegistry()
    registry.register(TrackerFigures(desk))
    name = f"lebarpita_opd_allocation_{way}_bytes_per_second"
    assert registry.get_sample_value(name, {"opd": "dinkes"}) == getattr(FIFTY, f"{way}_ceiling")
