"""The part of an outage that announced work explains: windows and a root in, spans of Unix seconds out.

While work runs escalation stands still: its clock goes on where it stopped. The minutes are kept on the ticket, apart
from those that nobody announced.
"""

import json
from datetime import UTC, datetime

from inventory.model import City
from request_tracker.cases import Desk
from request_tracker.outages.work_scope import covered
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.each_row import each_row

# Later than this after its end no window is announced that could explain an outage.
_LOOK_BACK_SECONDS = 86_400.0
_TICKETS = "SELECT * FROM tickets WHERE ended_at IS NULL OR ended_at >= ? ORDER BY id"


def planned_spans(store: Store, city: City, root: str, since: float, until: float) -> list[tuple[float, float]]:
    """When announced work covered the root between two moments; what overlaps is one span."""
    first, last = (stamp(datetime.fromtimestamp(moment, UTC)) for moment in (since, until))
    rows = store.rows(
        "SELECT * FROM maintenance WHERE starts_at < ? AND min(coalesce(ended_at, ends_at), ends_at) > ?"
        " ORDER BY starts_at",
        [last, first],
    )
    spans: list[tuple[float, float]] = []
    for row in (row for row in rows if root in covered(city, row["root"])):
        begin, end = max(since, _unix(row["starts_at"])), min(until, _unix(min(row["ended_at"] or "9", row["ends_at"])))
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    return spans


def planned_seconds(store: Store, city: City, root: str, since: float, until: float) -> float:
    """How long announced work covered the root between two moments."""
    return sum(end - begin for begin, end in planned_spans(store, city, root, since, until))


def keep_planned(desk: Desk, now: datetime) -> list[str]:
    """Write down on each ticket which part of its outage was announced; the numbers of those that changed."""
    rows = desk.store.rows(_TICKETS, [now.timestamp() - _LOOK_BACK_SECONDS])
    return each_row(rows, lambda row: _keep(desk, row, now))


def _keep(desk: Desk, row: Row, now: datetime) -> list[str]:
    until = now.timestamp() if row["ended_at"] is None else row["ended_at"]
    spans = planned_spans(desk.store, desk.city, row["root"], row["started_at"], until)
    planned = json.dumps(spans) if spans else None
    if planned == row["planned"]:
        return []
    with desk.store.transaction() as db:
        db.execute("UPDATE tickets SET planned = ? WHERE id = ?", [planned, row["id"]])
    return [row["number"]]


def _unix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
