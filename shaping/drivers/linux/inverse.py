"""The way back of the last apply, on disk before its first operation: a state of the kernel in, the same state out.

It stands in the state directory, so that another process (the watchdog, the agent after a kill) can go back. It is of
one boot: after the next one the kernel has none of it, and there is nothing to undo.
"""

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from runtime.files import write_whole
from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.frames import FrameSize
from shaping.drivers.linux.kernel import State
from shaping.state import as_json, load, save

log = logging.getLogger(__name__)
# A class as a row of the file: its number first, the kind of its leaf last.
_COLUMNS = ("minor", "rate", "ceil", "burst", "cburst", "quantum", "queue", "prio", "parent", "leaf")
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
    """Where it stands: a line that says which apply it is of, and one with the state before it, written once.

    How far that apply has come stands in a small file beside it, which names the apply: of another one it says nothing,
    and then the apply is neither done nor confirmed. Reading gives None where there is none, or one of another boot.
    """

    path: Path

    def read(self) -> Inverse | None:
        """The last one written in this boot."""
        try:
            head, _, state = self.path.read_text(encoding="utf-8").partition("\n")
            apply = _apply_of(head)
            return None if apply is None else replace(self._with_progress(apply), before=_state(json.loads(state)))
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError) as error:
            log.error("event=state_unreadable path=%s reason=%r", self.path, str(error))
            return None

    def head(self) -> Inverse | None:
        """The same without the state before it, which is long: ``before`` is empty."""
        try:
            with self.path.open(encoding="utf-8") as file:
                apply = _apply_of(file.readline())
            return None if apply is None else self._with_progress(apply)
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError) as error:
            log.error("event=state_unreadable path=%s reason=%r", self.path, str(error))
            return None

    def write(self, inverse: Inverse) -> None:
        """A new one in the place of the last; fsynced. How far its apply has come is told apart (``note``)."""
        before = inverse.before
        # Rows and not objects, each once: for 500 offices writing this state was a third of an apply.
        classes = {place: [_row(htb) for htb in own.values()] for place, own in before.classes.items()}
        frames = {place: asdict(frame) for place, frame in before.frames.items()}
        state = {"classes": classes, "table": before.table, "roots": sorted(before.roots), "frames": frames}
        about = {"plan": inverse.plan, "operations": inverse.operations, "applied_at": inverse.applied_at}
        write_whole(self.path, as_json({"boot": _boot(), **about}) + b"\n" + as_json(state) + b"\n")

    def note(self, inverse: Inverse) -> None:
        """How far that apply has come; fsynced."""
        save(self._beside, {"apply": _name(inverse), "done": inverse.done, "confirmed": inverse.confirmed})

    def remove(self) -> None:
        """There is no way back any more."""
        self.path.unlink(missing_ok=True)
        self._beside.unlink(missing_ok=True)

    @property
    def _beside(self) -> Path:
        return self.path.with_name(f"{self.path.stem}-progress{self.path.suffix}")

    def _with_progress(self, inverse: Inverse) -> Inverse:
        body = load(self._beside)
        if not isinstance(body, Mapping) or body.get("apply") != _name(inverse):
            return inverse
        return replace(inverse, done=body.get("done") is True, confirmed=body.get("confirmed") is True)


def now() -> float:
    """Seconds since boot, the same in every process: a clock set by NTP would undo too early or never."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _boot() -> str:
    return _BOOT.read_text(encoding="ascii").strip()


def _name(inverse: Inverse) -> str:
    # The moment too: the same plan is applied again after somebody's hand was mended.
    return f"{inverse.plan} {inverse.applied_at!r}"


def _apply_of(head: str) -> Inverse | None:
    body = json.loads(head)
    if body["boot"] != _boot():
        return None
    return Inverse(str(body["plan"]), int(body["operations"]), float(body["applied_at"]), State({}, {}, None))


def _state(state: Mapping[str, Any]) -> State:
    classes = {str(place): {int(row[0]): _class(row) for row in rows} for place, rows in state["classes"].items()}
    frames = {
        str(place): FrameSize(int(row["overhead"]), int(row["smallest"])) for place, row in state["frames"].items()
    }
    return State(classes, {}, None, state["table"], frozenset(state["roots"]), frames=frames)


def _row(htb: Class) -> list[int | str]:
    return [getattr(htb, name) for name in _COLUMNS]


def _class(row: Sequence[Any]) -> Class:
    numbers = {name: int(value) for name, value in zip(_COLUMNS[:-1], row[:-1], strict=True)}
    return Class(**numbers, leaf=str(row[-1]))
