"""Back into the monitoring (BTM-08b): a proven allocation's step ends only when the scraped limits equal the ledger.

The worker asks every minute; a person who may can go on without it, with a reason that the case keeps. Prometheus is
asked outside the transaction, because nobody may hold the database while a neighbour is slow.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from request_tracker.cases import Case, Desk, read_case, run
from request_tracker.cases.acts import Register
from request_tracker.cases.messages import person_of
from request_tracker.cases.model import SYSTEM, Who
from request_tracker.cases.queries import history
from request_tracker.errors import NotStored, Refused
from request_tracker.evidence.limit import ScrapedLimits, scraped
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

# Prometheus scrapes every 15 s and the tracker asks every minute: after a quarter of an hour something is wrong.
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True)
class Overruling:
    """Who ends a case's step although the monitoring has not the new limit, and why."""

    number: str
    reason: str
    who: Who


def register_pending(desk: Desk, prometheus: Prometheus, now: datetime) -> list[str]:
    """Finish the steps whose limits are scraped by now; their cases. Who is kept waiting is told, once."""
    rows = desk.store.rows("SELECT number FROM cases WHERE awaiting = 'monitoring' ORDER BY id")
    return each_row(rows, lambda row: _register(desk, prometheus, row, now))


def _register(desk: Desk, prometheus: Prometheus, row: Row, now: datetime) -> list[str]:
    # A Prometheus that lets the first wait is not asked for the others (``Prometheus.rest``); that they wait is told.
    case = read_case(desk, row["number"])
    limits = scraped(prometheus, desk.store, str(case.opd), now)
    if not limits.equal:
        _tell(desk, case, limits, now)
        return []
    try:
        run(desk, case.number, Register(limits.data()), SYSTEM, now, version=case.version)
    except NotStored:
        raise
    # The case moved on between the question and the act, or another worker was first; the next minute looks again.
    except Refused:
        return []
    return [case.number]


def register_anyway(desk: Desk, prometheus: Prometheus, overruling: Overruling, now: datetime) -> Case:
    """Go on without the monitoring's word; what it said and the reason are kept. Raises Refused."""
    case = read_case(desk, overruling.number)
    limits = scraped(prometheus, desk.store, str(case.opd), now)
    act = Register(limits.data(), overruling.reason, limits.reason)
    return run(desk, case.number, act, overruling.who, now, version=case.version)


def _tell(desk: Desk, case: Case, limits: ScrapedLimits, now: datetime) -> None:
    """The technician and the head of the section learn that the monitoring has not followed."""
    proven = [event for event in history(desk, case.number) if event.kind == "allocation_verified"][-1]
    if now - proven.occurred_at < PATIENCE:
        return
    payload = Notice(
        template="monitoring_waits",
        number=case.number,
        sop=case.sop,
        title="Batas baru belum terpantau",
        subject=case.subject,
        opd=case.opd,
        step=proven.step,
        step_text=limits.reason.indonesian,
    )
    with desk.store.transaction() as db:
        for recipient in (person_of(case, "technician"), "role:head_of_section"):
            put(db, Outgoing(f"monitoring:{proven.id}:{recipient}", recipient, payload, proven.id), now)
