"""The ledger of allocations: append-only batches, each effective from a moment. The only way a rate ever changes.

``current_allocations(store, at)`` is what ``GET /api/allocations`` answers; ``record_proof(desk, proof, now)`` is what
``POST /api/proofs`` calls. A revision is the number of batches effective by then, so it grows whenever the rates in
force change. Rates are whole bytes per second from the OPD's point of view.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from inventory.admission import LOWEST_BYTES_PER_SECOND, Rates, capacity_of, commitment, possible
from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from request_tracker.errors import Refused, TrackerError
from request_tracker.ledger.allocation import Allocation
from request_tracker.store.chain import GENESIS, canonical, digest, stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase

_RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")
_BODY = ("batch", "opd", *_RATES, "effective_at", "recorded_at", "actor", "case_number", "reason")


@dataclass(frozen=True)
class Change:
    """One OPD's new allocation, by whom, through which case, and why."""

    opd: str
    allocation: Allocation
    actor: str
    case_number: str | None
    reason: str


def rows_in_force(store: Store, at: datetime) -> list[Row]:
    """The row of each OPD that is in force at that moment, by OPD."""
    return store.rows(
        "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY opd ORDER BY effective_at DESC, id DESC) AS newest"
        " FROM ledger WHERE effective_at <= ?) WHERE newest = 1 ORDER BY opd",
        [stamp(at)],
    )


def allocation_of(store: Store, opd: str, at: datetime) -> Allocation | None:
    """The allocation of one OPD in force at that moment."""
    found = [row for row in rows_in_force(store, at) if row["opd"] == opd]
    return allocation_in(found[0]) if found else None


def allocation_in(row: Row) -> Allocation:
    """The four rates of one row."""
    return Allocation(*(row[key] for key in _RATES))


def rates_of(allocation: Allocation, way: str) -> Rates:
    """One direction of an allocation."""
    return Rates(getattr(allocation, f"{way}_guaranteed"), getattr(allocation, f"{way}_ceiling"))


def promised(rows: Iterable[Row], way: str) -> tuple[Rates, ...]:
    """What each of these rows promises in one direction."""
    return tuple(Rates(int(row[f"{way}_guaranteed"]), int(row[f"{way}_ceiling"])) for row in rows)


def current_allocations(store: Store, at: datetime) -> dict[str, Any]:
    """Revision, hash, approval time and rows as the interface says."""
    rows = [
        {
            "opd": row["opd"],
            "receive": {"guaranteed": row["receive_guaranteed"], "ceiling": row["receive_ceiling"]},
            "transmit": {"guaranteed": row["transmit_guaranteed"], "ceiling": row["transmit_ceiling"]},
            "case": row["case_number"],
        }
        for row in rows_in_force(store, at)
    ]
    last = store.value("SELECT max(effective_at) FROM ledger WHERE effective_at <= ?", [stamp(at)])
    return {
        "revision": revision_at(store, at),
        "hash": hashlib.sha256(canonical(rows).encode()).hexdigest(),
        "approved_at": datetime.fromisoformat(last).timestamp() if last else None,
        "allocations": rows,
    }


def revision_at(store: Store, at: datetime) -> int:
    """The number of batches effective by that moment."""
    return int(store.value("SELECT count(DISTINCT batch) FROM ledger WHERE effective_at <= ?", [stamp(at)]))


