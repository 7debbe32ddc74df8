"""What every driver shares: differences in a safe order, the summary, and which plans are large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.admission import RatePair
from shaping.plan import (
    ORDER,
    Act,
    Operation,
    Plan,
    SettingChange,
    differences,
    in_order,
    is_large,
    large_change,
    opds_of,
    rate_lines,
    summary,
)
from shaping.queues import Key, Queue


def queue(opd: str, guaranteed: int, ceiling: int = 2_500_000) -> Queue:
    return Queue(opd, "receive", guaranteed, ceiling)


def act_of(before: int, after: int) -> Act | None:
    return None if before == after else Act.LOWER if after < before else Act.RAISE


def operation(before: Queue | None, after: Queue | None, place: str = "lan") -> Operation:
    act = Act.ADD if before is None else Act.DELETE if after is None else Act.RAISE
    return Operation(place, act, before, after, (f"{act} {place}",))


def plan_of(*operations: Operation) -> Plan:
    return Plan(operations, (), False, hash="")


rates = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 5))


@given(rates, rates)
def test_the_changes_turn_what_is_there_into_what_is_wanted(present: dict[str, int], wanted: dict[str, int]) -> None:
    changes = in_order(differences("lan", present, wanted, act_of))
    assert [ORDER[change.act] for change in changes] == sorted(ORDER[change.act] for change in changes)
    gone = [change.before for change in changes if change.act is Act.DELETE]
    fresh = [change.after for change in changes if change.act is Act.ADD]
    assert sorted(gone, key=str) == sorted((present[name] for name in present.keys() - wanted.keys()), key=str)
    assert sorted(fresh, key=str) == sorted((wanted[name] for name in wanted.keys() - present.keys()), key=str)
    assert differences("lan", wanted, wanted, act_of) == []
    moved = {name for name in present.keys() & wanted.keys() if present[name] != wanted[name]}
    assert sum(change.act in (Act.LOWER, Act.RAISE) for change in changes) == len(moved)


def test_every_change_says_its_place_and_what_was_and_shall_be() -> None:
    changes = differences("lan", {"gone": 1, "same": 2, "less": 4}, {"same": 2, "less": 3, "fresh": 5}, act_of)
    assert changes == [
        SettingChange("lan", Act.DELETE, 1, None),
        SettingChange("lan", Act.LOWER, 4, 3),
        SettingChange("lan", Act.ADD, None, 5),
    ]


@pytest.mark.parametrize(
    ("plan", "empty"),
    [
        (Plan((), (), False, ""), True),
        (Plan((), ("lan",), False, ""), False),
        (Plan((), (), True, ""), False),
        (plan_of(operation(None, queue("dinkes", 1))), False),
    ],
)
def test_a_plan_is_empty_only_where_nothing_at_all_is_to_be_done(plan: Plan, empty: bool) -> None:
    assert plan.empty is empty


def test_the_summary_holds_both_sides_and_the_commands_of_each_office_and_nothing_of_the_drivers_own() -> None:
    own = Operation("lan", Act.ADD, None, None, ("make the parent",))
    found = summary(plan_of(own, operation(queue("dinkes", 1), queue("dinkes", 2)), operation(queue("rsud", 3), None)))
    assert found == {
        "operations": 3,
        "before": {
            "dinkes": {"lan": {"guaranteed": 1, "ceiling": 2_500_000}},
            "rsud": {"lan": {"guaranteed": 3, "ceiling": 2_500_000}},
        },
        "after": {"dinkes": {"lan": {"guaranteed": 2, "ceiling": 2_500_000}}},
        "commands": {"dinkes": ["raise lan"], "rsud": ["delete lan"]},
    }


def test_people_read_a_line_for_each_office_and_place() -> None:
    plan = plan_of(operation(None, queue("dinkes", 625_000)), operation(queue("dinkes", 625_000), None, "wan"))
    assert [line.split() for line in rate_lines(plan)] == [
        ["dinkes", "lan", "none", "->", "5", "Mbit/s", "/", "20", "Mbit/s"],
        ["dinkes", "wan", "5", "Mbit/s", "/", "20", "Mbit/s", "->", "none"],
    ]


def test_an_office_that_comes_and_one_that_goes_have_their_lines() -> None:
    plan = plan_of(operation(queue("rsud", 625_000), None), operation(None, queue("dinkes", 625_000)))
    assert [line.split()[0] for line in rate_lines(plan)] == ["dinkes", "rsud"]


@pytest.mark.parametrize(
    ("moved", "total", "large"), [(25, 100, False), (26, 100, True), (-26, 100, True), (0, 100, False)]
)
def test_a_plan_is_large_above_a_quarter_of_the_guarantees(moved: int, total: int, large: bool) -> None:
    assert is_large(plan_of(operation(queue("dinkes", 100), queue("dinkes", 100 + moved))), total) is large


@pytest.mark.parametrize(("offices", "large"), [(10, False), (11, True)])
def test_a_plan_is_large_above_ten_offices(offices: int, large: bool) -> None:
    plan = plan_of(*(operation(queue(f"opd-{n}", 1), queue(f"opd-{n}", 1)) for n in range(offices)))
    assert len(opds_of(plan)) == offices and is_large(plan, 1_000) is large


def rates_of(*guaranteed: int, ceiling: int = 1_000) -> dict[Key, RatePair]:
    return {(f"opd-{n}", "receive"): RatePair(each, ceiling) for n, each in enumerate(guaranteed)}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (rates_of(10, 10), rates_of(10, 10), ""),
        (rates_of(10, 10), rates_of(10, 400), ""),
        (rates_of(10), rates_of(), ""),
        (rates_of(*[100] * 11), rates_of(*[101] * 11), "11 OPDs change at once"),
        (rates_of(*[100] * 40), rates_of(*[101] * 10, *[100] * 30), ""),
        (rates_of(50, 50), rates_of(63, 62), ""),
        (rates_of(50, 50), rates_of(63, 63), "25 % of all guarantees"),
        (rates_of(50, 50), rates_of(50, 50, ceiling=700), "25 % of all ceilings"),
        (rates_of(50, 50), rates_of(), "25 % of all guarantees"),
    ],
)
def test_one_office_never_waits_and_more_wait_by_their_number_and_by_what_they_move(
    before: dict[Key, RatePair], after: dict[Key, RatePair], reason: str
) -> None:
    said = large_change(before, after)
    assert reason in said and bool(said) is bool(reason)


def test_new_and_deleted_offices_move_their_whole_guarantee() -> None:
    assert is_large(plan_of(operation(None, queue("dinkes", 26))), 100)
    assert is_large(plan_of(operation(queue("dinkes", 26), None)), 100)
