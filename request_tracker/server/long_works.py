"""Requests whose answer takes long: a ticket for each out at once, its answer out when it is there.

The ticket is a secret of whoever sent the request, and the answer is kept in memory for a while only, because it may
show a secret itself.
"""

import secrets
import threading
import time
from asyncio import Future
from collections import OrderedDict
from dataclasses import dataclass, field

from request_tracker.server.wsgi import WsgiAnswer

# More than can be worked on and wait at once, three times over; an answer is a page of some kilobytes.
KEPT = 30
KEPT_SECONDS = 900.0  # As long as a page that was the answer to a form is told again (``store.idempotency``).


@dataclass
class LongWork:
    """One of them: where it was sent to, since when, and what was answered: nothing yet, or status, fields and body."""

    path: str
    began: float = field(default_factory=time.monotonic)
    answer: tuple[int, list[tuple[str, str]], bytes] | None = None

    def seconds(self) -> int:
        """How long it takes by now."""
        return int(time.monotonic() - self.began)


class LongWorks:
    """The newest, by ticket. Entered by the server's loop, looked at by the pages' threads."""

    def __init__(self) -> None:
        self._works: OrderedDict[str, LongWork] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, path: str) -> tuple[str, LongWork]:
        """A ticket for a request that is being worked on."""
        ticket, work = secrets.token_urlsafe(16), LongWork(path)
        with self._lock:
            self._works[ticket] = work
            while len(self._works) > KEPT:
                self._works.popitem(last=False)
        return ticket, work

    def of(self, ticket: str) -> LongWork | None:
        """The work of a ticket; None where it is not kept any more."""
        with self._lock:
            work = self._works.get(ticket)
            return work if work and work.seconds() < KEPT_SECONDS else None


def finish(work: LongWork, ended: Future[WsgiAnswer]) -> None:
    """Keep the answer for whoever comes with the ticket; of one that the server's end has cancelled nothing is left."""
    if ended.cancelled() or ended.exception():
        work.answer = (500, [("Content-Type", "text/plain")], b"")
        return
    answer = ended.result()
    answer.body.seek(0)
    fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.fields]
    work.answer = (answer.status, fields, answer.body.read())
    answer.body.close()
