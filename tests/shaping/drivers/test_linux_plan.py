"""Plans of classes are ordered, told with the commands as tc writes them, and empty the second time."""

from collections.abc import Mapping

from ledgers import CITY, revision

from shaping.drivers.linux.changes import changes_between, operation_of
from shaping.drivers.linux.classes import Class, LineClasses, compile_classes
from shaping.drivers.linux.commands import rendered
from shaping.drivers.linux.handles import PARENT, UNMAPPED
from shaping.drivers.linux.kernel import Changes, State
from shaping.drivers.linux.nft import compile_map
from shaping.ledger import Revision
from shaping.plan import Act, Plan, SettingChange, summary

Classes = Mapping[str, Mapping[int, Class]]
MAP = compile_map(CITY, {})


def classes_of(revision: Revision, minors: Mapping[str, int]) -> Mapping[int, Class]:
    return compile_classes(revision.queues, minors, "receive", LineClasses(25_000_000))


def planned(present: Classes, wanted: Classes) -> Changes:
    return changes_between(State(present, {}, MAP), wanted, MAP)


def empty(changes: Changes) -> bool:
    return not changes.classes and not changes.fresh and changes.map is None


def test_a_second_plan_is_empty_and_an_update_lowers_before_it_raises() -> None:
    minors = {"dinkes": 0x10, "rsud": 0x11}
    before = {"lan": classes_of(revision(dinkes=(625_000, 2_500_000), rsud=(625_000, 2_500_000)), minors)}
    after = {"lan": classes_of(revision(dinkes=(650_000, 6_250_000), rsud=(600_000, 1_250_000)), minors)}
    assert empty(planned(before, before))
    acts = [(op.act, op.after.minor) for op in planned(before, after).classes if op.after and op.after.minor >= 0x10]
    assert acts == [(Act.LOWER, 0x11), (Act.RAISE, 0x10)]


def test_the_plan_is_told_for_each_office_with_the_commands_as_tc_writes_them() -> None:
    minors = {"dinkes": 0x10, "rsud": 0x11}
    old, new = (
        {"lan": classes_of(revision(dinkes=rates, rsud=(600_000, 2_500_000)), minors)}
        for rates in ((625_000, 2_500_000), (650_000, 6_250_000))
    )
    names = {0x10: "dinkes", 0x11: "rsud"}
    operations = tuple(operation_of(change, names, "receive") for change in planned(old, new).classes)
    found = summary(Plan(operations, (), False, hash=""))
    assert found["before"]["dinkes"] == {"lan": {"guaranteed": 625_000, "ceiling": 2_500_000}}
    (line,) = found["commands"]["dinkes"]
    assert line.startswith(
        "tc class change dev lan parent 1eb:1 classid 1eb:10 htb rate 650000bps ceil 6250000bps burst"
    )
    slow = SettingChange("lan", Act.REPLACE, new["lan"][0x10], new["lan"][0x10])
    assert [one.split(" dev")[0] for one in rendered(slow)] == ["tc class del", "tc class add"]


def test_below_one_megabit_a_class_is_made_anew_because_its_debt_would_last() -> None:
    minors = {"dinkes": 0x10}
    slow = {"lan": classes_of(revision(dinkes=(32_000, 64_000)), minors)}
    fast = {"lan": classes_of(revision(dinkes=(32_000, 2_500_000)), minors)}
    acts = {op.act for op in planned(slow, fast).classes if op.after and op.after.minor == 0x10}
    assert acts == {Act.REPLACE}


def test_the_first_plan_makes_the_root_the_parent_and_the_class_of_the_unmapped() -> None:
    wanted = {"lan": classes_of(revision(dinkes=(625_000, 2_500_000)), {"dinkes": 0x10})}
    plan = planned({"lan": {}}, wanted)
    assert plan.fresh == ("lan",)
    assert {op.after.minor for op in plan.classes if op.after} >= {PARENT, UNMAPPED, 0x10}
