"""Whether a part can do its work now: its jobs and its folders in, the sentences of what hinders it out; none is well.

Two questions, as supervisors and load balancers ask them. ``/healthz``: does the process answer? ``/readyz``: can it do
what it is for? A neighbour's silence hinders nobody here, it has alerts of its own; a folder that takes nothing does.
"""

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from runtime.jobs import Jobs

log = logging.getLogger(__name__)
# The bound of LebarpitaJobStale (alert_rules/rules/stack.yml), so that page and alert never say two things.
STALE_INTERVALS, STALE_SECONDS = 5, 60.0
# A folder is as good as full when the state of a city's collector finds no room: some 200 kB for 500 OPDs.
TRIAL_BYTES = 256 * 1024
# Whoever asks more often gets the last answer: strangers may ask the tracker, and each trial is an fsync.
TRIAL_SECONDS = 5.0


def stale_jobs(tables: Iterable[Jobs], now: float) -> list[str]:
    """Jobs that last succeeded longer ago than the alert allows; ``now`` in Unix seconds."""
    return [
        f"job {name} of {jobs.part} last succeeded {now - state.last_success:.0f} s ago; its log lines say why"
        for jobs in tables
        for name, state in jobs.states.items()
        if now - state.last_success > STALE_INTERVALS * state.job.interval_seconds + STALE_SECONDS
    ]


def folder_fault(folder: Path) -> str | None:
    """What keeps this process from writing there, tried with a nameless file that is gone at once; None where nothing.

    A folder that is not made yet is made by its part: its parent is tried.
    """
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(bytes(TRIAL_BYTES))
            file.flush()
            # Some file systems (NFS, quotas) refuse only when the bytes go to the disk.
            os.fsync(file.fileno())
    except OSError as error:
        return f"{folder}: cannot be written: {error.strerror}"
    return None


@dataclass
class Readiness:
    """What stands in a part's way. ``more`` are questions of its own, each a sentence or None."""

    tables: tuple[Jobs, ...] = ()
    folders: tuple[Path, ...] = ()
    more: tuple[Callable[[], str | None], ...] = ()
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    _tried: tuple[float, tuple[str, ...]] | None = None
    _said: tuple[str, ...] = ()
    # Pages are answered by several threads: one tries, the others wait for its answer.
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def faults(self) -> tuple[str, ...]:
        """Every sentence; empty where the part is ready. What is new is logged once. May wait for the disk."""
        with self._lock:
            others = [sentence for ask in self.more if (sentence := ask()) is not None]
            faults = (*self._folder_faults(), *others, *stale_jobs(self.tables, self.wall()))
            # By number: the seconds in a sentence are others each time.
            if len(faults) != len(self._said):
                log.warning("event=readiness faults=%d reason=%r", len(faults), "; ".join(faults))
            self._said = faults
            return faults

    def _folder_faults(self) -> tuple[str, ...]:
        now = self.clock()
        if self._tried is None or now - self._tried[0] >= TRIAL_SECONDS:
            self._tried = (now, tuple(fault for folder in self.folders if (fault := folder_fault(folder)) is not None))
        return self._tried[1]


def said(faults: tuple[str, ...]) -> tuple[int, str]:
    """The answer of ``/readyz``: a status of HTTP and lines of text."""
    return (503, "\n".join((*faults, ""))) if faults else (200, "ready\n")
