"""The way back of the last apply, on disk before its first operation: a state of the kernel in, the same state out.

It stands in the state directory, so that another process (the watchdog, the agent after a kill) can go back. It is of
one boot: after the next one the kernel has none of it, and there is nothing to undo.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.frames import FrameSize
from shaping.drivers.linux.kernel import State
from shaping.state import load, save

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Inverse:
    """The state before an apply, which plan that was, and how many operations it had.

    ``done`` once all of them were carried out, ``confirmed`` once somebody said that it stays.
    """

    plan: str
    operations: int
    applied_at: float
    before: State
    done: bool = False
    confirmed: bool = False


@dataclass(frozen=True)
class InverseFile:
    """Where it stands. Reading gives None where there is none, or one of another boot."""

    path: Path

    def read(self) -> Inverse | None:
        """The last one written in this boot."""
        body = load(self.path)
        if not isinstance(body, Mapping) or body.get("boot") != _boot():
            return None
        try:
            return _inverse(body)
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, inverse: Inverse) -> None:
        """Replace it; fsynced."""
        before = inverse.before
        # Flat and frozen: ``asdict`` copies each number deeply, which for 500 offices was a third of an apply.
        classes = {place: [vars(htb) for htb in own.values()] for place, own in before.classes.items()}
        frames = {place: asdict(frame) for place, frame in before.frames.items()}
        state = {"classes": classes, "table": before.table, "roots": sorted(before.roots), "frames": frames}
        about = {"plan": inverse.plan, "operations": inverse.operations, "applied_at": inverse.applied_at}
        progress = {"done": inverse.done, "confirmed": inverse.confirmed}
        save(self.path, {"boot": _boot(), **about, **progress, "before": state})

    def remove(self) -> None:
        """There is no way back any more."""
        self.path.unlink(missing_ok=True)


def now() -> float:
    """Seconds since boot, the same in every process: a clock set by NTP would undo too early or never."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _boot() -> str:
    return _BOOT.read_text(encoding="ascii").strip()


def _inverse(body: Mapping[str, Any]) -> Inverse:
    state = body["before"]
    classes = {str(place): {int(row["minor"]): _class(row) for row in rows} for place, rows in state["classes"].items()}
    frames = {
        str(place): FrameSize(int(row["overhead"]), int(row["smallest"])) for place, row in state["frames"].items()
    }
    before = State(classes, {}, None, state["table"], frozenset(state["roots"]), frames=frames)
    plan, count, at = str(body["plan"]), int(body["operations"]), float(body["applied_at"])
    return Inverse(plan, count, at, before, done=body["done"] is True, confirmed=body["confirmed"] is True)


def _class(row: Mapping[str, Any]) -> Class:
    numbers = {key: int(value) for key, value in row.items() if key != "leaf"}
    return Class(**numbers, leaf=str(row["leaf"]))
