"""A question to a neighbour: an address in, its answer out, bounded in time and in size.

``requests`` waits anew after every piece that comes, and its time does not cover the look-up of a name: a server that
sends a byte every two seconds, or a name server that is gone, holds whoever asked for as long as it likes. Here the
whole question has one deadline, and what is longer than agreed is not read to its end.
"""

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from runtime import finite_json

# What is taken from the socket at once; nothing depends on it but how often the clock is looked at.
_PIECE_BYTES = 65_536
_SHOWN = 200  # Bytes of a neighbour's own words: a line of a log.
# Threads that wait for the next question: as many as a dozen pages ask at once; more end with theirs.
_MOST_IDLE = 64
Question = Callable[[], None]
# The last that became idle is the next to work, so that the others stay where they are.
_idle: "list[queue.SimpleQueue[Question]]" = []
# A forked process has none of its parent's threads.
os.register_at_fork(after_in_child=_idle.clear)


@dataclass(frozen=True)
class Bounds:
    """The longest silence and the longest time for the whole question, in seconds; the largest body, in bytes."""

    silence_seconds: float
    whole_seconds: float
    most_bytes: int


@dataclass(frozen=True)
class Answer:
    """What a neighbour said."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as plain data. Raises ValueError where it is no JSON or holds a number that is not finite."""
        return finite_json.parse(self.body)

    @property
    def text(self) -> str:
        """The beginning of the body, for a log line."""
        return self.body[:_SHOWN].decode("utf-8", "replace").strip()


def ask(method: str, url: str, bounds: Bounds, **how: Any) -> Answer:
    """One question; ``how`` as for ``requests.request``.

    Raises requests.RequestException: Timeout where the neighbour is slow, ConnectionError where it is not there, breaks
    off in the middle or says more than agreed.
    """
    outcome: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
    _in_a_thread(lambda: _put(method, url, bounds, how, outcome))
    try:
        answer = outcome.get(timeout=bounds.whole_seconds)
    except queue.Empty:
        raise requests.Timeout(f"{url}: no answer within {bounds.whole_seconds:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _in_a_thread(question: Question) -> None:
    """Have it done by a thread that waits for one, or by a new one: to start a thread waits for it to run."""
    try:
        idle = _idle.pop()
    except IndexError:
        idle = queue.SimpleQueue()
        # Needs no supervisor: whatever a question raises is its outcome. Where nobody waits any more (a look-up of a
        # name cannot be broken off) it goes on by itself: its body has the same deadline.
        threading.Thread(target=_questions, args=(idle,), name="question", daemon=True).start()
    idle.put(question)


def _questions(waiting: "queue.SimpleQueue[Question]") -> None:
    while True:
        waiting.get()()
        if len(_idle) >= _MOST_IDLE:
            return
        _idle.append(waiting)


def _put(
    method: str, url: str, bounds: Bounds, how: dict[str, Any], outcome: "queue.SimpleQueue[Answer | Exception]"
) -> None:
    over = time.monotonic() + bounds.whole_seconds
    try:
        how = {"timeout": bounds.silence_seconds, **how}
        with requests.request(method, url, stream=True, **how) as answer:
            outcome.put(Answer(answer.status_code, _body(answer, bounds, over), answer.headers))
    except Exception as error:
        outcome.put(error)


def _body(answer: requests.Response, bounds: Bounds, over: float) -> bytes:
    body = bytearray()
    while piece := _piece(answer):
        body += piece
        if len(body) > bounds.most_bytes:
            raise requests.ConnectionError(f"the answer is longer than {bounds.most_bytes} bytes")
        if time.monotonic() > over:
            raise requests.Timeout(f"the answer took longer than {bounds.whole_seconds:g} s")
    return bytes(body)


def _piece(answer: requests.Response) -> bytes:
    """What has come, as soon as something has; empty at the end."""
    try:
        return bytes(answer.raw.read1(_PIECE_BYTES, decode_content=True) or b"")
    except Exception as error:
        # Below ``requests`` a broken stream has kinds of its own (urllib3's, ssl's, zlib's).
        slow = "timed out" in str(error).lower()
        kind = requests.Timeout if slow else requests.ConnectionError
        raise kind(f"the answer broke off: {type(error).__name__}") from error
