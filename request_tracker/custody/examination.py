"""``lebarpita doctor`` over this office's settings, run beside the pages: begun out, what its last run found in.

A child, not a thread: it asks devices and neighbours for a minute or two, with none of our secrets, and ends by itself
(``operations.doctor``). The checks are the command's; here nothing is checked, so that page and command never differ.
"""

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from request_tracker.store.prepared_children import surroundings
from request_tracker.words.bilingual import Both

# A person waits for it: enough for every part and some hundred devices; what there was no time for is said.
WITHIN_SECONDS = 45
# A city of five thousand devices that all fail is named by four and a count; what is longer is no answer of ours.
_MOST_BYTES = 2**20
_ROOM = "operations.cli"


class ExaminationStep(BaseModel):
    """One step of the way, as ``lebarpita doctor --json`` writes it; Indonesian and English in each pair."""

    model_config = ConfigDict(frozen=True)

    title: tuple[str, str]
    ok: bool
    note: bool = False
    wrong: tuple[str, str] | None = None
    cure: tuple[str, str] | None = None
    said: tuple[str, str] | None = None

    @property
    def state(self) -> str:
        """``bad``, ``good``, or ``unknown`` where it is a note."""
        return "bad" if not self.ok else "unknown" if self.note else "good"


_STEPS = TypeAdapter(tuple[ExaminationStep, ...])


@dataclass(frozen=True)
class ExaminationResult:
    """A run that has ended: when, and its steps; or the sentence that says why there are none."""

    at: datetime
    steps: tuple[ExaminationStep, ...] = ()
    problem: Both | None = None

    @property
    def first(self) -> ExaminationStep | None:
        """The first thing that is wrong on the way."""
        return next((step for step in self.steps if not step.ok), None)


@dataclass
class Examination:
    """The last run and the one under way; ``begin`` does nothing where one is. Asked by the pages' threads."""

    settings: Path
    command: Sequence[str] = (sys.executable, "-m", _ROOM)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _last: ExaminationResult | None = None
    _running: "tuple[subprocess.Popen[bytes], IO[bytes], datetime] | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Start a run; where the child cannot be started, that is the answer."""
        with self._lock:
            self._collect()
            if self._running is None:
                self._start()

    def standing(self) -> tuple[ExaminationResult | None, datetime | None]:
        """The last run that ended, and since when one is under way."""
        with self._lock:
            self._collect()
            return self._last, self._running and self._running[2]

    def _start(self) -> None:
        words = ("doctor", "--all", "--json", "--within", str(WITHIN_SECONDS), "--etc", str(self.settings))
        try:
            out = tempfile.TemporaryFile()  # noqa: SIM115  # closed when the child has ended
        except OSError as error:
            self._last = ExaminationResult(self.clock(), problem=_could_not(error.strerror or "disk"))
            return
        try:
            child = subprocess.Popen(
                (*self.command, *words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env=surroundings(),
            )
        except OSError as error:
            out.close()
            self._last = ExaminationResult(self.clock(), problem=_could_not(error.strerror or "exec"))
            return
        self._running = (child, out, self.clock())

    def _collect(self) -> None:
        """Take the answer of a child that has ended."""
        if self._running is None or (code := self._running[0].poll()) is None:
            return
        _, out, _ = self._running
        with out:
            out.seek(0)
            body = out.read(_MOST_BYTES)
        self._running = None
        try:
            self._last = ExaminationResult(self.clock(), _STEPS.validate_json(body))
        except ValidationError:
            self._last = ExaminationResult(self.clock(), problem=_could_not(f"kode/code {code}"))


def _could_not(reason: str) -> Both:
    return Both(
        f"Pemeriksaan tidak dapat dijalankan ({reason}). Jalankan lebarpita doctor di server.",
        f"The examination could not be run ({reason}). Run lebarpita doctor on the server.",
    )
