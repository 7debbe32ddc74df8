"""Sent once: what a form's hidden key and its content name is answered a second time, never done a second time.

A mark is made before a form is acted on. A form that acts on a case completes it in the transaction of the act, so that
whatever goes wrong afterwards the act is never done again. Other forms complete it with the answer after them; a mark
without an answer means that the same form is being acted on now, or that the machine stopped meanwhile: then the
person is told to look first.
Pages that were the answer may show a secret, so they stay in memory and for a short while only; where to go is kept.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.errors import Refused
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store

KEPT_FOR = timedelta(days=7)  # A form left open over a weekend is sent again on Monday.
# A quarter of an hour of receipts on a busy day; each is some kilobytes of memory.
PAGES, PAGE_SECONDS = 200, 900.0
# As long as a person waits before pressing once more; looking twenty times a second costs nothing.
WAIT_SECONDS, LOOK_SECONDS = 5.0, 0.05


@dataclass(frozen=True)
class FormAnswer:
    """What a form was answered with: a status and where to go, or a page."""

    status: int
    location: str | None = None
    page: bytes | None = None


class Pages:
    """The newest answers that were pages, by mark; the oldest go first, and none stays longer than a while."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, mark: str, page: bytes) -> None:
        """Remember a page for the case that its form comes again."""
        with self._lock:
            self._kept[mark] = (time.monotonic(), page)
            while len(self._kept) > PAGES:
                self._kept.popitem(last=False)

    def of(self, mark: str) -> bytes | None:
        """The page of a mark, None where it is not kept any more."""
        with self._lock:
            at, page = self._kept.get(mark, (0.0, b""))
            return page if page and time.monotonic() - at < PAGE_SECONDS else None


def mark_of(key: str, parts: Iterable[bytes]) -> str:
    """The mark of one form with this content: the key is a secret of the page, the content is not kept."""
    sum = hashlib.sha256(key.encode())
    for part in parts:
        # With its length in front, so that "ab", "c" and "a", "bc" are two forms.
        sum.update(len(part).to_bytes(8, "big") + part)
    return sum.hexdigest()


def begin(store: Store, mark: str, now: datetime) -> bool:
    """Make the mark; False where it is there already. Marks of last week go."""
    with store.transaction() as db:
        db.execute("DELETE FROM sent_once WHERE at < ?", [stamp(now - KEPT_FOR)])
        # The primary key decides who of two comes first; looking before writing would let both through.
        cursor = db.conn.execute("INSERT OR IGNORE INTO sent_once (mark, at) VALUES (?, ?)", [mark, stamp(now)])
        return bool(cursor.rowcount)


def finish(store: Store, pages: Pages, mark: str, answer: FormAnswer) -> None:
    """Complete the mark with its answer."""
    if answer.page is not None:
        pages.keep(mark, answer.page)
    with store.transaction() as db:
        complete(db, mark, answer)


def complete(db: Database, mark: str, answer: FormAnswer) -> None:
    """The same inside the transaction of the act itself."""
    db.execute("UPDATE sent_once SET status = ?, location = ? WHERE mark = ?", [answer.status, answer.location, mark])


def forget(store: Store, mark: str) -> None:
    """Take the mark away: nothing was done, the same form may be sent again. One that an act completed stays."""
    with store.transaction() as db:
        db.execute("DELETE FROM sent_once WHERE mark = ? AND status IS NULL", [mark])


def answer_of(store: Store, pages: Pages, mark: str, wait: float = WAIT_SECONDS) -> FormAnswer | None:
    """The answer of a mark, waiting for one that is being made; None where nothing was done after all.

    Raises Refused where it cannot be told again.
    """
    until = time.monotonic() + wait
    while (row := store.row("SELECT status, location FROM sent_once WHERE mark = ?", [mark])) is not None:
        if row["status"] is not None:
            page = pages.of(mark)
            if row["location"] is None and page is None:
                raise Refused("sent_already")
            return FormAnswer(row["status"], row["location"], page)
        if time.monotonic() > until:
            raise Refused("sent_unanswered")
        time.sleep(LOOK_SECONDS)
    return None
