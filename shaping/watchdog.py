"""The watchdog: a process of its own that undoes an apply which nobody confirmed in time. It knows the driver only.

It stands beside the agent, because whatever ends the agent in the middle of an apply must not leave half of it: the way
back is on disk before the first operation. An agent that comes back in time goes on and confirms; else this goes back.
"""

import logging
import os
import subprocess
import sys
import threading

from runtime.jobs import Job, Jobs
from shaping.drivers.base import Driver, LiveDriver

log = logging.getLogger(__name__)
# Confirmed or undone within five seconds, of which one is for the look and the way back (500 OPDs: 50 ms).
CONFIRM_SECONDS = 4.0
_LOOK_SECONDS = 0.5


def start(config: str) -> "subprocess.Popen[bytes]":
    """The watchdog of this agent as a process of its own; it ends by itself after the agent."""
    command = [sys.executable, "-m", "shaping.cli", "watchdog", "--config", config, "--parent", str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)


def watch(driver: Driver, over: threading.Event, parent: int | None = None) -> None:
    """Until ``over``, or until the parent has gone and nothing waits any more."""
    jobs = Jobs("watchdog", (Job("unconfirmed", _LOOK_SECONDS, lambda: look(driver)),))
    while not over.is_set():
        jobs.run("unconfirmed")
        if parent is not None and os.getppid() != parent and not _waits(driver):
            return
        over.wait(_LOOK_SECONDS)


def look(driver: Driver) -> bool:
    """Undo what has waited too long; True where something was undone."""
    if not isinstance(driver, LiveDriver):
        return False
    waited = driver.unconfirmed_seconds()
    if waited is None or waited <= CONFIRM_SECONDS:
        return False
    log.error("event=unconfirmed_undone waited_seconds=%.1f operations=%d", waited, driver.undo())
    return True


def _waits(driver: Driver) -> bool:
    return isinstance(driver, LiveDriver) and driver.unconfirmed_seconds() is not None
