"""The ledger of allocations: append-only batches, each effective from a moment. The only way a rate ever changes.

``current_allocations(store, at)`` is what ``GET /api/allocations`` answers; ``record_proof(desk, proof, now)`` is what
``POST /api/proofs`` calls. A revision is the number of batches effective by then, so it grows whenever the rates in
force change. Rates are whole bytes per second from the OPD's point of view.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from request_tracker.errors import Refused, TrackerError
from request_tracker.ledger.allocation import Allocation
from request_tracker.store.chain import GENESIS, canonical, digest, stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase

LOWEST_GUARANTEED = 32_000  # The least of shaping/classes.py too: 1,500 bytes take 47 ms, an office can still work.
COMMITTED_SHARE = (95, 100)  # KTM-05: five per cent stay free. A fraction, because rates are whole numbers.
_RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")
_BODY = ("batch", "opd", *_RATES, "effective_at", "recorded_at", "actor", "case_number", "reason")


@dataclass(frozen=True)
class Wish:
    """The allocation somebody would like for an OPD; ``reason`` is needed where ceilings go above the capacity."""

    opd: str
    allocation: Allocation
    reason: str


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
    rows = [row for row in rows_in_force(store, at) if row["opd"] == opd]
    return allocation_in(rows[0]) if rows else None


def allocation_in(row: Row) -> Allocation:
    """The four rates of one row."""
    return Allocation(*(row[key] for key in _RATES))


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


def admit(store: Store, city: City, wish: Wish, at: datetime) -> None:
    """Refuse what cannot be kept: guarantees above 95 % of the uplink, impossible rates, unreasoned over-commitment."""
    uplink = next(u for u in city.uplinks if u.name == uplink_of(city, wish.opd))
    capacities = {"receive": uplink.receive_capacity, "transmit": uplink.transmit_capacity}
    others = [r for r in rows_in_force(store, at) if r["opd"] != wish.opd and uplink_of(city, r["opd"]) == uplink.name]
    for direction, capacity in capacities.items():
        guaranteed, ceiling = (getattr(wish.allocation, f"{direction}_{kind}") for kind in ("guaranteed", "ceiling"))
        if not LOWEST_GUARANTEED <= guaranteed <= ceiling <= capacity:
            fault = Both(
                "{}: jaminan {} dan batas {} harus antara {} dan kapasitas {}",
                "{}: guarantee {} and ceiling {} must lie between {} and the capacity {}",
            )
            rates = (guaranteed, ceiling, LOWEST_GUARANTEED, capacity)
            raise Refused("admission", reason=filled(fault, phrase(direction), *map(format_rate, rates)))
        committed = guaranteed + sum(row[f"{direction}_guaranteed"] for row in others)
        if committed * COMMITTED_SHARE[1] > capacity * COMMITTED_SHARE[0]:
            fault = Both(
                "{}: jumlah jaminan {} melebihi 95 % kapasitas {} {}",
                "{}: guarantees of {} in sum are above 95 % of the capacity {} of {}",
            )
            sums = (format_rate(committed), format_rate(capacity))
            raise Refused("admission", reason=filled(fault, phrase(direction), *sums, uplink.name))
        offered = ceiling + sum(row[f"{direction}_ceiling"] for row in others)
        if offered > capacity and not wish.reason.strip():
            fault = Both(
                "Jumlah batas {} melebihi kapasitas {} {}.", "Ceilings of {} in sum are above {}'s capacity {}."
            )
            warning = filled(fault, format_rate(offered), uplink.name, format_rate(capacity))
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
    faults = []
    previous = GENESIS
    for row in store.rows("SELECT * FROM ledger ORDER BY id"):
        place = f"ledger row {row['id']}"
        if row["previous_hash"] != previous:
            faults.append(f"{place}: does not follow the row before it")
        if digest({key: row[key] for key in _BODY}, row["previous_hash"]) != row["hash"]:
            faults.append(f"{place}: its content does not give its hash")
        previous = row["hash"]
    return faults


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
