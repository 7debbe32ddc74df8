"""Work on files that strangers hand in, in a child process: a function and bytes in, the function's bytes out.

What is handed in was made to be heavy sometimes. The child has bounds on its time and memory, none of our secrets, runs
behind the pages and writes no file; a few work at once, a few wait, and whoever comes then is asked to come again. The
function stands in a module of ``request_tracker.store`` and takes and gives bytes; what it refuses it raises as
``Spoiled``. Its result is not looked at here.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from request_tracker.errors import NotNow
from request_tracker.store.prepared_children import PreparedChildren, WorkBounds, surroundings
from request_tracker.words.bilingual import Both

FileWork = Callable[[bytes], bytes]
CHILD = "request_tracker.store.picture_child"
DONE, REFUSED = b"+", b"-"  # The first byte of the child's answer: the bytes follow, or the two sentences as JSON.
_TOO_HEAVY = Both(
    "gambar atau berkas ini terlalu berat untuk diolah; perkecil dahulu",
    "this picture or file is too heavy to be worked on; make it smaller",
)


@dataclass(frozen=True)
class WorkStanding:
    """How much is being worked on at this moment, how much waits for its turn, and what was done until now.

    ``files`` counts by child: prepared, or new where there was none.
    """

    at_work: int
    waiting: int
    files: Mapping[str, int] = field(default_factory=lambda: {"prepared": 0, "new": 0})


class Spoiled(ValueError):
    """A file that cannot be kept; ``reason`` is for a person."""

    def __init__(self, reason: Both) -> None:
        super().__init__(reason.indonesian)
        self.reason = reason


class WorkQueue:
    """Turns for work beside: ``at_once`` at work, ``places`` more waiting, nobody longer than ``patience_seconds``."""

    def __init__(self, at_once: int, places: int, patience_seconds: float) -> None:
        self._most, self._patience = at_once + places, patience_seconds
        self._turns, self._lock = threading.Semaphore(at_once), threading.Lock()
        self._at_work = 0
        self._files = {"prepared": 0, "new": 0}
        self._inside = set[int]()

    def holds(self, thread: int) -> bool:
        """Whether that thread has a file at work here, or waits for its turn with one."""
        with self._lock:
            return thread in self._inside

    def standing(self) -> WorkStanding:
        """How it stands now."""
        with self._lock:
            return WorkStanding(self._at_work, len(self._inside) - self._at_work, dict(self._files))

    def count_file(self, child: str) -> None:
        """One more file was read, by that kind of child."""
        with self._lock:
            self._files[child] += 1

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn and have it for the block. Raises NotNow where too many wait, or for too long."""
        self._enter()
        try:
            if not self._turns.acquire(timeout=self._patience):
                raise NotNow("pictures_busy")
            try:
                self._count(1)
                yield
            finally:
                self._count(-1)
                self._turns.release()
        finally:
            with self._lock:
                self._inside.discard(threading.get_ident())

    def _enter(self) -> None:
        with self._lock:
            if len(self._inside) >= self._most:
                raise NotNow("pictures_busy")
            self._inside.add(threading.get_ident())

    def _count(self, change: int) -> None:
        with self._lock:
            self._at_work += change


# Two, so that a small picture passes a large one on a machine with two cores. Six more may wait: with those at work
# they hold eight threads of the pages, fewer than there are. A minute is as long as a person waits for a form.
QUEUE = WorkQueue(at_once=2, places=6, patience_seconds=60.0)
BOUNDS = WorkBounds()
# The server of the pages starts it; a command that has one file to read starts a child for it.
PREPARED_CHILDREN = PreparedChildren()


def beside(
    work: FileWork,
    content: bytes,
    bounds: WorkBounds = BOUNDS,
    queue: WorkQueue = QUEUE,
    prepared: PreparedChildren = PREPARED_CHILDREN,
) -> bytes:
    """Have it done in a child. Raises Spoiled for a file that cannot be kept, NotNow where too many wait."""
    name = f"{work.__module__}:{work.__qualname__}"
    with queue.turn():
        answer = prepared.answer(name, content, bounds)
        queue.count_file("new" if answer is None else "prepared")
        return _read(_of_a_new_child(name, content, bounds) if answer is None else answer)


def _of_a_new_child(name: str, content: bytes, bounds: WorkBounds) -> bytes:
    """What a child answers that starts for this file; empty where it was ended or broke."""
    command = [sys.executable, "-P", "-m", CHILD, name, str(bounds.cpu_seconds), str(bounds.memory_bytes)]
    try:
        ended = subprocess.run(
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=surroundings(),
            timeout=bounds.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Spoiled(_TOO_HEAVY) from None
    return ended.stdout if ended.returncode == 0 else b""


def _read(answer: bytes) -> bytes:
    """A child that was ended by its bounds, or that a broken file broke, answers nothing."""
    if answer[:1] not in (DONE, REFUSED):
        raise Spoiled(_TOO_HEAVY)
    if answer[:1] == REFUSED:
        indonesian, english = json.loads(answer[1:])
        raise Spoiled(Both(indonesian, english))
    return answer[1:]
