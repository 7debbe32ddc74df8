"""A failure of an unexpected type planted in a job of a part's table, and what must be seen of it; for all rooms."""

import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.jobs import Jobs
from runtime.supervision import EXIT_CODE

UNEXPECTED = (KeyError("planted"), IndexError("planted"), RuntimeError("planted"))
Round = Callable[[], Awaitable[None]]


@contextmanager
def planted(jobs: Jobs, name: str, error: Exception) -> Iterator[None]:
    """The job raises as long as the block lasts."""
    state = jobs.states[name]
    whole = state.job

    def raising() -> None:
        raise error

    state.job = replace(whole, work=raising)
    try:
        yield
    finally:
        state.job = whole


async def survive(jobs: Jobs, name: str, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Every job of the table is run by the runner, three times with the fault and once without it."""
    caplog.set_level(logging.INFO, "runtime.jobs")
    caplog.clear()
    for state in jobs.states.values():
        state.last_success = 0.0
    with planted(jobs, name, error):
        for _ in range(3):
            for each in jobs.states:
                await jobs.run_task(each)
    state = jobs.states[name]
    assert state.failures == 3 and state.last_success == 0.0 and state.failing
    others = {each: other for each, other in jobs.states.items() if each != name}
    assert [each for each, other in others.items() if other.failures or not other.last_success] == []
    assert [line for line in said(caplog) if "job_failed" in line] == said(caplog)[:1]
    assert f"event=job_failed part={jobs.part} job={name} reason=" in said(caplog)[0]
    await jobs.run_task(name)
    state = jobs.states[name]
    assert state.last_success > 0 and not state.failing and state.failures == 3
    assert said(caplog)[1:] == [f"event=job_recovered part={jobs.part} job={name} failures=3"]


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "runtime.jobs"]


def dies(program: str, folder: Path) -> str:
    """A real process of a part that runs ``program``; it must end by its supervisor. Returns what it said."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False, cwd=folder
    )
    assert done.returncode == EXIT_CODE, (done.returncode, done.stdout, done.stderr)
    assert "event=process_ends" in done.stderr
    return done.stderr
