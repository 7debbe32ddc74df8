"""Proofs of the shaping agent: what it read back, kept for good, and the technician's step that waits for it.

A proof counts for a case only where its revision is at least the case's, its hash is the ledger's and every rate
read back equals the ledger's. Whatever arrives is stored; nothing an agent says changes the ledger.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases.acts import Verified
from request_tracker.cases.commands import run_inside
from request_tracker.cases.context import Desk
from request_tracker.cases.model import Who
from request_tracker.cases.readback import (
    as_of,
    mismatches,
    mismatches_of,
    moment_of,
    offices_of,
    read_back_after,
    replaced,
)
from request_tracker.errors import TrackerError
from request_tracker.store.chain import canonical, stamp

_REQUIRED = {"revision": int, "hash": str, "agent": str, "ok": bool, "readback": list}
# An agent is named after its host, a ledger's hash has 64 digits; longer texts would only fill the database.
MAX_NAME = 200
# An agent is outside, so what a case keeps of its plan for one office is bounded: a short list of command lines, and
# rates on a few interfaces (an office has two or three on one machine; Linux names them with 15 characters at most).
_MAX_COMMANDS, _MAX_COMMAND, _MAX_INTERFACES, _MAX_INTERFACE = 20, 300, 8, 64
_SQLITE_INTEGERS = 2**63  # SQLite holds signed integers of 64 bits.
# The year 2100 in Unix seconds: of these a moment can be made in any zone; a clock that is further off is broken.
_LAST_MOMENT = 4_102_444_800
_QUARTER, _SHA256 = re.compile(r"[0-9]{4}Q[1-4]"), re.compile(r"[0-9a-f]{64}")
_RATE_KEYS = ("guaranteed", "ceiling")


@dataclass(frozen=True)
class ProofOutcome:
    """What became of a proof: ``new`` is False for a repetition, ``finished`` names the cases that went on."""

    new: bool
    matches: bool
    problems: tuple[str, ...]
    finished: tuple[str, ...] = ()


def record_proof(desk: Desk, proof: Mapping[str, Any], now: datetime) -> ProofOutcome:
    """Store a proof and let the cases that wait for it go on. Raises TrackerError where it is not a proof."""
    _checked(proof)
    with desk.store.transaction() as db:
        offices = offices_of(desk.city, proof)
        problems = mismatches(desk.store, proof, offices)
        if _repeats(desk, proof, now):
            return ProofOutcome(False, not problems, problems)
        db.table("proofs").insert(
            {
                "received_at": stamp(now),
                "revision": proof["revision"],
                "ledger_hash": proof["hash"],
                "agent": proof["agent"],
                "ok": int(proof["ok"]),
                "matches": int(not problems),
                "body": canonical(dict(proof)),
                "body_hash": _hash(proof),
            }
        )
        return ProofOutcome(True, not problems, problems, tuple(_go_on(desk, db, _Arrival(proof, offices), now)))


@dataclass(frozen=True)
class _Arrival:
    """A proof with the offices it speaks of."""

    proof: Mapping[str, Any]
    offices: frozenset[str]


def _go_on(desk: Desk, db: Database, arrival: _Arrival, now: datetime) -> list[str]:
    """Tell every case of these offices that waits; only those whose revision is in force by this proof are finished."""
    proof = arrival.proof
    who = Who(f"api:{proof['agent']}", frozenset({"system"}))
    finished = []
    at = moment_of(desk.store, proof["revision"])
    waiting = desk.store.rows("SELECT number, opd FROM cases WHERE awaiting IS NOT NULL ORDER BY id")
    for row in (row for row in waiting if row["opd"] in arrival.offices):
        other = at is not None and replaced(desk.store, row["number"], row["opd"], at)
        problems = [
            *mismatches_of(desk.store, proof, arrival.offices, row["opd"]),
            *(["a later allocation of this office is in force instead"] if other else []),
        ]
        outcome = {
            "agent": proof["agent"],
            "revision": proof["revision"],
            "hash": proof["hash"],
            "driver": proof.get("driver"),
            "applied_at": proof.get("applied_at"),
            "read_at": proof.get("read_at"),
            "problems": problems,
            "configuration": configuration(proof, row["opd"]),
            "proof": _hash(proof),
            **({"evidence": dict(proof["evidence"])} if proof.get("evidence") else {}),
        }
        proven = Verified(proof["revision"], not problems, outcome, _later(at, as_of(proof)))
        case = run_inside(desk, db, row["number"], proven, who, now)
        if case.awaiting is None:
            finished.append(case.number)
    return finished


def _later(at: datetime | None, moment: float | None) -> datetime | None:
    """Of which moment a proof is: never before its revision came into force."""
    if at is None or moment is None:
        return at
    return max(at, datetime.fromtimestamp(moment, UTC))


def configuration(proof: Mapping[str, Any], opd: str) -> dict[str, Any] | None:
    """What the agent changed for this office (KTM-07c): rates before and after by interface, and the commands.

    None where it does not tell. An agent is outside: what is kept is bounded and only of the expected kinds.
    """
    plan = proof.get("plan")
    if not isinstance(plan, Mapping):
        return None
    sides = {side: _rates_of(plan.get(side), opd) for side in ("before", "after")}
    commands = plan.get("commands")
    lines = commands.get(opd) if isinstance(commands, Mapping) else None
    texts = [str(line)[:_MAX_COMMAND] for line in lines[:_MAX_COMMANDS]] if isinstance(lines, list) else []
    return {**sides, "commands": texts} if any(sides.values()) or texts else None


def _rates_of(side: Any, opd: str) -> dict[str, dict[str, int]]:
    """Interface to guarantee and ceiling, bytes per second."""
    interfaces = side.get(opd) if isinstance(side, Mapping) else None
    if not isinstance(interfaces, Mapping):
        return {}
    return {
        str(interface)[:_MAX_INTERFACE]: {
            # ``type``, not ``isinstance``: JSON's true is an int to Python.
            key: value
            for key, value in rates.items()
            if key in _RATE_KEYS and type(value) is int and 0 <= value < _SQLITE_INTEGERS
        }
        for interface, rates in list(interfaces.items())[:_MAX_INTERFACES]
        if isinstance(rates, Mapping)
    }


def _repeats(desk: Desk, proof: Mapping[str, Any], now: datetime) -> bool:
    """True where this very proof is known, or the agent's last one said the same and no check asks it to read anew."""
    # An agent sends again what it got no answer for: the hash finds that. And it says the same every hour.
    if desk.store.row("SELECT id FROM proofs WHERE body_hash = ?", [_hash(proof)]):
        return True
    last = desk.store.row(
        "SELECT received_at, body FROM proofs WHERE agent = ? ORDER BY id DESC LIMIT 1", [proof["agent"]]
    )
    if last is None or _said(json.loads(last["body"])) != _said(proof):
        return False
    reread_after = read_back_after(desk, now)
    return reread_after is None or stamp(reread_after) < last["received_at"]


