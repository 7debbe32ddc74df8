"""The course of a ticket's outage: what the watch's journal says of it in, the ticket and its case made to agree.

The journal finds out the cause after the beginning, knows when the line fell again (the same outage is the same ticket:
"kambuh ke-n"), and when it was over.
"""

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases import Desk, Note, Who
from request_tracker.cases.commands import run_inside
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.store.database import Row

ALERT = Who("api:alertmanager", frozenset({"alert", "system"}))
# The beginning of an outage is told by others too, and not better known by them: only these are findings.
FINDINGS = frozenset({"link_down", "silent", "device_down"})


def follow_journal(desk: Desk, db: Database, ticket: Row, outage: OutageRecord, now: datetime) -> None:
    """Take over cause, interruptions and end."""
    if outage.cause in FINDINGS and outage.cause != ticket["cause"]:
        db.execute("UPDATE tickets SET cause = ? WHERE id = ?", [outage.cause, ticket["id"]])
    if outage.interruptions > ticket["interruptions"]:
        _again(desk, db, ticket, outage, now)
    if outage.ended_at is None:
        if ticket["ended_at"] is not None and _alone(desk, ticket):
            db.execute("UPDATE tickets SET ended_at = NULL WHERE id = ?", [ticket["id"]])
    elif ticket["ended_at"] is None and outage.ended_at > ticket["started_at"]:
        end_ticket(desk, db, ticket, outage, now)
    elif ticket["ended_at"] is not None and ticket["ended_at"] != outage.ended_at:
        db.execute("UPDATE tickets SET ended_at = ? WHERE id = ?", [outage.ended_at, ticket["id"]])


def end_ticket(desk: Desk, db: Database, ticket: Row, outage: OutageRecord, now: datetime) -> None:
    """The outage is over: the ticket ends and its case moves on."""
    change = [outage.ended_at, outage.summed, ticket["id"]]
    db.execute("UPDATE tickets SET ended_at = ?, down_seconds = ? WHERE id = ?", change)
    note_connected(desk, db, ticket["number"], ticket["started_at"], outage, now)


def note_connected(  # noqa: PLR0913  # As ``run_inside``, and the beginning as the ticket has it.
    desk: Desk, db: Database, number: str, started_at: float, outage: OutageRecord, now: datetime
) -> None:
    """Say in the case that the line is back, with the minutes of all interruptions."""
    assert outage.ended_at is not None
    seconds = outage.ended_at - started_at if outage.summed is None else outage.summed
    data: dict[str, Any] = {"ended_at": outage.ended_at, "minutes": round(seconds / 60, 2)}
    run_inside(desk, db, number, Note("connected", data), ALERT, now)


def _again(desk: Desk, db: Database, ticket: Row, outage: OutageRecord, now: datetime) -> None:
    """Count it, and say it in the case: once for each time that is read here, not for each of a flapping line."""
    db.execute("UPDATE tickets SET interruptions = ? WHERE id = ?", [outage.interruptions, ticket["id"]])
    data = {"time": outage.interruptions - 1}
    run_inside(desk, db, ticket["number"], Note("interrupted_again", data), ALERT, now)


def _alone(desk: Desk, ticket: Row) -> bool:
    """True where no other ticket of this root is open: that one then holds the outage."""
    return desk.store.row("SELECT 1 FROM tickets WHERE root = ? AND ended_at IS NULL", [ticket["root"]]) is None
