"""Outages that an office tells of: a report in, a ticket of its own or a further report on a known one out (PKL-G-01a).

Such a ticket stands on the office's own line. What the watch tells of that line later is the same outage; else it ends
when a person finds the line connected (PKL-G-08b), or with its case.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from inventory.topology import branches
from request_tracker.cases import AddDocument, Desk, Note, OpenCase, Supplied, Who, read_case
from request_tracker.cases.actions.check_connected import CONNECTED
from request_tracker.cases.acts import Opened
from request_tracker.cases.commands import TOKEN_BYTES, Outcome, keep_contact, open_inside, run_inside
from request_tracker.cases.queries import token_hash
from request_tracker.cases.signing_off import Consequence, follow_up
from request_tracker.errors import Conflict
from request_tracker.outages.course import ALERT
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row

SOURCE, CAUSE = "office", "reported"


@dataclass(frozen=True)
class FurtherReport:
    """A report on an outage that is known. ``key``: of the form, so that sent twice it is one."""

    opd: str
    description: str
    since: str | None
    contact: Mapping[str, str]
    paper: Supplied | None
    key: str


def report(desk: Desk, command: OpenCase, who: Who, began: datetime, now: datetime) -> Opened:
    """Open the case of an outage that nobody knew, and its ticket: calls, lists and the wall go by tickets."""
    with desk.store.transaction() as db:
        return report_inside(desk, db, command, who, began, now)


def report_inside(  # noqa: PLR0913  # As ``report``, inside an open transaction.
    desk: Desk, db: Database, command: OpenCase, who: Who, began: datetime, now: datetime
) -> Opened:
    """The same inside a transaction that is already open."""
    opened = open_inside(desk, db, command, who, now)
    if not opened.again and command.opd is not None:
        _ticket(desk, db, (opened.number, command.opd), min(began, now), now)
    return opened


def join(desk: Desk, number: str, further: FurtherReport, who: Who, now: datetime) -> Opened:
    """Add a report to a known outage: what is told, the paper, whom to reach, and a link of that office's own."""
    with desk.store.transaction() as db:
        again = _case_of_form(desk, further.key)
        if again is not None:
            return Opened(again, None, again=True)
        # The report that opened the case was the first.
        place = 2 + int(desk.store.value(_FURTHER, [number]))
        content = {"opd": further.opd, "description": further.description, "report": place, "key": further.key}
        contact = keep_contact(db, further.contact, now)
        more: dict[str, Any] = {"since": further.since} if further.since else {}
        case = run_inside(desk, db, number, Note("further_report", {**content, **more, "contact": contact}), who, now)
        if further.paper is not None:
            run_inside(desk, db, number, AddDocument("surat", further.paper), who, now)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = desk.store.value("SELECT id FROM cases WHERE number = ?", [case.number])
        db.table("public_tokens").insert({"hash": token_hash(token), "case_id": row, "created_at": stamp(now)})
        return Opened(number, token)


def reported_end(desk: Desk) -> Callable[[Outcome], tuple[Consequence, ...]]:
    """The follower of an act that finds a reported line connected, or ends its case: the ticket is over."""

    def follow(outcome: Outcome) -> tuple[Consequence, ...]:
        over = _over(outcome) if outcome.case.kind == "outage" else None
        open_ticket = "SELECT * FROM tickets WHERE number = ? AND source = ? AND ended_at IS NULL"
        row = desk.store.row(open_ticket, [outcome.case.number, SOURCE]) if over else None
        return (_ending(row, over),) if row and over else ()

    return follow


def end_reported(desk: Desk, now: datetime) -> list[str]:
    """End the tickets of offices whose line a person found connected, or whose case has ended; their numbers."""
    return each_row(desk.store.rows(_OVER, [SOURCE]), lambda row: _end_reported(desk, row, now))


def _end_reported(desk: Desk, row: Row, now: datetime) -> list[str]:
    case, consequence = read_case(desk, row["number"]), _ending(row, datetime.fromisoformat(row["over"]))
    try:
        follow_up(desk, case, [consequence], now)
    except Conflict:
        return []
    return [row["number"]]


def _over(outcome: Outcome) -> datetime | None:
    """When a person found the line connected last, else when the case ended; None while neither is so."""
    judgements = [e for e in outcome.history if e.kind == "decided" and e.data["label"] == CONNECTED]
    return judgements[-1].occurred_at if judgements else outcome.case.ended_at


def _ending(row: Row, over: datetime) -> Consequence:
    at = over.timestamp()
    end_of_outage = {"ended_at": at, "minutes": round(max(0.0, at - row["started_at"]) / 60, 2)}
    change = (max(at, row["started_at"]), row["id"])

    def end(db: Database) -> None:
        db.execute("UPDATE tickets SET ended_at = ? WHERE id = ?", change)

    return Consequence(Note("connected", end_of_outage), ALERT, end)


_FURTHER = (
    "SELECT count(*) FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = ? AND e.kind = 'further_report'"
)
_OVER = (
    "SELECT t.*, coalesce((SELECT e.occurred_at FROM events e WHERE e.case_id = c.id AND e.kind = 'decided'"
    " AND iif(json_valid(e.data), json_extract(e.data, '$.label'), '') = 'terhubung'"
    " ORDER BY e.seq DESC LIMIT 1), c.ended_at) AS over"
    # CROSS JOIN keeps SQLite to this order: a few open tickets first, then each one's case by its number.
    " FROM tickets t CROSS JOIN cases c ON c.number = t.number"
    " WHERE t.source = ? AND t.ended_at IS NULL AND over IS NOT NULL"
)


def _case_of_form(desk: Desk, key: str) -> str | None:
    """The case this form was sent to before."""
    row = desk.store.row(
        "SELECT number FROM cases WHERE idempotency_key = ? UNION ALL SELECT c.number FROM events e"
        " JOIN cases c ON c.id = e.case_id WHERE e.kind = 'further_report' AND json_extract(e.data, '$.key') = ?",
        [key, key],
    )
    return None if row is None else str(row["number"])


def _ticket(desk: Desk, db: Database, case: tuple[str, str], began: datetime, now: datetime) -> None:
    """Write the ticket of a case, given as its number and its OPD."""
    number, opd = case
    line = next((branch.name for branch in branches(desk.city) if branch.offices == (opd,)), opd)
    open_ticket: Row | None = desk.store.row("SELECT 1 FROM tickets WHERE root = ? AND ended_at IS NULL", [line])
    db.table("tickets").insert(
        {
            "number": number,
            # A root has one open ticket at a time (a unique index holds it); a second report of the line gets a name of
            # its own.
            "root": line if open_ticket is None else f"{line} ({number})",
            "kind": "opd",
            "cause": CAUSE,
            "offices": json.dumps([opd]),
            "started_at": began.timestamp(),
            "ended_at": None,
            "opened_at": now.timestamp(),
            "source": SOURCE,
        }
    )
