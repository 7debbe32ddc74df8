"""Threads and tasks: each job at its time, and a process that ends where its thread or task does."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from runtime.jobs import Job, Jobs
from runtime.supervision import EXIT_CODE, JobTasks, JobThread, supervised


class Steps:
    """Counts how often a job was done; an event at the wanted number."""

    def __init__(self, wanted: int = 1, error: BaseException | None = None) -> None:
        self.done, self.reached, self._wanted, self._error = 0, threading.Event(), wanted, error

    def __call__(self) -> None:
        self.done += 1
        if self.done >= self._wanted:
            self.reached.set()
        if self._error is not None:
            raise self._error


def running(*table: Job, end: Callable[[str], None] = pytest.fail) -> JobThread:
    thread = JobThread(Jobs("x", table), end=end)
    thread.start()
    return thread


def test_every_job_of_a_thread_is_due_at_once_and_then_at_its_own_interval() -> None:
    often, seldom = Steps(3), Steps()
    thread = running(Job("often", 0.001, often), Job("seldom", 3600.0, seldom))
    assert often.reached.wait(120) and seldom.reached.wait(120)
    thread.stop(10)
    assert seldom.done == 1


def test_a_job_that_fails_leaves_the_others_of_its_thread_going() -> None:
    broken, whole = Steps(3, KeyError("x")), Steps(3)
    thread = running(Job("broken", 0.001, broken), Job("whole", 0.001, whole))
    assert broken.reached.wait(120) and whole.reached.wait(120)
    thread.stop(10)
    assert thread.jobs.states["broken"].failures == broken.done


def test_a_job_is_hurried_also_while_it_is_being_run() -> None:
    entered, go_on, done = threading.Event(), threading.Event(), Steps(2)

    def work() -> None:
        entered.set()
        assert go_on.wait(120)
        done()

    thread = running(Job("a", 3600.0, work))
    assert entered.wait(120)
    thread.hurry("a")
    go_on.set()
    assert done.reached.wait(120)
    thread.stop(10)


def test_the_end_of_a_thread_that_nobody_asked_for_is_told() -> None:
    told: list[str] = []
    ended = threading.Event()

    def end(why: str) -> None:
        told.append(why)
        ended.set()

    running(Job("a", 1.0, Steps(1, SystemExit(0))), end=end)
    assert ended.wait(120)
    assert told[0].startswith("thread x-jobs ended: SystemExit: 0 at ")


def test_an_orderly_end_leaves_in_the_thread_and_is_no_death() -> None:
    left: list[str] = []
    jobs = Jobs("x", (Job("a", 3600.0, Steps()),))
    thread = JobThread(jobs, leave=lambda: left.append(threading.current_thread().name), end=pytest.fail)
    thread.start()
    thread.stop(10)
    assert left == ["x-jobs"]


def test_tasks_go_on_beside_one_that_fails_and_one_that_waits() -> None:
    async def story() -> dict[str, int]:
        waiting, whole, broken = asyncio.Event(), Steps(), Steps(1, RuntimeError())
        table = (Job("waits", 1.0, waiting.wait), Job("whole", 0.001, whole), Job("broken", 0.001, broken))
        tasks = JobTasks(Jobs("x", table), pytest.fail)
        tasks.start()
        while whole.done < 3 or broken.done < 3:
            await asyncio.sleep(0.001)
        await tasks.stop()
        return {name: state.failures for name, state in tasks.jobs.states.items()}

    failures = asyncio.run(story())
    assert failures["waits"] == failures["whole"] == 0 and failures["broken"] >= 3


def test_a_task_is_hurried() -> None:
    async def story() -> None:
        work = Steps()
        tasks = JobTasks(Jobs("x", (Job("a", 3600.0, work),)), pytest.fail)
        tasks.start()
        for wanted in (1, 2, 3):
            while work.done < wanted:
                await asyncio.sleep(0.001)
            tasks.hurry("a")
        await tasks.stop()

    asyncio.run(asyncio.wait_for(story(), 10))


def test_a_job_that_is_always_late_leaves_the_loop_its_turns() -> None:
    async def story() -> None:
        tasks = JobTasks(Jobs("x", (Job("a", 0.0, lambda: time.sleep(0.001)),)), pytest.fail)
        tasks.start()
        for _ in range(5):
            await asyncio.sleep(0)
        await tasks.stop()

    asyncio.run(asyncio.wait_for(story(), 10))


@pytest.mark.parametrize(
    ("work", "why"),
    [
        ("asyncio.current_task().cancel()", "task x/a ended: it was cancelled"),
        ("(_ for _ in ()).throw(SystemExit(0))", ""),
    ],
)
def test_a_task_that_ends_ends_its_process(work: str, why: str) -> None:
    done = child(
        "import asyncio\nfrom runtime.jobs import Job, Jobs\nfrom runtime.supervision import JobTasks\n"
        "async def main():\n"
        f"    JobTasks(Jobs('x', (Job('a', 0.01, lambda: {work}),))).start()\n"
        "    await asyncio.sleep(30)\n"
        "asyncio.run(main())\n"
    )
    assert done.returncode == EXIT_CODE
    assert why in done.stderr


@pytest.mark.parametrize("ending", ["raise SystemExit(0)", "raise KeyError('x')", "return"])
def test_a_thread_that_ends_ends_its_process(ending: str) -> None:
    done = child(
        "import time\nfrom runtime.jobs import Job, Jobs\nfrom runtime.supervision import JobThread\n"
        "class Dying(JobThread):\n"
        f"    def round(self):\n        {ending}\n"
        "    def _run(self):\n        self.round()\n"
        "Dying(Jobs('x', (Job('a', 1.0, lambda: None),))).start()\n"
        "time.sleep(30)\n"
    )
    assert done.returncode == EXIT_CODE
    assert "event=process_ends code=70 reason='thread x-jobs ended: " in done.stderr.replace('"', "'")


def child(program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)


def test_an_orderly_end_that_fails_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    supervised("x", lambda: [][0], lambda: True, pytest.fail)
    assert "event=thread_end_failed thread=x reason='IndexError: list index out of range at " in caplog.messages[0]
