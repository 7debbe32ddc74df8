"""A configuration read anew while its part goes on: SIGHUP in, what the file says now adopted or refused out.

As Prometheus does it: a file that is in error changes nothing, its sentences stand in the log and two metrics say so.
Nothing is begun anew: counters, outages and pages go on, and what is adopted is there whole or not at all.
"""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

from runtime.jobs import reason
from runtime.metrics import Metric
from runtime.supervision import supervised

log = logging.getLogger(__name__)
T = TypeVar("T")

RELOAD_SUCCESSFUL = Metric(
    "lebarpita_config_last_reload_successful",
    "gauge",
    "1 where the city file as it was read last is in use; 0 where it was refused and the one before goes on.",
    ("part",),
)
RELOAD_TIME = Metric(
    "lebarpita_config_last_reload_success_timestamp_seconds",
    "gauge",
    "When the city file in use was read: at the start or by the last reload that succeeded.",
    ("part",),
)
RELOAD_METRICS = (RELOAD_SUCCESSFUL, RELOAD_TIME)
ReloadSamples = list[tuple[Metric, list[tuple[tuple[str, ...], float]]]]


class Reload(Generic[T]):
    """One part's reloading. Make it before the file is first read and ``listen``: a signal then waits and ends nothing.

    ``refusals`` are the exceptions that a person can mend in the file; their text is logged whole.
    """

    def __init__(
        self,
        part: str,
        refusals: tuple[type[Exception], ...],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.part, self.successful, self.succeeded_at = part, True, wall()
        self._refusals, self._wall = refusals, wall
        # SimpleQueue and no Event: put may be called by a signal's handler while it is being called (queue, reentrant).
        self._asked: SimpleQueue[bool] = SimpleQueue()
        self._over = False

    def listen(self) -> "Reload[T]":
        """Take SIGHUP from now on; call it in the main thread."""
        signal.signal(signal.SIGHUP, lambda *_: self.ask())
        return self

    def ask(self) -> None:
        """Have the file read again; returns at once."""
        self._asked.put(True)

    def start(self, read: Callable[[], T], adopt: Callable[[T], None]) -> None:
        """Begin the thread that reads and adopts; ``adopt`` is called in it."""
        arguments = (f"{self.part}-reload", lambda: self._run(read, adopt), lambda: self._over)
        threading.Thread(target=supervised, args=arguments, name=arguments[0], daemon=True).start()

    def stop(self) -> None:
        """End; a reading under way is left behind."""
        self._over = True
        self._asked.put(False)

    def once(self, read: Callable[[], T], adopt: Callable[[T], None]) -> bool:
        """Read and adopt now; whether it was adopted. Whatever either raises is a refusal."""
        try:
            adopt(read())
        except Exception as error:
            self.successful = False
            why = str(error) if isinstance(error, self._refusals) else reason(error)
            log.error("event=config_refused part=%s reason=%r next=the_one_before_goes_on", self.part, why)
            return False
        self.successful, self.succeeded_at = True, self._wall()
        log.warning("event=config_reloaded part=%s", self.part)
        return True

    def samples(self) -> ReloadSamples:
        """Both metrics as they stand."""
        return [
            (RELOAD_SUCCESSFUL, [((self.part,), int(self.successful))]),
            (RELOAD_TIME, [((self.part,), self.succeeded_at)]),
        ]

    def _run(self, read: Callable[[], T], adopt: Callable[[T], None]) -> None:
        while self._asked.get() and not self._over:
            self.once(read, adopt)


def in_loop(adopt: Callable[[T], None]) -> Callable[[T], None]:
    """The same, done in the running loop whoever calls it, so that no task sees half of it. Waits for the loop."""
    loop = asyncio.get_running_loop()

    async def inside(value: T) -> None:
        adopt(value)

    def call(value: T) -> None:
        asyncio.run_coroutine_threadsafe(inside(value), loop).result()

    return call
