"""Verification that a page can afford: what was verified whole is remembered, and what came since is verified now.

``verify_whole`` is ``audit verify`` and the worker's nightly round. ``verify_new`` reads whole every case that has had
an event since, up to a bound, and says what it did not read. Neither ever says more than it has read.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from request_tracker.cases import Desk
from request_tracker.custody.upkeep import audit, case_faults, number_gaps
from request_tracker.errors import TrackerError
from request_tracker.ledger import allocations
from request_tracker.store import files as attachments
from request_tracker.store.chain import stamp
from request_tracker.store.database import DatabaseError, Store
from request_tracker.store.inbox_chain import inbox_faults
from request_tracker.store.rights_faults import rights_faults

CASES_AT_ONCE = 300  # What a page can verify while a person waits; a busy day brings fewer cases than that.
_KEY = "verified_whole"
Beside = Callable[[Database, list[str]], None]


@dataclass(frozen=True)
class WholeVerification:
    """The last whole verification: when, how many events up to which, that event's hash, and how many faults."""

    at: datetime
    events: int
    last_event: int
    head: str
    faults: int


@dataclass(frozen=True)
class NewVerification:
    """What was verified just now: so many cases whole; ``left`` cases with newer events were beyond the bound."""

    cases: int
    left: int
    faults: list[str]


def verify_whole(desk: Desk, files: Path, now: datetime, beside: Beside = lambda db, faults: None) -> list[str]:
    """Everything, at its full cost; what was found is remembered with how far it went.

    ``beside`` writes in the same transaction what is to be done about it: once remembered, it is not looked for again.
    """
    store = desk.store
    try:
        # Before the audit: events that come while it runs are left for the next one, never counted as verified.
        reach = store.row("SELECT count(*) AS events, coalesce(max(id), 0) AS last_event FROM events") or {}
        head = store.value("SELECT hash FROM events WHERE id = ?", [reach["last_event"]]) or ""
    except DatabaseError:
        return audit(desk, files)
    faults = audit(desk, files)
    whole = {**reach, "head": head, "faults": len(faults), "at": stamp(now)}
    # A damaged file may refuse the note; what was found is told all the same.
    with suppress(DatabaseError, TrackerError), store.transaction() as db:
        db.table("settings").upsert({"key": _KEY, "value": json.dumps(whole), "changed_at": stamp(now)}, pk="key")
        beside(db, faults)
    return faults


def last_whole(store: Store) -> WholeVerification | None:
    """The last whole verification, or None where there was none yet."""
    text = store.value("SELECT value FROM settings WHERE key = ?", [_KEY])
    if text is None:
        return None
    fields = json.loads(text)
    return WholeVerification(**{**fields, "at": datetime.fromisoformat(fields["at"])})


def verify_new(desk: Desk, files: Path, most: int = CASES_AT_ONCE) -> NewVerification:
    """Every case with an event since the last whole verification, at most so many; and the end of what was verified."""
    store = desk.store
    whole = last_whole(store)
    after = whole.last_event if whole else 0
    sql = "FROM events e JOIN cases c ON c.id = e.case_id WHERE e.id > ?"
    numbers = [
        row["number"]
        for row in store.rows(f"SELECT c.number {sql} GROUP BY c.id ORDER BY min(e.id) LIMIT ?", [after, most])
    ]
    faults = [line for number in numbers for line in case_faults(desk, number)]
    faults += number_gaps(store) + allocations.chain_faults(store) + (_past_faults(store, whole) if whole else [])
    faults += inbox_faults(store) + rights_faults(store)
    since = stamp(whole.at) if whole else ""
    faults += attachments.faults(store, files, since)
    left = int(store.value(f"SELECT count(DISTINCT c.id) {sql}", [after])) - len(numbers)
    return NewVerification(len(numbers), left, faults)


def _past_faults(store: Store, whole: WholeVerification) -> list[str]:
    """What was verified whole must still be there, up to the very event at its end."""
    count = store.value("SELECT count(*) FROM events WHERE id <= ?", [whole.last_event])
    head = store.value("SELECT hash FROM events WHERE id = ?", [whole.last_event]) or ""
    if (count, head) == (whole.events, whole.head):
        return []
    return [
        f"events up to {whole.last_event}: {whole.events} were verified on {stamp(whole.at)}, {count} are there now"
    ]
