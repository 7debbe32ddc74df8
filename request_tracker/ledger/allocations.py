"""The ledger of allocations: append-only batches, each effective from a moment. The only way a rate ever changes.

``current_allocations(store, at)`` is what ``GET /api/allocations`` answers; ``record_proof(desk, proof, now)`` is what
``POST /api/proofs`` calls. A revision is the number of batches effective by then, so it grows whenever the rates in
force change. Rates are whole bytes per second from the OPD's point of view.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlite_utils import Database

from inventory.admission import RatePair
from inventory.ledger_page import page_hash, timed_part
from inventory.model import City
from inventory.weekly_hours import WeeklyHours, hours_of
from request_tracker.errors import TrackerError
from request_tracker.ledger import standing as decisions
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.standing import (
    END_REASON,
    Books,
    Change,
    LedgerBatch,
    LedgerLine,
    PlannedLine,
    Standing,
    Validity,
    Wish,
    batches_of,
)
from request_tracker.store.chain import CLOCK, GENESIS, canonical, clock_beside, digest, not_before, stamp
from request_tracker.store.clock import note_set_back
from request_tracker.store.database import Row, Store

_RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")
_BODY = ("batch", "opd", *_RATES, "effective_at", "recorded_at", "actor", "case_number", "reason")


def rows_in_force(store: Store, at: datetime) -> list[Row]:
    """The row of each OPD that is in force for all hours at that moment, by OPD."""
    return _newest(store, "hours IS NULL", at)


def profile_rows(store: Store, at: datetime) -> list[Row]:
    """The row of each OPD that has other rates in some hours of the week, whether they are now or not, by OPD."""
    return _newest(store, "hours IS NOT NULL", at)


def effective_rows(store: Store, at: datetime) -> list[Row]:
    """The row of each OPD whose rates it has at that very moment, by OPD."""
    rows = {row["opd"]: row for row in rows_in_force(store, at)}
    rows |= {row["opd"]: row for row in profile_rows(store, at) if hours_in(row).covers(at)}
    return [rows[opd] for opd in sorted(rows)]


def hours_in(row: Row) -> WeeklyHours:
    """The hours of a row that has some."""
    return hours_of(json.loads(row["hours"]))


def _newest(store: Store, condition: str, at: datetime) -> list[Row]:
    # The newest of those in force; at the same moment the later row wins, because it was decided with the earlier in
    # sight. One pass over the index on (opd, effective_at), no query for each OPD.
    return store.rows(
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY opd ORDER BY effective_at DESC, id DESC) AS newest"
        f" FROM ledger WHERE effective_at <= ? AND {condition}) WHERE newest = 1 ORDER BY opd",
        [stamp(at)],
    )


def rows_ahead(store: Store, at: datetime) -> list[Row]:
    """The rows that come into force after that moment, in their order."""
    return store.rows("SELECT * FROM ledger WHERE effective_at > ? ORDER BY effective_at, id", [stamp(at)])


def ended_by(store: Store, since: datetime, until: datetime) -> list[Row]:
    """The rows that gave back what was before a temporary allocation, of those moments, where nothing newer did."""
    last = "(SELECT id FROM ledger n WHERE n.opd = l.opd AND n.effective_at = l.effective_at"
    # An allocation of all hours and one of some hours do not replace each other.
    last += " AND (n.hours IS NULL) = (l.hours IS NULL) ORDER BY id DESC LIMIT 1)"
    return store.rows(
        f"SELECT * FROM ledger l WHERE effective_at > ? AND effective_at <= ? AND reason LIKE ? AND id = {last}"
        " ORDER BY id",
        [stamp(since), stamp(until), f"{END_REASON}%"],
    )


def allocation_of(store: Store, opd: str, at: datetime) -> Allocation | None:
    """The allocation of one OPD in force at that moment."""
    rows = [row for row in rows_in_force(store, at) if row["opd"] == opd]
    return allocation_in(rows[0]) if rows else None


def allocation_in(row: Row) -> Allocation:
    """The four rates of one row."""
    return Allocation(*(row[key] for key in _RATES))


def promised(rows: Iterable[Row], way: str) -> tuple[RatePair, ...]:
    """What each of these rows promises in one direction."""
    return tuple(RatePair(int(row[f"{way}_guaranteed"]), int(row[f"{way}_ceiling"])) for row in rows)


def current_allocations(store: Store, at: datetime) -> dict[str, Any]:
    """Revision, hash, approval time and rows as the interface says, with what is decided to come after that moment."""
    rows = [page_row(row) for row in rows_in_force(store, at)]
    last = store.value("SELECT max(effective_at) FROM ledger WHERE effective_at <= ?", [stamp(at)])
    revision = revision_at(store, at)
    return {
        "revision": revision,
        # The shaper computes it over the same text and applies nothing that differs (``inventory.ledger_page``).
        "hash": page_hash(rows),
        "approved_at": datetime.fromisoformat(last).timestamp() if last else None,
        "allocations": rows,
        "timed": timed_part(_steps_ahead(store, revision, at), [page_row(row) for row in profile_rows(store, at)]),
    }


def _steps_ahead(store: Store, revision: int, at: datetime) -> list[dict[str, Any]]:
    """Each moment to come: the revision it makes, and the rows that change then."""
    steps: list[dict[str, Any]] = []
    batches: set[int] = set()
    for moment, rows in groupby(rows_ahead(store, at), key=lambda row: str(row["effective_at"])):
        # Of several rows of one moment the later wins, as in ``rows_in_force``.
        last: dict[tuple[bool, str], Row] = {}
        for row in rows:
            last[row["hours"] is None, row["opd"]] = row
            batches.add(row["batch"])
        changed = {
            name: [page_row(last[key]) for key in sorted(last) if key[0] == always]
            for name, always in (("allocations", True), ("profiles", False))
        }
        seconds = datetime.fromisoformat(moment).timestamp()
        steps.append({"at": seconds, "revision": revision + len(batches), **changed})
    return steps


def page_row(row: Row) -> dict[str, Any]:
    """A row of the ledger as the interface says it."""
    return {
        "opd": row["opd"],
        "receive": {"guaranteed": row["receive_guaranteed"], "ceiling": row["receive_ceiling"]},
        "transmit": {"guaranteed": row["transmit_guaranteed"], "ceiling": row["transmit_ceiling"]},
        "case": row["case_number"],
        **({"hours": hours_in(row).data()} if row["hours"] else {}),
    }


def revision_at(store: Store, at: datetime) -> int:
    """The number of batches effective by that moment."""
    return int(store.value("SELECT count(DISTINCT batch) FROM ledger WHERE effective_at <= ?", [stamp(at)]))


def standing(store: Store, at: datetime) -> Standing:
    """What a decision at that moment must know of the ledger."""
    lines = {row["opd"]: _line(row) for row in rows_in_force(store, at)}
    profiles = {row["opd"]: _line(row) for row in profile_rows(store, at)}
    ahead: dict[str, tuple[PlannedLine, ...]] = {}
    batches: dict[int, datetime] = {}
    for row in rows_ahead(store, at):
        moment = datetime.fromisoformat(row["effective_at"])
        # What was restated has several rows of one moment; the last of them is the line.
        ahead[row["opd"]] = (*ahead.get(row["opd"], ()), PlannedLine(moment, _line(row)))
        batches[row["batch"]] = moment
    return Standing(at, revision_at(store, at), lines, ahead, tuple(batches.values()), profiles)


def _line(row: Row) -> LedgerLine:
    return LedgerLine(allocation_in(row), row["case_number"], hours_in(row) if row["hours"] else None)


def head(store: Store) -> str:
    """The hash of the last row; another one later says that somebody wrote meanwhile."""
    return str(store.value("SELECT hash FROM ledger ORDER BY id DESC LIMIT 1") or GENESIS)


def admit(store: Store, city: City, wish: Wish, at: datetime) -> None:
    """Refuse what the ledger as it stands at that moment cannot admit."""
    decisions.admit(Books(standing(store, at), city), wish)


def write(store: Store, db: Database, changes: Sequence[Change], now: datetime, until: datetime | None = None) -> int:
    """Append the changes, effective now, inside an open transaction; returns the revision they make."""
    append(store, db, batches_of(standing(store, now), changes, Validity(end=until)), now)
    return revision_at(store, now)


def append(store: Store, db: Database, batches: Sequence[LedgerBatch], now: datetime) -> None:
    """Append batches as they were decided, inside an open transaction."""
    for batch in batches:
        _append(store, db, batch.changes, now, batch.effective_at)


def chain_faults(store: Store) -> list[str]:
    """Every break of the ledger's chain."""
    faults = []
    previous = GENESIS
    for row in store.rows("SELECT * FROM ledger ORDER BY id"):
        place = f"ledger row {row['id']}"
        if row["previous_hash"] != previous:
            faults.append(f"{place}: does not follow the row before it")
        if digest(_body(row), row["previous_hash"]) != row["hash"]:
            faults.append(f"{place}: its content does not give its hash")
        previous = row["hash"]
    return faults


