"""The chain of the inbox: every act on what strangers sent, each with the hash of the one before; and what breaks it.

An act says what it makes of its entry, so that an entry written by hand differs from its acts as a case does from its
events. The first one has the hash of all that was sent.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from request_tracker.store.chain import CLOCK, GENESIS, canonical, clock_beside, clock_of, digest, not_before, stamp
from request_tracker.store.clock import note_set_back
from request_tracker.store.database import Row, Store

# What an entry is from its arrival on; whose it is stands in contacts, which can be erased.
CONTENT = ("id", "key", "link_hash", "sop", "kind", "opd", "subject", "sending", "contact", "arrived_at")
_BODY = ("entry", "at", "actor", "kind", "text")
_LAST = "SELECT at, hash FROM inbox_acts ORDER BY id DESC LIMIT 1"
# What the last act on an entry makes of it; what was asked changes nothing of when it was complete.
_STATES = {"arrived": "waiting", "replied": "waiting", "asked": "asked", "accepted": "accepted", "ended": "ended"}


def content_hash(entry: Mapping[str, Any]) -> str:
    """The hash of what came, of an entry's row."""
    return hashlib.sha256(canonical([entry[name] for name in CONTENT]).encode()).hexdigest()


def append_act(db: Database, act: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Write an act (entry, at as a stamp, actor, kind, text) at the end of the chain, inside a transaction.

    After a clock was set back the last time is carried on; the entry itself keeps the clock's, for its dates count from
    there, which is why the clock stands beside however small a step.
    """
    row, now = db.execute(_LAST).fetchone(), datetime.fromisoformat(act["at"])
    last = datetime.fromisoformat(row[0]) if row else None
    note_set_back(db, last, now)
    line = {
        **act,
        "at": stamp(not_before(last, now)),
        "data": canonical({**data, **clock_beside(last, now, timedelta())}),
    }
    db.table("inbox_acts").insert(chained(line, row[1] if row else GENESIS))


def act_moment(act: Row) -> datetime:
    """When an act was, by the machine's clock."""
    return clock_of(json.loads(act["data"]), datetime.fromisoformat(act["at"]))


def chained(act: Mapping[str, Any], previous_hash: str) -> dict[str, Any]:
    """The row of an act after that hash."""
    return {**act, "previous_hash": previous_hash, "hash": digest(_body(act), previous_hash)}


def inbox_faults(store: Store) -> list[str]:
    """Every break of the chain, and every entry that is not what its acts say."""
    with store.snapshot():
        return list(_chain_faults(store)) or list(_entry_faults(store))


def _body(act: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: act[name] for name in _BODY}, "data": json.loads(act["data"])}


def _chain_faults(store: Store) -> Iterator[str]:
    previous = GENESIS
    for row in store.each("SELECT * FROM inbox_acts ORDER BY id"):
        if row["previous_hash"] != previous:
            yield f"inbox act {row['id']}: does not follow the act before it"
        if _digest_of(row) != row["hash"]:
            yield f"inbox act {row['id']}: its content does not give its hash"
        previous = row["hash"]


def _digest_of(row: Row) -> str | None:
    try:
        body = _body(row)
    except ValueError:
        return None
    return digest(body, row["previous_hash"]) if canonical(body["data"]) == row["data"] else None


def _entry_faults(store: Store) -> Iterator[str]:
    expected: dict[int, dict[str, Any]] = {}
    for act in store.each("SELECT * FROM inbox_acts ORDER BY id"):
        expected.setdefault(act["entry"], {}).update(_makes(act))
    for entry in store.each("SELECT * FROM inbox ORDER BY id"):
        says = expected.pop(entry["id"], None)
        place = f"inbox TT-{entry['id']}"
        if says is None:
            yield f"{place}: is there, and no act says so"
            continue
        if says.pop("content", None) != content_hash(entry):
            yield f"{place}: it is not what was sent"
        yield from (
            f"{place}: {name} is {entry[name]!r}, its acts say {value!r}"
            for name, value in says.items()
            if entry[name] != value
        )
    yield from (f"inbox TT-{id_}: is gone, and its acts are there" for id_ in expected)


def _makes(act: Row) -> dict[str, Any]:
    made: dict[str, Any] = {"state": _STATES.get(act["kind"]), **json.loads(act["data"])}
    made.pop(CLOCK, None)
    at = stamp(act_moment(act))
    if act["kind"] in ("arrived", "replied"):
        made["complete_at"] = at
    if act["kind"] == "arrived":
        made |= {"outcome": None, "ended_at": None, "case_number": None}
    elif act["kind"] in ("accepted", "ended"):
        made["ended_at"] = at
    return made
