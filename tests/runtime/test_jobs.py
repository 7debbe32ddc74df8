"""A table of jobs: one that fails is counted, told once and tried again; the others go on."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from runtime.jobs import DURATION, FAILURES, INTERVAL, LAST_SUCCESS, Faults, Job, Jobs, Next, job_samples
from runtime.release import BUILD_INFO, RELEASE

UNEXPECTED = (KeyError("x"), IndexError("out"), RuntimeError("broken"))


class Work:
    """A job's work that raises while ``error`` is set."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error, self.done = error, 0

    def __call__(self) -> None:
        if self.error is not None:
            raise self.error
        self.done += 1


def table(work: Work, wall: Callable[[], float] = lambda: 100.0) -> Jobs:
    return Jobs("tracker", (Job("a", 60.0, work), Job("b", 60.0, Work(), 5.0)), wall)


def test_a_job_that_works_is_timed_and_due_again_after_its_interval() -> None:
    moments = iter((1.0, 1.0, 7.0))
    jobs = table(work := Work(), lambda: next(moments))
    assert jobs.run("a") == 60.0 and work.done == 1
    assert jobs.states["a"].last_success == 7.0
    assert jobs.states["b"].last_success == 1.0


@pytest.mark.parametrize("error", UNEXPECTED, ids=repr)
def test_a_job_that_raises_is_counted_and_its_last_success_stands_still(error: Exception) -> None:
    moments = iter((1.0, 1.0, 7.0))
    jobs = table(Work(error), lambda: next(moments))
    assert [jobs.run("a"), jobs.run("a")] == [60.0, 60.0]
    assert (jobs.states["a"].failures, jobs.states["a"].last_success) == (2, 1.0)


def test_a_failing_job_is_told_once_and_its_recovery_once(caplog: pytest.LogCaptureFixture) -> None:
    jobs = table(work := Work(KeyError("minggu")))
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            jobs.run("a")
        work.error = None
        for _ in range(3):
            jobs.run("a")
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert told[0].startswith("event=job_failed part=tracker job=a reason=")
    assert "KeyError: 'minggu' at test_jobs.py:" in told[0]
    assert told[1] == "event=job_recovered part=tracker job=a failures=3"


def test_a_message_of_many_lines_and_bytes_is_one_short_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    table(Work(RuntimeError("a\n" * 10_000))).run("a")
    (record,) = caplog.records
    assert "\n" not in record.getMessage() and len(record.getMessage()) < 1000


def test_a_job_may_say_when_it_is_due_and_how_soon_it_is_tried_again() -> None:
    jobs = Jobs("x", (Job("a", 60.0, lambda: Next(2.5)), Job("b", 60.0, Work(KeyError()), 5.0)), clock=lambda: 1.0)
    assert (jobs.run("a"), jobs.run("b")) == (2.5, 5.0)


def test_a_job_is_awaited_where_its_work_can_be() -> None:
    async def work() -> Next:
        await asyncio.sleep(0)
        return Next(3.0)

    async def broken() -> None:
        await asyncio.sleep(0)
        raise IndexError

    jobs = Jobs("x", (Job("a", 60.0, work), Job("b", 60.0, broken), Job("c", 60.0, Work())), clock=lambda: 1.0)

    async def all_of_them() -> list[float]:
        return [await jobs.run_task(name) for name in jobs.states]

    assert asyncio.run(all_of_them()) == [3.0, 60.0, 60.0]
    assert [state.failures for state in jobs.states.values()] == [0, 1, 0]


@pytest.mark.parametrize("error", [SystemExit(0), KeyboardInterrupt(), asyncio.CancelledError()], ids=repr)
def test_what_is_no_failure_of_a_job_escapes(error: BaseException) -> None:
    jobs = table(Work(error))
    with pytest.raises(type(error)):
        jobs.run("a")
    assert jobs.states["a"].failures == 0


def test_two_jobs_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two jobs of one name"):
        Jobs("x", (Job("a", 1.0, Work()), Job("a", 1.0, Work())))


def test_faults_are_raised_once_and_the_first_of_several() -> None:
    faults = Faults()
    faults.tell()
    faults.note(KeyError("first"))
    faults.note(KeyError("second"))
    with pytest.raises(KeyError, match="first"):
        faults.tell()
    faults.tell()


def test_the_samples_of_several_tables_are_one_family_each() -> None:
    first, second = Jobs("tracker", (Job("a", 60.0, Work()),)), Jobs("tracker", (Job("b", 2.0, Work(KeyError())),))
    second.run("b")
    found = dict(job_samples([first, second]))
    assert found[INTERVAL] == [(("tracker", "a"), 60.0), (("tracker", "b"), 2.0)]
    assert found[FAILURES] == [(("tracker", "a"), 0), (("tracker", "b"), 1)]
    assert len(found[LAST_SUCCESS]) == len(found[DURATION]) == 2
    assert found[BUILD_INFO] == [(("tracker", RELEASE), 1)] and RELEASE[0].isdigit()
