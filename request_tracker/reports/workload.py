"""Who has how much to do, and who was appointed to what (BTM-04): projections and events in, rows out. Only reads."""

from dataclasses import dataclass
from datetime import datetime

from request_tracker.people.accounts import holders
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store

ROLE = "technician"
# What the clock showed when an event was written; its time is later where the clock had been set back before.
_WRITTEN = "coalesce(json_extract(e.data, '$.clock'), e.recorded_at)"


@dataclass(frozen=True)
class Workload:
    """A technician: the running cases that name him, the steps of them that wait for him now, and the late ones."""

    id: int
    name: str
    cases: int
    steps: int
    late: int
    competence: str = ""


def loads(store: Store, now: datetime) -> list[Workload]:
    """Every technician, who has least to do first."""
    rows = store.rows(
        "SELECT c.assignee, count(DISTINCT c.id) AS cases, count(w.case_id) AS steps, sum(w.due_at < ?) AS late"
        " FROM cases c LEFT JOIN waiting w ON w.case_id = c.id AND w.role = ?"
        " WHERE c.ending IS NULL AND c.assignee IS NOT NULL GROUP BY c.assignee",
        [stamp(now), ROLE],
    )
    busy = {row["assignee"]: (row["cases"], row["steps"], row["late"] or 0) for row in rows}
    technicians = [
        Workload(
            person["id"],
            person["name"],
            *busy.get(f"user:{person['id']}", (0, 0, 0)),
            competence=person["competence"] or "",
        )
        for person in holders(store, ROLE)
    ]
    return sorted(technicians, key=lambda load: (load.steps, load.cases, load.name))


def appointments(store: Store, begins: datetime, ends: datetime, limit: int = 100) -> list[Row]:
    """The agenda of appointments between two moments, the newest first: numbered by the events, without gaps."""
    span = [stamp(begins), stamp(begins), stamp(ends)]
    # By the index on (kind, recorded_at), the count and the newest rows alike: the clock never showed a later time than
    # the chain has, so that the index leaves out what came before.
    where = f" FROM events e WHERE e.kind = 'assigned' AND e.recorded_at >= ? AND {_WRITTEN} >= ? AND {_WRITTEN} < ?"
    last = int(store.value(f"SELECT count(*){where}", span))
    rows = store.rows(
        f"SELECT e.step, e.actor, e.occurred_at, {_WRITTEN} AS recorded_at,"
        " json_extract(e.data, '$.assignee') AS assignee,"
        " c.number, c.subject, c.due_at, c.ending FROM (SELECT *"
        f"{where} ORDER BY e.recorded_at DESC, e.id DESC LIMIT ?) e JOIN cases c ON c.id = e.case_id"
        " ORDER BY e.recorded_at DESC, e.id DESC",
        [*span, limit],
    )
    return [{**row, "agenda": last - place} for place, row in enumerate(rows)]
