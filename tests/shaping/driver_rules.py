"""What every driver must do, whichever device it stands for: one suite, run on a bench of each of them.

A bench is a device that a test can look at whole and make fail; ``RULES`` are the sentences.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from ledgers import revision

from shaping.drivers.base import Driver
from shaping.errors import ShapingError
from shaping.plan import Plan
from shaping.proof import problems
from shaping.queues import Queue

# Prefixes inside one another, of both IP versions; a lower, a higher, a new and a gone office between the two.
BEFORE = revision(dinkes=(625_000, 2_500_000), rsud=(1_250_000, 5_000_000), disdik=(250_000, 1_000_000))
AFTER = revision(dinkes=(625_000, 1_250_000), rsud=(1_250_000, 7_500_000), bappeda=(250_000, 500_000))
# More commands than any of these applies has; without it a driver that always fails would be tried for ever.
MOST_COMMANDS = 60


class Bench(Protocol):
    """A driver, and its device from outside."""

    @property
    def driver(self) -> Driver:
        """What is tried."""

    @property
    def failures(self) -> tuple[str, ...]:
        """Ways in which a command can fail here; none where no command is sent."""

    def state(self) -> object:
        """Everything that a driver could change, its own and others'."""

    def foreign(self) -> object:
        """What is not ours."""

    def carry_out(self, plan: Plan) -> None:
        """Apply and confirm, or what a person does instead."""

    def failing(self, number: int, how: str) -> AbstractContextManager[Callable[[], bool]]:
        """Within it the command of that number (from 1) fails once; what it gives says whether there was that one."""


def converge(bench: Bench, wanted: tuple[Queue, ...]) -> Plan:
    plan = bench.driver.plan(wanted)
    bench.carry_out(plan)
    return plan


def what_was_applied_is_read_back_as_the_ledger_says(bench: Bench) -> None:
    for wanted in (BEFORE, AFTER):
        converge(bench, wanted.queues)
        assert problems(wanted, bench.driver.read(wanted.queues)) == []


def a_second_apply_has_no_operations(bench: Bench) -> None:
    for wanted in (BEFORE, AFTER):
        converge(bench, wanted.queues)
        state = bench.state()
        plan = bench.driver.plan(wanted.queues)
        assert plan.empty and plan.operations == ()
        assert bench.state() == state


def a_plan_and_a_reading_change_nothing(bench: Bench) -> None:
    converge(bench, BEFORE.queues)
    state = bench.state()
    bench.driver.plan_text(bench.driver.plan(AFTER.queues))
    bench.driver.read(AFTER.queues)
    assert bench.state() == state


def the_same_state_gives_the_same_plan(bench: Bench) -> None:
    converge(bench, BEFORE.queues)
    assert bench.driver.plan(AFTER.queues).hash == bench.driver.plan(AFTER.queues).hash
    assert bench.driver.plan(AFTER.queues).hash != bench.driver.plan(BEFORE.queues).hash


def one_office_s_change_is_of_that_office_alone(bench: Bench) -> None:
    converge(bench, BEFORE.queues)
    changed = [
        replace(queue, ceiling_bytes_per_second=queue.ceiling_bytes_per_second + 125_000)
        if queue.opd == "rsud"
        else queue
        for queue in BEFORE.queues
    ]
    assert {operation.opd for operation in bench.driver.plan(changed).operations} == {"rsud"}


def foreign_objects_are_untouched(bench: Bench) -> None:
    foreign = bench.foreign()
    assert foreign
    converge(bench, BEFORE.queues)
    converge(bench, AFTER.queues)
    assert bench.foreign() == foreign
    bench.driver.undo()
    assert bench.foreign() == foreign
    try:
        bench.driver.panic()
    except ShapingError as error:
        assert "type on" in str(error)  # A person's hands are all that this driver has.
    assert bench.foreign() == foreign


def an_undo_leads_to_what_was_before(bench: Bench) -> None:
    converge(bench, BEFORE.queues)
    state = bench.state()
    converge(bench, AFTER.queues)
    assert bench.driver.undo() > 0
    assert bench.state() == state


def a_failure_at_each_command_leaves_the_state_before(bench: Bench) -> None:
    for how in bench.failures:
        for start, wanted in ((None, BEFORE), (BEFORE, AFTER)):
            tried = sum(1 for _ in _failures(bench, how, start.queues if start else (), wanted.queues))
            assert tried >= 3, f"{how}: {tried} commands failed"


def _failures(bench: Bench, how: str, start: tuple[Queue, ...], wanted: tuple[Queue, ...]) -> Iterator[int]:
    """Each command fails once, until an apply has fewer; then it has gone through."""
    bench.driver.panic()
    if start:
        converge(bench, start)
    state = bench.state()
    for number in range(1, MOST_COMMANDS):
        with bench.failing(number, how) as was_met:
            plan = bench.driver.plan(wanted)
            try:
                bench.driver.apply(plan)
            except ShapingError:
                assert bench.state() == state, f"{how} at command {number}"
                yield number
                continue
        # A router that refuses safe mode has its scheduler: then the apply has gone through.
        bench.driver.undo()
        assert bench.state() == state, f"undone after {how} at {number}"
        if not was_met():
            return
    raise AssertionError(f"{how}: an apply that never ends")


RULES: tuple[Callable[[Bench], None], ...] = (
    what_was_applied_is_read_back_as_the_ledger_says,
    a_second_apply_has_no_operations,
    a_plan_and_a_reading_change_nothing,
    the_same_state_gives_the_same_plan,
    one_office_s_change_is_of_that_office_alone,
    foreign_objects_are_untouched,
    an_undo_leads_to_what_was_before,
    a_failure_at_each_command_leaves_the_state_before,
)
