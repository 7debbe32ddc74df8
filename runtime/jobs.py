"""Jobs that cannot die silently: a table of jobs in; each tried on its own, timed and counted, out.

A job that raises is counted, told once in the log until it succeeds again (or other rows of it fail than before), and
tried again at its next time; the others go on. When a job is due is the business of ``supervision``, or of a part that
has its own loop and calls ``run``.
What is no ``Exception`` (SystemExit, a cancelled task) is no failure of a job: it escapes and ends the process.
"""

import inspect
import logging
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime.metrics import Metric
from runtime.release import BUILD_INFO, RELEASE
from runtime.rows import RowsFailed

log = logging.getLogger(__name__)
# A log line is for reading: the type, the beginning of the message and the place are enough to find a fault.
_LONGEST_REASON = 300


@dataclass(frozen=True)
class Job:
    """One row of a part's table. ``work`` takes nothing; it may return ``Next``, and may be awaited in a loop's tasks.

    There is no growing back-off: each job's interval is already the pace at which it may ask its neighbours, so a
    failing one costs no more than a good one. ``retry_seconds`` is for jobs whose interval is long.
    """

    name: str
    interval_seconds: float
    work: Callable[[], object]
    retry_seconds: float | None = None


@dataclass(frozen=True)
class Next:
    """What a job returns that knows better than its interval when it is due again: seconds from its end."""

    seconds: float


@dataclass
class JobState:
    """What became of a job. ``last_success`` (Unix seconds) is the moment of the start until it succeeds.

    ``rows``: which of its rows failed last, where it goes by rows (``runtime.rows``).
    """

    job: Job
    last_success: float
    duration_seconds: float = 0.0
    failures: int = 0
    failing: bool = False
    rows: frozenset[str] = frozenset()


class Jobs:
    """The jobs of a part at work. ``clock`` measures durations; ``wall`` says when a job last succeeded."""

    def __init__(
        self,
        part: str,
        table: Sequence[Job],
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.part, self._wall, self._clock = part, wall, clock
        self.states = {job.name: JobState(job, wall()) for job in table}
        if len(self.states) != len(table):
            raise ValueError(f"{part}: two jobs of one name among {', '.join(job.name for job in table)}")

    def run(self, name: str) -> float:
        """Do that job now, whatever it raises; the seconds from its beginning to its next time."""
        state, began = self.states[name], self._clock()
        try:
            result = state.job.work()
        except Exception as error:
            return self._failed(state, error, began)
        return self._succeeded(state, result, began)

    async def run_task(self, name: str) -> float:
        """The same for a job that may have to be awaited."""
        state, began = self.states[name], self._clock()
        try:
            result = state.job.work()
            if inspect.isawaitable(result):
                result = await result
        except Exception as error:
            return self._failed(state, error, began)
        return self._succeeded(state, result, began)

    def _succeeded(self, state: JobState, result: object, began: float) -> float:
        state.last_success, state.duration_seconds = self._wall(), self._clock() - began
        if state.failing:
            state.failing, state.rows = False, frozenset()
            log.warning("event=job_recovered part=%s job=%s failures=%d", self.part, state.job.name, state.failures)
        if isinstance(result, Next):
            return state.duration_seconds + result.seconds
        return state.job.interval_seconds

    def _failed(self, state: JobState, error: Exception, began: float) -> float:
        state.duration_seconds = self._clock() - began
        state.failures += 1
        rows = error.rows if isinstance(error, RowsFailed) else frozenset()
        if not state.failing or state.rows != rows:
            state.failing, state.rows = True, rows
            log.error("event=job_failed part=%s job=%s reason=%r", self.part, state.job.name, reason(error))
        job = state.job
        return job.interval_seconds if job.retry_seconds is None else job.retry_seconds


class Faults:
    """Failures of work that nobody waits for (a datagram, a task of its own), until a job of the table tells them."""

    def __init__(self) -> None:
        self._first: Exception | None = None

    def note(self, error: Exception) -> None:
        """Remember the first since the last ``tell``."""
        # The first is the cause; what follows it in the same second is mostly its echo.
        self._first = self._first or error

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Whatever the block raises is noted and ends only the block."""
        try:
            yield
        except Exception as error:
            self.note(error)

    def tell(self) -> None:
        """Raise what was noted, once; nothing where nothing was."""
        error, self._first = self._first, None
        if error is not None:
            raise error


def reason(error: BaseException) -> str:
    """The type, the message and the innermost place of an exception, in one short line."""
    # The last frame is the innermost: where it broke, not who called.
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {error}"[:_LONGEST_REASON] + place


LABELS = ("part", "job")
LAST_SUCCESS = Metric(
    "lebarpita_job_last_success_timestamp_seconds",
    "gauge",
    "When the job last succeeded; the moment of the start until it does.",
    LABELS,
)
DURATION = Metric("lebarpita_job_duration_seconds", "gauge", "How long the job's last run took.", LABELS)
FAILURES = Metric("lebarpita_job_failures_total", "counter", "Runs of the job that ended by an exception.", LABELS)
INTERVAL = Metric("lebarpita_job_interval_seconds", "gauge", "How often the job runs when all is well.", LABELS)
# A part that has jobs says its release with them, so that no part can forget it.
JOB_METRICS = (LAST_SUCCESS, DURATION, FAILURES, INTERVAL, BUILD_INFO)
JobSamples = list[tuple[tuple[str, ...], float]]


def job_samples(tables: Collection[Jobs]) -> list[tuple[Metric, JobSamples]]:
    """Every metric with its samples over all tables of a process."""
    rows = [((jobs.part, name), state) for jobs in tables for name, state in jobs.states.items()]
    return [
        (LAST_SUCCESS, [(labels, state.last_success) for labels, state in rows]),
        (DURATION, [(labels, state.duration_seconds) for labels, state in rows]),
        (FAILURES, [(labels, state.failures) for labels, state in rows]),
        (INTERVAL, [(labels, state.job.interval_seconds) for labels, state in rows]),
        (BUILD_INFO, [((part, RELEASE), 1) for part in sorted({jobs.part for jobs in tables})]),
    ]