def _body(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the hash of a row is over; hours and clock only where there are any: older rows were written without."""
    beside = {key: row[key] for key in ("hours", CLOCK) if row.get(key) is not None}
    return {key: row[key] for key in _BODY} | beside


def as_data(allocation: Allocation) -> dict[str, int]:
    """The four rates as data for events."""
    return asdict(allocation)


def _append(store: Store, db: Database, changes: Sequence[Change], now: datetime, effective_at: datetime) -> None:
    batch = int(store.value("SELECT coalesce(max(batch), 0) + 1 FROM ledger"))
    # Inside the caller's transaction, which began IMMEDIATE: nobody can append between this and the insert.
    previous = head(store)
    newest = store.value("SELECT recorded_at FROM ledger ORDER BY id DESC LIMIT 1")
    last = datetime.fromisoformat(newest) if newest else None
    note_set_back(db, last, now)
    for change in changes:
        body: Mapping[str, Any] = {
            "batch": batch,
            "opd": change.opd,
            **as_data(change.allocation),
            "effective_at": stamp(effective_at),
            "recorded_at": stamp(not_before(last, now)),
            "actor": change.actor,
            "case_number": change.case_number,
            "reason": change.reason,
            "hours": canonical(change.hours.data()) if change.hours else None,
            **clock_beside(last, now),
        }
        hash_ = digest(_body(body), previous)
        db.table("ledger").insert({**body, "previous_hash": previous, "hash": hash_})
        previous = hash_


__all__ = [
    "Change",
    "TrackerError",
    "Wish",
    "admit",
    "allocation_of",
    "append",
    "current_allocations",
    "head",
    "standing",
    "write",
]
