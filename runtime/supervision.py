"""Who runs the jobs of a table: one thread for all of them, or a task of the running loop for each.

A thread or task that ends though nobody asked it to, by an exception that escapes or by returning, ends the process
with EXIT_CODE after saying why, so that systemd, Compose or the lab starts it anew: a part that answers its pages
without doing its work is worse than one that is seen to be dead. A job that hangs ends nothing: it is seen by
``lebarpita_job_last_success_timestamp_seconds`` standing still.
"""

import asyncio
import logging
import math
import os
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from runtime.jobs import Jobs, reason

log = logging.getLogger(__name__)
# EX_SOFTWARE of sysexits.h: an internal fault; no command of ours ends with it otherwise.
EXIT_CODE = 70

End = Callable[[str], None]


def end_process(why: str) -> None:
    """Say why and end the process at once.

    Without a clean end, because that could wait for the very thread that hangs or died: each part's state is written so
    that kill -9 at any moment loses nothing.
    """
    log.critical("event=process_ends code=%d reason=%r", EXIT_CODE, why)
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    # Not sys.exit: in a thread that ends the thread alone.
    os._exit(EXIT_CODE)


def supervised(name: str, work: Callable[[], None], over: Callable[[], bool], end: End = end_process) -> None:
    """What a thread runs: ``work``, and the end of the process where it ends before it is ``over``."""
    why, failed = "it returned", False
    try:
        work()
    except BaseException as error:
        why, failed = reason(error), True
    if not over():
        end(f"thread {name} ended: {why}")
    elif failed:
        log.error("event=thread_end_failed thread=%s reason=%r", name, why)


class JobThread:
    """All jobs of a table in one thread, one after the other in the table's order, each when it is due.

    ``leave`` is called in the thread at its orderly end.
    """

    def __init__(
        self, jobs: Jobs, name: str = "jobs", leave: Callable[[], None] = lambda: None, end: End = end_process
    ) -> None:
        self.jobs, self._leave = jobs, leave
        self._due = dict.fromkeys(jobs.states, -math.inf)
        self._hurried: set[str] = set()
        self._over, self._wake = threading.Event(), threading.Event()
        arguments = (f"{jobs.part}-{name}", self._run, self._over.is_set, end)
        self._thread = threading.Thread(target=supervised, args=arguments, name=arguments[0], daemon=True)

    def start(self) -> None:
        """Begin; every job is due at once."""
        self._thread.start()

    def stop(self, patience_seconds: float) -> None:
        """End after the present job; one that takes longer than the patience is left behind."""
        self._over.set()
        self._wake.set()
        self._thread.join(patience_seconds)

    def hurry(self, *names: str) -> None:
        """These jobs are due now, also where they are being run at this moment."""
        self._hurried.update(names)
        self._wake.set()

    def _run(self) -> None:
        while not self._over.is_set():
            # Before the round, not after it: a hurry that comes while a job runs must not be forgotten.
            self._wake.clear()
            self.round()
            if not self._hurried:
                self._wake.wait(max(0.0, min(self._due.values()) - time.monotonic()))
        self._leave()

    def round(self) -> None:
        """Run what is due. Not by the wall clock: set back by an hour it would leave all undone for that hour."""
        for name in self.jobs.states:
            began = time.monotonic()
            if self._over.is_set() or (began < self._due[name] and name not in self._hurried):
                continue
            self._hurried.discard(name)
            # From its beginning: a job that takes long comes no later each time.
            self._due[name] = began + self.jobs.run(name)


class JobTasks:
    """A task of the running loop for each job of a table, so that one that waits keeps nobody waiting."""

    def __init__(self, jobs: Jobs, end: End = end_process) -> None:
        self.jobs, self._end = jobs, end
        self._wakes = {name: asyncio.Event() for name in jobs.states}
        self._tasks: list[asyncio.Task[None]] = []
        self._over = False

    def start(self) -> None:
        """Begin; every job is due at once. Needs a running loop."""
        # Supervised by _ended: it is called however a task ends.
        self._tasks = [asyncio.create_task(self._repeat(name), name=name) for name in self.jobs.states]
        for task in self._tasks:
            task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """End every task where it waits."""
        self._over = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Started for a block, and stopped however it ends."""
        self.start()
        try:
            yield
        finally:
            await self.stop()

    def hurry(self, name: str) -> None:
        """That job is due now; where it is being run at this moment, again afterwards."""
        self._wakes[name].set()

    async def _repeat(self, name: str) -> None:
        loop, wake = asyncio.get_running_loop(), self._wakes[name]
        # Not for ever: until Python 3.12 wait_for swallows a cancelling that comes together with what it waits for.
        while not self._over:
            wake.clear()
            began = loop.time()
            pause = await self.jobs.run_task(name)
            # At least one turn of the loop, or a job that is always late would leave nobody else a turn.
            rest = max(0.0, began + pause - loop.time())
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), rest) if rest else await asyncio.sleep(0)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if self._over:
            return
        error = None if task.cancelled() else task.exception()
        why = "it was cancelled" if task.cancelled() else reason(error) if error else "it returned"
        self._end(f"task {self.jobs.part}/{task.get_name()} ended: {why}")
