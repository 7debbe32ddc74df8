"""The chain: drafts in, hashed events out, and rows to events and back. Verifies; never changes what is written."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.cases.model import Draft, Event
from request_tracker.store.chain import GENESIS, canonical, clock_beside, digest, not_before, stamp

COLUMNS = (
    "seq",
    "kind",
    "actor",
    "on_behalf_of",
    "lane",
    "step",
    "round",
    "occurred_at",
    "recorded_at",
    "data",
)


@dataclass(frozen=True, kw_only=True)
class ChainPlace:
    """Where in a case's chain an event stands: whose it is, the how many-th, of which round, after which hash.

    ``not_before``: when the event before it was recorded; the times at which a chain was written do not run backwards
    with a clock set back. When something happened (``occurred_at``) is what the clock or the person said; what the
    clock showed stands in the data of a line whose time was carried on.
    """

    number: str
    seq: int
    round: int
    previous_hash: str
    not_before: datetime | None = None


def chain(draft: Draft, place: ChainPlace, now: datetime) -> Event:
    """The draft as event ``seq`` of the case, chained to the one before."""
    body = {
        "case": place.number,
        "seq": place.seq,
        "kind": draft.kind,
        "actor": draft.actor,
        "on_behalf_of": draft.on_behalf_of,
        "lane": draft.lane,
        "step": draft.step,
        "round": place.round,
        "occurred_at": stamp(draft.occurred_at or now),
        "recorded_at": stamp(not_before(place.not_before, now)),
        # Through text and back: what is hashed now is what a reader of the row will hash again (dates, numbers, keys).
        "data": json.loads(canonical({**draft.data, **clock_beside(place.not_before, now)})),
    }
    return _event(body, place.previous_hash, digest(body, place.previous_hash))


def from_row(row: Mapping[str, Any]) -> Event:
    """An event from its row."""
    return _event({**row, "data": json.loads(row["data"])}, row["previous_hash"], row["hash"], row["id"])


def to_row(event: Event, case_id: int) -> dict[str, Any]:
    """The row of an event."""
    return {
        "case_id": case_id,
        "seq": event.seq,
        "kind": event.kind,
        "actor": event.actor,
        "on_behalf_of": event.on_behalf_of,
        "lane": event.lane,
        "step": event.step,
        "round": event.round,
        "occurred_at": stamp(event.occurred_at),
        "recorded_at": stamp(event.recorded_at),
        "data": canonical(event.data),
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }


def faults(number: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every break of a case's chain: wrong order, wrong link, or content that does not give its hash."""
    breaks = []
    previous = GENESIS
    # Goes on after a break, with the hash that stands there: one forged event is one fault, not one for each after it.
    for expected, row in enumerate(rows, start=1):
        place = f"{number} event {row['seq']}"
        if row["seq"] != expected:
            breaks.append(f"{place}: expected event {expected}")
        if row["previous_hash"] != previous:
            breaks.append(f"{place}: does not follow the event before it")
        if _digest_of(number, row) != row["hash"]:
            breaks.append(f"{place}: its content does not give its hash")
        previous = row["hash"]
    return breaks


def _digest_of(number: str, row: Mapping[str, Any]) -> str | None:
    try:
        body = {"case": number, **{key: row[key] for key in COLUMNS}, "data": json.loads(row["data"])}
    except ValueError:
        return None
    # The text too must be canonical: other spaces or another order of keys would be a change that no hash sees.
    return digest(body, row["previous_hash"]) if canonical(body["data"]) == row["data"] else None


def _event(body: Mapping[str, Any], previous_hash: str, hash_: str, id_: int = 0) -> Event:
    return Event(
        seq=body["seq"],
        kind=body["kind"],
        actor=body["actor"],
        on_behalf_of=body["on_behalf_of"],
        lane=body["lane"],
        step=body["step"],
        round=body["round"],
        occurred_at=datetime.fromisoformat(body["occurred_at"]),
        recorded_at=datetime.fromisoformat(body["recorded_at"]),
        data=body["data"],
        previous_hash=previous_hash,
        hash=hash_,
        id=id_,
    )
