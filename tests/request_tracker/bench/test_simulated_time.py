"""The soak's clock: it passes as the crowd acts, and what the server does by the clock goes by it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from request_tracker.bench.simulated_time import SimulatedTime, simulate
from request_tracker.web.shell import limits
from runtime import supervision
from runtime.jobs import Job, Jobs


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedTime]:
    """A clock that has the place of the real one in what the soak simulates, for one test."""
    for module, name in ((supervision, "threading"), (supervision, "time"), (limits, "time")):
        monkeypatch.setattr(module, name, getattr(module, name))
    made = SimulatedTime(tmp_path / "simulated")
    yield made
    made.close()


def test_two_processes_see_the_same_time_and_it_never_goes_back(clock: SimulatedTime, tmp_path: Path) -> None:
    other = SimulatedTime(tmp_path / "simulated")
    clock.pass_to(60.5)
    clock.pass_to(12)
    assert other.seconds == 60.5
    other.close()


def test_a_module_has_the_simulated_moment_and_its_dates_are_dates_as_before(clock: SimulatedTime) -> None:
    module = ModuleType("calendar_of_ours")
    module.datetime = datetime  # type: ignore[attr-defined]  # as ``from datetime import datetime`` does
    simulate(clock, [module])
    before = module.datetime.now(UTC)
    clock.pass_to(8 * 3600)
    assert module.datetime.now(UTC) - before == timedelta(hours=8)
    made = module.datetime(2026, 3, 2, tzinfo=UTC)
    assert type(made) is datetime and isinstance(made, module.datetime)
    assert module.datetime.fromisoformat("2026-03-02T00:00:00+00:00") == made


def test_a_job_of_each_minute_is_done_once_for_each_simulated_minute(clock: SimulatedTime) -> None:
    simulate(clock, [])
    done, came = [0], threading.Condition()

    def work() -> None:
        with came:
            done[0] += 1
            came.notify_all()

    def wait_for(rounds: int) -> None:
        with came:
            assert came.wait_for(lambda: done[0] >= rounds, 60)
            assert done[0] == rounds, "and not once more before the next minute"

    thread = supervision.JobThread(Jobs("test", [Job("minute", 60.0, work)]))
    thread.start()
    try:
        for minute in range(5):
            wait_for(minute + 1)
            clock.pass_to(60.0 * (minute + 1))
    finally:
        thread.stop(60)


def test_the_rate_limits_go_by_it(clock: SimulatedTime) -> None:
    simulate(clock, [])
    limits_time = vars(limits)["time"]
    before = limits_time.time()
    clock.pass_to(90.0)
    assert limits_time.time() - before == pytest.approx(90.0, abs=0.001)
