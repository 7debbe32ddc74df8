"""Who acts just now, by which door: set where a request, a command or a job begins, read by the rights journal.

Nobody need say who he is for an act to be recorded: where nothing was set, it is the operating system's user of this
process, which is true of every command and cannot be forged by an environment variable.
"""

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE, API, TERMINAL, JOB = "page", "api", "terminal", "job"
_LOGIN_UID = Path("/proc/self/loginuid")
_NO_LOGIN = 2**32 - 1  # The kernel's (uid_t) -1: nobody has logged in (proc_pid_loginuid(5)).


def _clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Acting:
    """``person`` as events name people (``user:N``, ``api:NAME``, ``system``, ``public``), or ``os:NAME``; the door."""

    person: str
    door: str
    clock: Callable[[], datetime] = _clock


_NOW: ContextVar[Acting | None] = ContextVar("acting", default=None)


def acting_now() -> Acting:
    """Who acts in this thread."""
    return _NOW.get() or Acting(machine_user(), TERMINAL)


def begin_acting(acting: Acting) -> Token[Acting | None]:
    """From here on ``acting`` acts in this thread; give what comes back to ``end_acting``."""
    return _NOW.set(acting)


def end_acting(token: Token[Acting | None]) -> None:
    """As it was before."""
    _NOW.reset(token)


@contextmanager
def acting_as(acting: Acting) -> Iterator[None]:
    """The same around a block."""
    token = begin_acting(acting)
    try:
        yield
    finally:
        end_acting(token)


def machine_user() -> str:
    """``os:NAME`` of the process; with the name of who logged in to the machine where that is another (sudo)."""
    name, behind = _name(os.geteuid()), _login_user()
    return f"os:{name}" if behind in (None, name) else f"os:{behind} as {name}"


def _login_user() -> str | None:
    with suppress(OSError, ValueError):
        number = int(_LOGIN_UID.read_text(encoding="ascii"))
        return None if number == _NO_LOGIN else _name(number)
    return None


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