def _said(proof: Mapping[str, Any]) -> dict[str, Any]:
    # When it read, and what it changed to get there, differ from one reading of the same state to the next.
    return {key: value for key, value in proof.items() if key not in ("read_at", "as_of", "plan")}


def _hash(proof: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(dict(proof)).encode()).hexdigest()


def _checked(proof: Mapping[str, Any]) -> None:
    _check_required(proof)
    _check_optional(proof)
    try:
        _hash(proof)
    except (ValueError, RecursionError) as error:
        raise TrackerError("proof: holds a text or a number that JSON does not know, or is too deep") from error
    for key in ("applied_at", "read_at", "as_of"):
        if not _is_moment(proof.get(key)):
            raise TrackerError(f"proof: {key} must be a number of Unix seconds up to the year 2100")


def _check_required(proof: Mapping[str, Any]) -> None:
    for key, kind in _REQUIRED.items():
        value = proof.get(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TrackerError(f"proof: {key} is missing or not {kind.__name__}")
    if not 0 < proof["revision"] < _SQLITE_INTEGERS:
        raise TrackerError(f"proof: revision {proof['revision']} is out of bounds; revisions begin at 1")
    if len(proof["agent"]) > MAX_NAME or len(proof["hash"]) > MAX_NAME:
        raise TrackerError(f"proof: agent and hash are at most {MAX_NAME} characters")
    if not all(isinstance(row, Mapping) and _named(row) for row in proof["readback"]):
        raise TrackerError("proof: readback must be a list of objects, each with an opd and a direction")


def _check_optional(proof: Mapping[str, Any]) -> None:
    if not isinstance(uplink := proof.get("uplink"), str | None) or len(uplink or "") > MAX_NAME:
        raise TrackerError(f"proof: uplink must be a name of at most {MAX_NAME} characters")
    undecided = proof.get("undecided", [])
    if not isinstance(undecided, list) or not all(isinstance(row, Mapping) and _named(row) for row in undecided):
        raise TrackerError("proof: undecided must be a list of objects, each with an opd and a direction")
    if "fallback" in proof and not _is_fallback(proof["fallback"]):
        raise TrackerError("proof: fallback must be an object with loss, rule, hash, since and stale")
    if not isinstance(proof.get("problems", []), list):
        raise TrackerError("proof: problems must be a list")
    if proof.get("evidence") is not None and not _is_evidence(proof["evidence"]):
        raise TrackerError("proof: evidence must be an object with quarter (2026Q4), until (Unix seconds) and hash")


def _is_evidence(part: Any) -> bool:
    """Where the agent's evidence of the quarter stands: up to when, and the hash of its last line."""
    if not isinstance(part, Mapping) or set(part) != {"quarter", "until", "hash"} or part["until"] is None:
        return False
    texts = ((part["quarter"], _QUARTER), (part["hash"], _SHA256))
    return _is_moment(part["until"]) and all(isinstance(t, str) and shape.fullmatch(t) for t, shape in texts)


def _is_fallback(plan: Any) -> bool:
    """The lost uplink, its plan's rule and hash, since when it is in force, and whether the ledger has moved since."""
    if not isinstance(plan, Mapping) or plan.get("since") is None or not _is_moment(plan["since"]):
        return False
    texts = [plan.get(key) for key in ("loss", "rule", "hash")]
    return isinstance(plan.get("stale"), bool) and all(isinstance(t, str) and 0 < len(t) <= MAX_NAME for t in texts)


def _is_moment(value: Any) -> bool:
    """None, where the agent does not tell it, or Unix seconds. NaN is no number between any two."""
    if value is None:
        return True
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LAST_MOMENT


def _named(row: Mapping[str, Any]) -> bool:
    return isinstance(row.get("opd"), str) and isinstance(row.get("direction"), str)
