"""A child that acts until it is killed: what it said it had done out; or one that kills itself at a statement."""

import contextlib
import os
import signal
import time
from collections.abc import Callable

from broken_statements import broken, killed_here

from request_tracker.cases import Desk

Act = Callable[[Desk, int], str]
MOMENTS = int(os.environ.get("LEBARPITA_KILLS", "18"))


def child(desk: Desk, act: Act, first: int, out: int) -> None:
    """Act until killed: an empty line once the database is open, then one line for everything done."""
    desk.store.value("SELECT 1")
    os.write(out, b"\n")
    for turn in range(first, first + 1000):
        with contextlib.suppress(Exception):
            os.write(out, act(desk, turn).encode() + b"\n")


def killed(desk: Desk, act: Act, first: int, after: float) -> list[str]:
    """What a child told before it was killed."""
    desk.store.close()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        child(desk, act, first, write)
        os._exit(0)
    os.close(write)
    os.read(read, 1)
    time.sleep(after)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(read) as lines:
        return lines.read().split()


def killed_at(desk: Desk, act: Callable[[], object], statement: int) -> bool:
    """Whether a child that acts reached its n-th statement that writes, and was killed just before it."""
    desk.store.close()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(Exception), broken(desk.store, statement, killed_here):
            act()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(pid, 0)[1])
