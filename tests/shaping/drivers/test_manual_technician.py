"""By hand: printed, confirmed by a person, verified by measurement; never "in force" on less than both."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from ledgers import CITY, revision

from inventory.admission import Direction
from inventory.model import City
from shaping.drivers.base import Site
from shaping.drivers.manual.technician import ManualDriver
from shaping.errors import ShapingError
from shaping.measuring import Use
from shaping.plan import Act
from shaping.proof import problems, proof_body
from shaping.queues import Key

FIRST = revision(dinkes=(625_000, 2_500_000), rsud=(625_000, 2_500_000))
SECOND = revision(dinkes=(1_250_000, 6_250_000), rsud=(600_000, 2_500_000))
NOON, DAY = 1_800_000_000.0, 86_400.0
WAYS: tuple[Direction, ...] = ("receive", "transmit")
FULL: Mapping[Key, Use] = {(opd, way): Use(2_000_000, 2_450_000) for opd in ("dinkes", "rsud") for way in WAYS}


def city_of(kind: str) -> City:
    core, *others = CITY.devices
    return CITY.model_copy(update={"devices": (core.model_copy(update={"kind": kind}), *others)})


class Desk:
    """A driver, its clock and what Prometheus would say."""

    def __init__(self, state: Path, kind: str = "routeros", prometheus: str | None = "http://prometheus") -> None:
        self.now = NOON
        self.use: Mapping[Key, Use] | ShapingError = {}
        self.asked: list[int] = []
        site = Site(city_of(kind), "isp-utama", state, prometheus)
        self.driver = ManualDriver(site, lambda: self.now, self.measure)

    def measure(self, prometheus: str, window_seconds: int, at: float) -> Mapping[Key, Use]:
        self.asked.append(window_seconds)
        if isinstance(self.use, ShapingError):
            raise self.use
        return self.use

    def confirm(self, by: str = "Budi Santoso") -> str:
        return self.driver.confirm(self.driver.plan(FIRST.queues), by, self.now)


def test_it_works_printed_confirmed_measured(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    plan = desk.driver.plan(FIRST.queues)
    assert not desk.driver.apply(plan)
    lines = desk.driver.plan_text(plan)
    assert [line for line in lines if line.startswith("/queue simple add")] == [
        line for operation in plan.operations for line in operation.commands
    ]
    assert f'confirm --plan {plan.hash} --by "NAME"' in lines[-1]
    assert "confirmed by Budi Santoso" in desk.driver.confirm(plan, "Budi Santoso", desk.now)
    desk.now, desk.use = NOON + DAY, FULL
    reading = desk.driver.read(FIRST.queues)
    assert problems(FIRST, reading) == [] and not reading.undecided
    assert reading.statement == "4 of 4 rates applied by hand, confirmed by Budi Santoso at 2027-01-15 08:00:00 UTC"


def test_what_nobody_confirmed_is_not_in_force_whatever_is_measured(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.use = FULL
    reading = desk.driver.read(FIRST.queues)
    assert reading.queues == {} and reading.undecided == {queue.key for queue in FIRST.queues}
    assert problems(FIRST, reading)[0] == "dinkes receive: not applied as far as is known: no person has confirmed it"
    assert reading.statement == "no person has confirmed any rate of this revision"
    assert proof_body(FIRST, reading, {"applied_at": 1.0})["applied_at"] is None


@pytest.mark.parametrize(
    ("use", "later", "said"),
    [
        ({}, DAY, "not measured: no figures of this office from Prometheus"),
        (ShapingError("silent"), DAY, "not measured: no figures of this office from Prometheus"),
        ({key: Use(1_000, 2_000) for key in FULL}, DAY, "not measured: use never came close to the ceiling"),
        (FULL, 60.0, "not measured: less than ten minutes since it was confirmed"),
    ],
)
def test_confirmed_and_not_measured_is_neither_in_force_nor_drifted(
    tmp_path: Path, use: Mapping[Key, Use] | ShapingError, later: float, said: str
) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    desk.now, desk.use = NOON + later, use
    reading = desk.driver.read(FIRST.queues)
    assert reading.queues == {} and len(reading.undecided) == 4
    start = "dinkes receive: applied by hand, confirmed by Budi Santoso at 2027-01-15 08:00:00 UTC; "
    assert problems(FIRST, reading)[0].startswith(start + said)


def test_use_above_the_ceiling_refutes_the_confirmation(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    desk.now, desk.use = NOON + DAY, {**FULL, ("rsud", "receive"): Use(5_000_000, 9_000_000)}
    reading = desk.driver.read(FIRST.queues)
    assert ("rsud", "receive") in reading.missing and not reading.undecided
    assert "so this limit is not in force" in problems(FIRST, reading)[0]


def test_without_prometheus_nothing_is_asked_and_nothing_is_in_force(tmp_path: Path) -> None:
    desk = Desk(tmp_path, prometheus=None)
    desk.confirm()
    desk.now, desk.use = NOON + DAY, FULL
    assert len(desk.driver.read(FIRST.queues).undecided) == 4 and desk.asked == []


def test_prometheus_is_asked_every_five_minutes_and_after_a_confirmation(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    for minutes in (60, 61, 64, 66):
        desk.now = NOON + minutes * 60
        desk.driver.read(FIRST.queues)
    assert desk.asked == [2400, 2400]


def test_a_later_revision_plans_only_what_changes_lowering_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    plan = desk.driver.plan(SECOND.queues)
    assert [(one.act, one.opd) for one in plan.operations] == [
        (Act.LOWER, "rsud"),
        (Act.LOWER, "rsud"),
        (Act.RAISE, "dinkes"),
        (Act.RAISE, "dinkes"),
    ]
    assert [len(one.commands) for one in plan.operations] == [1, 0, 1, 0]


def test_an_earlier_confirmation_of_the_same_rate_keeps_its_name_and_time(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    third = revision(dinkes=(625_000, 2_500_000), rsud=(600_000, 2_500_000))
    desk.driver.confirm(desk.driver.plan(third.queues), "Sari", NOON + DAY)
    desk.now = NOON + 2 * DAY
    confirmed = desk.driver.read(third.queues).evidence["confirmed"]
    assert [(one["by"], one["at"], one["queues"]) for one in confirmed] == [
        ("Budi Santoso", NOON, ["dinkes receive", "dinkes transmit"]),
        ("Sari", NOON + DAY, ["rsud receive", "rsud transmit"]),
    ]


def test_a_confirmation_is_withdrawn_and_what_was_confirmed_before_counts_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    desk.driver.confirm(desk.driver.plan(SECOND.queues), "Sari", NOON)
    assert desk.driver.undo() == 4
    assert desk.driver.plan(FIRST.queues).empty
    with pytest.raises(ShapingError, match="no confirmation is there that could be withdrawn"):
        desk.driver.undo()


def test_panic_opens_nothing_says_what_to_type_and_forgets_what_was_confirmed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    with pytest.raises(ShapingError, match=r'(?s)nothing was opened.*core.*remove \[find name="lebarpita-dinkes"\]'):
        desk.driver.panic()
    assert len(desk.driver.plan(FIRST.queues).operations) == 4


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\u202eb"])
def test_somebody_must_have_typed_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ShapingError, match="name the person who typed the commands"):
        Desk(tmp_path).confirm(name)


def test_only_the_plan_made_last_is_confirmed_and_only_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    old = desk.driver.plan(FIRST.queues)
    desk.driver.plan(SECOND.queues)
    with pytest.raises(ShapingError, match="not the one that was made last"):
        desk.driver.confirm(old, "Sari", NOON)
    desk.confirm()
    with pytest.raises(ShapingError, match="nothing is to be confirmed"):
        desk.confirm()
    assert "nothing to type" in desk.driver.plan_text(desk.driver.plan(FIRST.queues))[0]


def test_an_unknown_device_is_said_and_gets_figures(tmp_path: Path) -> None:
    desk = Desk(tmp_path, kind="router")
    text = "\n".join(desk.driver.plan_text(desk.driver.plan(FIRST.queues)))
    assert "core is kind: router, whose commands lebarpita does not know; set these figures:" in text
    assert "core lan: dinkes (" in text and "/queue" not in text


@pytest.mark.parametrize("body", ['{"now": 1}', '{"before": []}', '{"now": [{"queue": {}}], "before": []}', "[]"])
def test_a_file_that_is_no_list_of_confirmations_is_named_and_confirms_nothing(tmp_path: Path, body: str) -> None:
    (tmp_path / "confirmed.json").write_text(body)
    with pytest.raises(ShapingError, match=r"confirmed\.json: is no list of confirmations"):
        Desk(tmp_path).driver.read(FIRST.queues)


def test_the_proof_carries_who_confirmed_and_what_was_measured(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.confirm()
    desk.now, desk.use = NOON + DAY, {key: use for key, use in FULL.items() if key[0] == "dinkes"}
    body = proof_body(FIRST, desk.driver.read(FIRST.queues), {"driver": "manual"})
    assert (body["ok"], body["driver"], body["applied_at"]) == (False, "manual", NOON)
    assert {row["opd"] for row in body["readback"]} == {"dinkes"}
    assert [(one["opd"], one["verdict"]) for one in body["measured"]] == [
        ("dinkes", "measured"),
        ("dinkes", "measured"),
        ("rsud", "unknown"),
        ("rsud", "unknown"),
    ]