def admit(store: Store, city: City, opd: str, wanted: Allocation, reason: str, at: datetime) -> None:
    """Refuse what cannot be kept: guarantees above 95 % of the uplink, impossible rates, unreasoned over-commitment."""
    uplink = next(u for u in city.uplinks if u.name == uplink_of(city, opd))
    others = [r for r in rows_in_force(store, at) if r["opd"] != opd and uplink_of(city, r["opd"]) == uplink.name]
    for direction in ("receive", "transmit"):
        capacity, rate = capacity_of(uplink, direction), rates_of(wanted, direction)
        promises = commitment(capacity, (rate, *promised(others, direction)))
        if not possible(rate, capacity):
            told = Both(
                "{}: jaminan {} dan batas {} harus antara {} dan kapasitas {}",
                "{}: guarantee {} and ceiling {} must lie between {} and the capacity {}",
            )
            bounds = (rate.guaranteed, rate.ceiling, LOWEST_BYTES_PER_SECOND, capacity)
            raise Refused("admission", reason=filled(told, phrase(direction), *map(format_rate, bounds)))
        if promises.overcommitted:
            told = Both(
                "{}: jumlah jaminan {} melebihi 95 % kapasitas {} {}",
                "{}: guarantees of {} in sum are above 95 % of the capacity {} of {}",
            )
            sums = (format_rate(promises.guaranteed), format_rate(capacity))
            raise Refused("admission", reason=filled(told, phrase(direction), *sums, uplink.name))
        if promises.oversubscribed and not reason.strip():
            told = Both(
                "Jumlah batas {} melebihi kapasitas {} {}.", "Ceilings of {} in sum are above {}'s capacity {}."
            )
            warning = filled(told, format_rate(promises.ceilings), uplink.name, format_rate(capacity))
            raise Refused("reason_needed", warning=warning)


def write(store: Store, db: Database, changes: Sequence[Change], now: datetime, until: datetime | None = None) -> int:
    """Append one batch, effective now, inside an open transaction; returns its revision.

    With ``until`` a second batch gives back what was in force before. A return that was planned for an OPD which now
    gets another permanent allocation is restated, so that it cannot undo the newer decision.
    """
    before = {row["opd"]: row for row in rows_in_force(store, now)}
    planned = store.rows("SELECT DISTINCT opd, effective_at FROM ledger WHERE effective_at > ?", [stamp(now)])
    _append(store, db, changes, now, now)
    for change in changes:
        for moment in sorted({row["effective_at"] for row in planned if row["opd"] == change.opd}):
            if until is None or datetime.fromisoformat(moment) < until:
                _append(store, db, [change], now, datetime.fromisoformat(moment))
        if until is not None and change.opd in before:
            former = before[change.opd]
            back = Change(
                change.opd,
                allocation_in(former),
                change.actor,
                former["case_number"],
                f"akhir masa sementara {change.case_number}",
            )
            _append(store, db, [back], now, until)
    return revision_at(store, now)


def chain_faults(store: Store) -> list[str]:
    """Every break of the ledger's chain."""
    found = []
    previous = GENESIS
    for row in store.rows("SELECT * FROM ledger ORDER BY id"):
        place = f"ledger row {row['id']}"
        if row["previous_hash"] != previous:
            found.append(f"{place}: does not follow the row before it")
        if digest({key: row[key] for key in _BODY}, row["previous_hash"]) != row["hash"]:
            found.append(f"{place}: its content does not give its hash")
        previous = row["hash"]
    return found


def as_data(allocation: Allocation) -> dict[str, int]:
    """The four rates as data for events."""
    return asdict(allocation)


def _append(store: Store, db: Database, changes: Sequence[Change], now: datetime, effective_at: datetime) -> None:
    batch = int(store.value("SELECT coalesce(max(batch), 0) + 1 FROM ledger"))
    previous = store.value("SELECT hash FROM ledger ORDER BY id DESC LIMIT 1") or GENESIS
    for change in changes:
        body: Mapping[str, Any] = {
            "batch": batch,
            "opd": change.opd,
            **as_data(change.allocation),
            "effective_at": stamp(effective_at),
            "recorded_at": stamp(now),
            "actor": change.actor,
            "case_number": change.case_number,
            "reason": change.reason,
        }
        hash_ = digest(body, previous)
        db.table("ledger").insert({**body, "previous_hash": previous, "hash": hash_})
        previous = hash_


__all__ = ["Change", "TrackerError", "admit", "allocation_of", "current_allocations", "write"]
