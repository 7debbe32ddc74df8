"""What is taken as a proof: its form, its bounds, what is stored of it, and which case goes on by it."""

import hashlib
import json
import math
from datetime import timedelta
from typing import Any

import pytest
from tracker_office import FIFTY, MONDAY, TECHNICIAN, request, to_technician, true_proof

from request_tracker.cases import Allocation, ApplyAllocation, Desk, history, read_case, run
from request_tracker.cases.proofs import MAX_NAME, configuration, record_proof
from request_tracker.errors import TrackerError
from request_tracker.evidence.guarantee_heads import guarantee_heads
from request_tracker.store.chain import canonical, stamp

LATER = MONDAY + timedelta(seconds=15)
LONGEST = "x" * MAX_NAME


def applying(desk: Desk, opd: str = "dinkes", allocation: Allocation = FIFTY) -> str:
    number = request(desk, opd=opd)
    to_technician(desk, number, allocation)
    run(desk, number, ApplyAllocation("PKL-B-04", allocation), TECHNICIAN, MONDAY)
    return number


def deep(levels: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"revision": "1"}, "revision is missing or not int"),
        ({"revision": True}, "revision is missing or not int"),
        ({"hash": 5}, "hash is missing or not str"),
        ({"agent": None}, "agent is missing or not str"),
        ({"ok": 1}, "ok is missing or not bool"),
        ({"readback": {}}, "readback is missing or not list"),
        ({"revision": 0}, "revision 0 is out of bounds; revisions begin at 1"),
        ({"revision": 2**63}, f"revision {2**63} is out of bounds"),
        ({"agent": LONGEST + "x"}, "agent and hash are at most 200 characters"),
        ({"hash": LONGEST + "x"}, "agent and hash are at most 200 characters"),
        ({"readback": ["dinkes"]}, "readback must be a list of objects, each with an opd and a direction"),
        ({"readback": [{"opd": "dinkes"}]}, "readback must be a list of objects"),
        ({"readback": [{"opd": 5, "direction": "receive"}]}, "readback must be a list of objects"),
        ({"uplink": 5}, "uplink must be a name of at most 200 characters"),
        ({"uplink": LONGEST + "x"}, "uplink must be a name of at most 200 characters"),
        ({"undecided": "rsud"}, "proof: undecided must be a list of objects, each with an opd and a direction"),
        ({"undecided": [1]}, "undecided must be a list of objects"),
        ({"undecided": [{"opd": "rsud"}]}, "undecided must be a list of objects"),
        ({"problems": "none"}, "problems must be a list"),
        ({"evidence": []}, "evidence must be an object with quarter (2026Q4), until (Unix seconds) and hash"),
        ({"evidence": {"quarter": "2026Q4", "until": 1.0}}, "evidence must be an object"),
        ({"evidence": {"quarter": "2026Q5", "until": 1.0, "hash": "a" * 64}}, "evidence must be an object"),
        ({"evidence": {"quarter": "2026Q4", "until": math.nan, "hash": "a" * 64}}, "evidence must be an object"),
        ({"evidence": {"quarter": "2026Q4", "until": None, "hash": "a" * 64}}, "evidence must be an object"),
        ({"evidence": {"quarter": "2026Q4", "until": 1.0, "hash": "A" * 64}}, "evidence must be an object"),
        ({"evidence": {"quarter": "2026Q4", "until": 1.0, "hash": "a" * 64, "x": 1}}, "evidence must be an object"),
        ({"read_at": "now"}, "read_at must be a number of Unix seconds up to the year 2100"),
        ({"read_at": True}, "read_at must be a number of Unix seconds"),
        ({"read_at": -1}, "read_at must be a number of Unix seconds"),
        ({"read_at": 1e300}, "read_at must be a number of Unix seconds"),
        ({"applied_at": 4_102_444_801}, "applied_at must be a number of Unix seconds up to the year 2100"),
        ({"read_at": math.nan}, "holds a text or a number that JSON does not know, or is too deep"),
        ({"applied_at": math.inf}, "holds a text or a number that JSON does not know, or is too deep"),
        ({"plan": {"before": [-math.inf]}}, "holds a text or a number that JSON does not know, or is too deep"),
        ({"driver": "\ud800"}, "holds a text or a number that JSON does not know, or is too deep"),
        ({"read_at": 10**5_000}, "holds a text or a number that JSON does not know, or is too deep"),
        ({"plan": deep(100_000)}, "holds a text or a number that JSON does not know, or is too deep"),
    ],
    ids=range(37),
)
def test_what_is_no_proof_is_refused_and_leaves_no_row(desk: Desk, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(TrackerError) as found:
        record_proof(desk, true_proof(desk, MONDAY, **changed), MONDAY)
    assert str(found.value).startswith("proof: ") and said in str(found.value)
    assert desk.store.value("SELECT count(*) FROM proofs") == 0


@pytest.mark.parametrize("at", [0, 4_102_444_800, 1.5, None])
def test_a_moment_that_can_be_made_or_none_is_taken(desk: Desk, at: float | None) -> None:
    assert record_proof(desk, true_proof(desk, MONDAY, read_at=at, applied_at=at), MONDAY).new


@pytest.mark.parametrize("changed", [{"agent": LONGEST}, {"hash": LONGEST}, {"revision": 2**63 - 1}])
def test_the_longest_names_and_the_highest_revision_are_stored(desk: Desk, changed: dict[str, Any]) -> None:
    assert record_proof(desk, true_proof(desk, MONDAY, **changed), MONDAY).new


def test_the_longest_name_of_an_uplink_is_one_that_carries_nobody(desk: Desk) -> None:
    verdict = record_proof(desk, true_proof(desk, MONDAY, uplink=LONGEST), MONDAY)
    assert verdict.problems == (f"uplink {LONGEST} carries no office of the inventory",)


def test_a_proof_is_stored_whole_with_its_hash_and_its_verdict(desk: Desk) -> None:
    good, bad = true_proof(desk, LATER), true_proof(desk, LATER, ok=False)
    assert record_proof(desk, good, LATER).matches and not record_proof(desk, bad, LATER).matches
    first, second = desk.store.rows("SELECT * FROM proofs ORDER BY id")
    assert json.loads(first["body"]) == good
    assert {key: value for key, value in first.items() if key not in ("id", "body")} == {
        "received_at": stamp(LATER),
        "revision": good["revision"],
        "ledger_hash": good["hash"],
        "agent": "core",
        "ok": 1,
        "matches": 1,
        "body_hash": hashlib.sha256(canonical(good).encode()).hexdigest(),
    }
    assert (second["ok"], second["matches"]) == (0, 0)


def test_a_repetition_says_what_became_of_the_proof_and_is_no_second_row(desk: Desk) -> None:
    proof = true_proof(desk, MONDAY, ok=False)
    first, again = (record_proof(desk, proof, MONDAY + timedelta(minutes=minutes)) for minutes in (0, 1))
    assert (first.new, again.new) == (True, False)
    assert (again.matches, again.problems, again.finished) == (False, first.problems, ())
    assert first.problems == ("the agent says it is not in force",)
    other = record_proof(desk, {**proof, "plan": {"operations": 0}, "read_at": 5.0}, MONDAY)
    assert not other.new, "a later reading that says the same"
    assert record_proof(desk, {**proof, "agent": "edge"}, MONDAY).new, "another agent speaks for itself"
    assert record_proof(desk, {**proof, "ok": True}, MONDAY).new
    assert record_proof(desk, {**proof, "read_at": 6.0}, MONDAY).new, "its last word was another"


def test_the_case_keeps_who_proved_what_and_goes_on_by_the_agents_name(desk: Desk) -> None:
    number = applying(desk)
    proof = true_proof(desk, LATER, plan={"commands": {"dinkes": ["tc a"], "rsud": ["tc b"]}})
    assert record_proof(desk, proof, LATER).finished == (number,)
    event = next(event for event in history(desk, number) if event.kind == "allocation_verified")
    report = read_case(desk, number).latest("hasil")
    assert event.actor == "api:core" and report is not None and report.content is not None
    assert report.content["proof"] == {
        **{key: proof[key] for key in ("agent", "revision", "hash", "driver", "applied_at", "read_at")},
        "problems": [],
        "configuration": {"before": {}, "after": {}, "commands": ["tc a"]},
        "proof": hashlib.sha256(canonical(proof).encode()).hexdigest(),
    }


def test_where_the_evidence_of_guarantees_stands_is_kept_with_proof_and_case(desk: Desk) -> None:
    number, head = applying(desk), {"quarter": "2026Q4", "until": MONDAY.timestamp(), "hash": "a" * 64}
    assert record_proof(desk, true_proof(desk, MONDAY, evidence=head), LATER).finished == (number,)
    # The next day's head is news although the rates are the same; the same one again is none.
    after = true_proof(desk, MONDAY, evidence=head | {"hash": "b" * 64})
    assert [record_proof(desk, after, LATER).new for _ in range(2)] == [True, False]
    event = next(event for event in history(desk, number) if event.kind == "allocation_verified")
    assert event.data["proof"]["evidence"] == head
    begin, end = MONDAY - timedelta(days=60), MONDAY + timedelta(days=1)
    (last,) = guarantee_heads(desk.store, "2026Q4", (begin, end), desk.calendar.local)
    assert last.text.indonesian.startswith(f"triwulan 2026Q4: sidik {'b' * 16}… sampai ")
    assert guarantee_heads(desk.store, "2026Q3", (begin, end), desk.calendar.local) == ()


def test_a_proof_tells_only_the_cases_that_wait(desk: Desk) -> None:
    """The first office's case is over its proof, the second waits, the third has applied nothing."""
    first = applying(desk, "dinkes")
    record_proof(desk, true_proof(desk, MONDAY), MONDAY)
    before = history(desk, first)
    idle = request(desk, opd="disdik")
    second = applying(desk, "rsud")
    assert record_proof(desk, true_proof(desk, LATER), LATER).finished == (second,)
    assert history(desk, first) == before and read_case(desk, idle).verified is None


@pytest.mark.parametrize(("undecided", "waits"), [("rsud", False), ("dinkes", True)])
def test_what_nobody_knows_of_another_office_holds_up_no_case(desk: Desk, undecided: str, waits: bool) -> None:
    number = applying(desk)
    whole = true_proof(desk, LATER, ok=False, problems=[f"{undecided} receive: not measured"])
    readback = [row for row in whole["readback"] if (row["opd"], row["direction"]) != (undecided, "receive")]
    rows = [{"opd": undecided, "direction": "receive"}]
    record_proof(desk, {**whole, "readback": readback, "undecided": rows}, LATER)
    assert (read_case(desk, number).awaiting is not None) is waits


def test_every_case_that_waits_is_finished_by_the_proof_of_both(desk: Desk) -> None:
    waiting = (applying(desk, "dinkes"), applying(desk, "rsud", Allocation(*[250_000, 1_250_000] * 2)))
    assert record_proof(desk, true_proof(desk, LATER), LATER).finished == waiting


def test_a_case_whose_rates_were_replaced_is_not_proven_by_the_newer_ones(desk: Desk) -> None:
    number = applying(desk)
    newer = applying(desk, "dinkes", Allocation(*[250_000, 1_250_000] * 2))
    assert record_proof(desk, true_proof(desk, LATER), LATER).finished == (newer,)
    event = history(desk, number)[-1]
    assert list(event.data["problems"]) == ["a later allocation of this office is in force instead"]
    assert read_case(desk, number).awaiting is not None


RATES = {"guaranteed": 1, "ceiling": 2}


def plan(**sides: Any) -> dict[str, Any]:
    return {"plan": sides}


def test_KTM_07c_of_a_plan_the_offices_own_rates_and_commands_are_kept() -> None:
    body = plan(
        before={"dinkes": {"lan": RATES}, "rsud": {"lan": RATES}},
        after={"dinkes": {"lan": {"guaranteed": 0, "ceiling": 2**63 - 1}}},
        commands={"dinkes": ["tc a", "tc b"], "rsud": ["tc c"]},
    )
    assert configuration(body, "dinkes") == {
        "before": {"lan": RATES},
        "after": {"lan": {"guaranteed": 0, "ceiling": 2**63 - 1}},
        "commands": ["tc a", "tc b"],
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"plan": []},
        plan(),
        plan(before=[], after=None, commands=[]),
        plan(before={"rsud": {"lan": RATES}}, commands={"rsud": ["tc"]}),
        plan(before={"dinkes": []}, commands={"dinkes": "tc"}),
        plan(before={"dinkes": {"lan": 5}}, commands={"dinkes": []}),
    ],
)
def test_KTM_07c_a_plan_that_says_nothing_of_the_office_is_none(body: dict[str, Any]) -> None:
    assert configuration(body, "dinkes") is None


def test_KTM_07c_one_side_or_a_command_alone_is_kept() -> None:
    assert configuration(plan(after={"dinkes": {"lan": RATES}}), "dinkes") == {
        "before": {},
        "after": {"lan": RATES},
        "commands": [],
    }
    assert configuration(plan(commands={"dinkes": ["tc"]}), "dinkes") == {"before": {}, "after": {}, "commands": ["tc"]}


def test_KTM_07c_what_an_agent_tells_is_bounded() -> None:
    many = {f"{number:02}" + "i" * 70: RATES for number in range(9)}
    body = plan(before={"dinkes": many}, commands={"dinkes": [*["c" * 301] * 20, 5]})
    kept = configuration(body, "dinkes")
    assert kept is not None and kept["commands"] == ["c" * 300] * 20
    assert list(kept["before"]) == [f"{number:02}" + "i" * 62 for number in range(8)]
    odd = {"guaranteed": True, "ceiling": -1, "colour": 5}
    assert configuration(plan(after={"dinkes": {"lan": odd, "wan": {"ceiling": 2**63}}}), "dinkes") == {
        "before": {},
        "after": {"lan": {}, "wan": {}},
        "commands": [],
    }
