"""Files that came with a form and stand in no case yet: how long they stay, how much strangers' make, their removal.

A form that was refused is sent again without its file, a draft is signed weeks later, and what waits in the inbox may
become a case; what none of them takes up is removed after a bounded time. Only what this table holds is ever removed.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.files import path_of

# A draft of a form may lie for a month, as long as the longest step of our SOPs is open.
STAFF_KEPT = timedelta(days=30)
# A requester who was refused on a Friday has the next week to send his form again.
STRANGER_KEPT = timedelta(days=7)
# Whoever sends a mark at its last moment has stored his form long before its file goes.
GRACE = timedelta(days=1)
# A backup copies the database first and its files after it: what the copy names is there for a day more.
BACKUP_TIME = timedelta(days=1)
# What ended in the inbox without a case may be asked about as long as a draft lies.
ENDED_KEPT = timedelta(days=30)
_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
STRANGERS, STAFF = "strangers", "staff"


def park(db: Database, sha256: str, size: int, stranger: bool, now: datetime) -> None:
    """Inside the transaction that stores a file, before it does: a content that a case has already is not parked."""
    db.execute(
        "INSERT INTO parked_files (sha256, size, stranger, last_at, after_event)"
        " SELECT ?, ?, ?, ?, (SELECT coalesce(max(id), 0) FROM events)"
        " WHERE NOT EXISTS (SELECT 1 FROM files WHERE sha256 = ?)"
        # One that comes again while its removed file still lies there is parked anew.
        " ON CONFLICT (sha256) DO UPDATE SET size = excluded.size, stranger = excluded.stranger,"
        " last_at = excluded.last_at, after_event = excluded.after_event, gone_at = NULL",
        [sha256, size, int(stranger), stamp(now), sha256],
    )
    # What staff handed in too lies as long as theirs does.
    db.execute(
        "UPDATE parked_files SET last_at = ?, stranger = min(stranger, ?) WHERE sha256 = ? AND gone_at IS NULL",
        [stamp(now), int(stranger), sha256],
    )


def is_kept(store: Store, sha256: str, now: datetime) -> bool:
    """Whether a form may still name this file without sending it."""
    row = store.row(
        "SELECT p.last_at, p.stranger FROM files f LEFT JOIN parked_files p ON p.sha256 = f.sha256 WHERE f.sha256 = ?",
        [sha256],
    )
    return row is not None and (row["last_at"] is None or now < _until(row))


def parked(store: Store) -> dict[str, tuple[int, int]]:
    """How many files are parked and how many bytes they are, of strangers and of staff."""
    rows = store.rows(
        "SELECT stranger, count(*) AS files, sum(size) AS bytes FROM parked_files WHERE gone_at IS NULL"
        " GROUP BY stranger ORDER BY stranger"
    )
    nothing = {STRANGERS: (0, 0), STAFF: (0, 0)}
    return nothing | {STRANGERS if row["stranger"] else STAFF: (row["files"], row["bytes"]) for row in rows}


def strangers_bytes(store: Store) -> int:
    """What strangers' parked files are together."""
    return parked(store)[STRANGERS][1]


def remove_abandoned(store: Store, folder: Path, now: datetime) -> list[str]:
    """Remove what no case took up in its time; the beginnings of the hashes. What a case names is parked no more."""
    with store.transaction() as db:
        _unpark_used(store, db)
        over = [row for row in _rows(store) if now >= _until(row) + GRACE]
        waiting = _hashes_of_inbox(store, now) if over else set()
        gone = [row["sha256"] for row in over if row["sha256"] not in waiting]
        for sha256 in gone:
            db.execute("DELETE FROM files WHERE sha256 = ?", [sha256])
            db.execute("UPDATE parked_files SET gone_at = ? WHERE sha256 = ?", [stamp(now), sha256])
    _unlink(store, folder, now)
    return [sha256[:12] for sha256 in gone]


def _unpark_used(store: Store, db: Database) -> None:
    """Events since the last look are read once, whatever they say the file is: a paper, a photograph of a note."""
    since = store.row("SELECT min(after_event) AS id, (SELECT max(id) FROM events) AS last FROM parked_files")
    if since is None or since["id"] is None or since["id"] == (since["last"] or 0):
        return
    candidates = {row["sha256"] for row in _rows(store)}
    used: set[str] = set()
    for event in store.each("SELECT data FROM events WHERE id > ?", [since["id"]]):
        used |= candidates.intersection(_SHA256.findall(event["data"]))
    for sha256 in sorted(used):
        db.execute("DELETE FROM parked_files WHERE sha256 = ?", [sha256])
    db.execute("UPDATE parked_files SET after_event = ?", [since["last"]])


def _rows(store: Store) -> list[Row]:
    return store.rows("SELECT sha256, stranger, last_at FROM parked_files WHERE gone_at IS NULL ORDER BY sha256")


def _hashes_of_inbox(store: Store, now: datetime) -> set[str]:
    """What waits for somebody's decision, or was ended lately; an accepted entry's papers are its case's."""
    rows = store.each(
        "SELECT sending FROM inbox WHERE ended_at IS NULL OR (outcome IS NOT NULL AND ended_at > ?)",
        [stamp(now - ENDED_KEPT)],
    )
    return {sha256 for row in rows for sha256 in _SHA256.findall(row["sending"])}


def _until(row: Row) -> datetime:
    return datetime.fromisoformat(row["last_at"]) + (STRANGER_KEPT if row["stranger"] else STAFF_KEPT)


def _unlink(store: Store, folder: Path, now: datetime) -> None:
    """In a transaction, so that nobody stores the same content between the look and the removal."""
    with store.transaction() as db:
        before = stamp(now - BACKUP_TIME)
        for row in store.rows("SELECT sha256 FROM parked_files WHERE gone_at < ? ORDER BY sha256", [before]):
            if store.row("SELECT 1 FROM files WHERE sha256 = ?", [row["sha256"]]) is None:
                path_of(folder, row["sha256"]).unlink(missing_ok=True)
            db.execute("DELETE FROM parked_files WHERE sha256 = ?", [row["sha256"]])
