"""The store's upkeep: verify every chain, rebuild projections from events."""

import hashlib
from pathlib import Path

from request_tracker.cases.context import Desk
from request_tracker.cases.events import faults, from_row
from request_tracker.cases.fold import fold
from request_tracker.cases.model import Case
from request_tracker.cases.projection import project, row_of, waiting_rows
from request_tracker.ledger import allocations
from request_tracker.sop.register import by_hash
from request_tracker.store import files as attachments
from request_tracker.store import seals
from request_tracker.store.database import DatabaseError, Store
from request_tracker.store.inbox_chain import inbox_faults
from request_tracker.store.rights_faults import rights_faults
from request_tracker.store.search_indexes import SEARCHES, search_faults


def audit(desk: Desk, files: Path | None = None) -> list[str]:
    """Everything that does not verify: the file, the seals, the chains, the projections, the numbers, the attachments.

    A file that SQLite itself calls damaged is told as that and read no further.
    """
    store = desk.store
    try:
        faults = [f"database: {row['integrity_check']}" for row in store.rows("PRAGMA integrity_check")]
        faults = [line for line in faults if line != "database: ok"] or _seal_faults(store)
        faults = faults or _chain_faults(desk) or search_faults(store)
    except (DatabaseError, UnicodeDecodeError) as error:
        return [f"database: {error}; restore it from a backup"]
    return faults + (attachments.faults(store, files) if files else [])


def _chain_faults(desk: Desk) -> list[str]:
    store = desk.store
    faults = []
    for row in store.rows("SELECT code, revision, hash, text FROM sop_revisions"):
        if hashlib.sha256(row["text"].encode()).hexdigest() != row["hash"]:
            faults.append(f"sop {row['code']} revisi {row['revision']}: its text does not give its hash")
    for number in _numbers(store):
        faults += case_faults(desk, number)
    faults += number_gaps(store) + allocations.chain_faults(store) + _proof_faults(store)
    return faults + inbox_faults(store) + rights_faults(store)


def case_faults(desk: Desk, number: str) -> list[str]:
    """What does not verify of one case, as it stood at one moment, whoever writes meanwhile."""
    with desk.store.snapshot():
        return faults(number, _events(desk.store, number)) or _projection_faults(desk, number)


def rebuild(desk: Desk) -> int:
    """Write every projection anew from the events, in one transaction; returns the number of cases."""
    with desk.store.transaction() as db:
        rows = desk.store.rows("SELECT id, number FROM cases ORDER BY id")
        for row in rows:
            case = _case(desk.store, row["number"])
            project(db, row["id"], case, by_hash(desk.store, case.sop_hash))
        for index in SEARCHES:
            # An insert in form only: FTS5 reads its content table again from the beginning (sqlite.org/fts5).
            db.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    return len(rows)


def _seal_faults(store: Store) -> list[str]:
    with store.snapshot():
        return seals.faults(store.db)


def _numbers(store: Store) -> list[str]:
    return [row["number"] for row in store.rows("SELECT number FROM cases ORDER BY id")]


def _events(store: Store, number: str) -> list[dict[str, object]]:
    return store.rows(
        "SELECT e.* FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = ? ORDER BY e.seq", [number]
    )


def _case(store: Store, number: str) -> Case:
    return fold(from_row(row) for row in _events(store, number))


def _projection_faults(desk: Desk, number: str) -> list[str]:
    """A chain that was cut at its end, or a projection somebody wrote by hand, differs from the fold."""
    case = _case(desk.store, number)
    row = desk.store.row("SELECT * FROM cases WHERE number = ?", [number]) or {}
    faults = [
        f"{number}: {key} is {row.get(key)!r}, its events say {value!r}"
        for key, value in row_of(case).items()
        if row.get(key) != value
    ]
    written = desk.store.rows("SELECT * FROM waiting WHERE case_id = ? ORDER BY step, lane", [row["id"]])
    expected = waiting_rows(row["id"], case, by_hash(desk.store, case.sop_hash))
    if written != sorted(expected, key=lambda line: (line["step"], line["lane"])):
        faults.append(f"{number}: the list of who must act is not what its events say")
    return faults


def _proof_faults(store: Store) -> list[str]:
    return [
        f"proof {row['id']}: its content does not give its hash"
        for row in store.rows("SELECT id, body, body_hash FROM proofs ORDER BY id")
        if hashlib.sha256(row["body"].encode()).hexdigest() != row["body_hash"]
    ]


def number_gaps(store: Store) -> list[str]:
    """Case numbers are gap-free for each SOP and year."""
    gaps = []
    with store.snapshot():
        # Keys with a colon are the agenda's letters, which have their own rule.
        for row in store.rows("SELECT key, year, value FROM numbers WHERE key NOT LIKE '%:%'"):
            # All numbers of a year begin with "KEY/YEAR/"; the sign after "/" is "0", so they lie between these two.
            first, after = f"{row['key']}/{row['year']}/", f"{row['key']}/{row['year']}0"
            count = store.value("SELECT count(*) FROM cases WHERE number > ? AND number < ?", [first, after])
            if count != row["value"]:
                gaps.append(f"{row['key']}/{row['year']}: {row['value']} numbers given, {count} cases found")
    return gaps
