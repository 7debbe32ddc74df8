"""Following an outage up: who is called when nobody takes it, and when the promised recovery has passed.

Tickets, roster and a moment in; outbox rows and ``escalated`` events out. Whoever was called last is called again every
five minutes, without a further event. It stops when somebody takes the ticket or the line is back; announced
maintenance calls nobody.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from request_tracker.cases import Desk, Note, read_case
from request_tracker.cases.commands import run_inside
from request_tracker.cases.model import SYSTEM
from request_tracker.outages.maintenance import under_maintenance
from request_tracker.outages.planned_time import planned_seconds
from request_tracker.outages.silenced import silence_of, silenced_seconds
from request_tracker.people.roster import on_duty
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

CallLevel = tuple[str, str, int]
_TITLES = {
    "outage_waiting": "Gangguan belum ditangani",
    "estimate_missed": "Estimasi pulih terlewati",
    "isp_call_due": "Hubungi ISP lagi",
}
AGAIN = "#"
# Who is called how long after the opening, until somebody takes it: a role and its rank of duty, 0 without a roster.
CHAIN = (
    (timedelta(), "technician", 1),
    (timedelta(minutes=10), "technician", 2),
    (timedelta(minutes=20), "head_of_section", 0),
    (timedelta(minutes=40), "head_of_division", 0),
    (timedelta(minutes=90), "head_of_office", 0),
)
_LASTING = "SELECT * FROM tickets WHERE ended_at IS NULL ORDER BY id"
AGAIN_EVERY = timedelta(minutes=5)  # As often as a person who is on his way can bear.


def escalate(desk: Desk, now: datetime) -> list[tuple[str, str]]:
    """Call whoever is due for outages nobody has taken; (ticket, recipient) of each call made."""
    rows = desk.store.rows("SELECT * FROM tickets WHERE acknowledged_at IS NULL AND ended_at IS NULL ORDER BY id")
    return each_row(rows, lambda row: _escalate(desk, row, now))


def _escalate(desk: Desk, row: Row, now: datetime) -> list[tuple[str, str]]:
    if under_maintenance(desk.store, desk.city, row["root"], now) or silence_of(row, now):
        return []
    at = now.timestamp()
    # While announced work ran, or somebody silenced it in Alertmanager, the clock stood still: nobody is called for
    # minutes in which nobody was to be.
    announced = planned_seconds(desk.store, desk.city, row["root"], row["opened_at"], at)
    silent = announced + silenced_seconds(row, now)
    turns = _turns(timedelta(seconds=max(0.0, at - row["opened_at"] - silent)))
    due = [turn for turn in turns if not _called(desk, row["number"], turn[0])]
    return [(row["number"], to) for turn in due if (to := _call(desk, row, turn, now))]


def _turns(age: timedelta) -> list[CallLevel]:
    """Every level reached at this age, and the present repetition of the last one."""
    reached = [(after, role, rank) for after, role, rank in CHAIN if after <= age]
    # All levels reached, not the last alone: a tracker that was off for an hour calls everybody it has missed.
    turns = [(f"{role}:{rank}", role, rank) for _, role, rank in reached]
    if reached and (times := (age - reached[-1][0]) // AGAIN_EVERY):
        level, role, rank = turns[-1]
        turns.append((f"{level}{AGAIN}{times}", role, rank))
    return turns


def follow_estimates(desk: Desk, now: datetime) -> list[str]:
    """Ask again where the estimated recovery has passed and the line is still down; the numbers asked about."""
    return each_row(desk.store.rows(_LASTING), lambda row: _ask_again(desk, row, now))


def _ask_again(desk: Desk, row: Row, now: datetime) -> list[str]:
    estimate = estimated_recovery(desk, row["number"])
    if estimate is None or estimate > now or _called(desk, row["number"], f"eta:{stamp(estimate)}"):
        return []
    with desk.store.transaction() as db:
        recipient = _duty(desk, "technician", 1, now)
        _record(desk, db, row, (f"eta:{stamp(estimate)}", recipient, "estimate_missed"), now)
    return [row["number"]]


def follow_calls(desk: Desk, now: datetime) -> list[str]:
    """Remind of the next call to the ISP at its time, once, who noted it (PKL-G-08a); the numbers reminded of."""
    return each_row(desk.store.rows(_LASTING), lambda row: _remind_of_call(desk, row, now))


def _remind_of_call(desk: Desk, row: Row, now: datetime) -> list[str]:
    caller, at = _next_call(desk, row["number"])
    if at is None or at > now or _called(desk, row["number"], f"call:{stamp(at)}"):
        return []
    recipient = caller if caller.startswith("user:") else _duty(desk, "technician", 1, now)
    with desk.store.transaction() as db:
        _record(desk, db, row, (f"call:{stamp(at)}", recipient, "isp_call_due"), now)
    return [row["number"]]


def _next_call(desk: Desk, number: str) -> tuple[str, datetime | None]:
    """Who spoke to the ISP last, and when he wants to call again; a later contact takes the place of an earlier one."""
    row = desk.store.row(
        "SELECT e.actor, json_extract(e.data, '$.next_call') AS at FROM events e JOIN cases c ON c.id = e.case_id"
        " WHERE c.number = ? AND e.kind = 'isp_contact' ORDER BY e.seq DESC LIMIT 1",
        [number],
    )
    return (row["actor"], _moment(desk, row["at"])) if row else ("", None)


def estimated_recovery(desk: Desk, number: str) -> datetime | None:
    """The newest estimate of this case, noted or signed at PKL-G-08; naive ones are in the office's zone."""
    text = desk.store.value(
        "SELECT coalesce(json_extract(e.data, '$.estimate'), json_extract(e.data, '$.form.estimasi_pulih')) AS said"
        " FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = ?"
        " AND e.kind IN ('recovery_estimate', 'signed') AND said IS NOT NULL ORDER BY e.seq DESC LIMIT 1",
        [number],
    )
    return _moment(desk, text)


def _moment(desk: Desk, text: Any) -> datetime | None:
    """What an event holds as a moment; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=desk.calendar.zone)


def _called(desk: Desk, number: str, level: str) -> bool:
    return desk.store.row("SELECT 1 FROM escalations WHERE ticket = ? AND level = ?", [number, level]) is not None


def _call(desk: Desk, row: Row, turn: CallLevel, now: datetime) -> str | None:
    level, role, rank = turn
    recipient = _duty(desk, role, rank, now)
    with desk.store.transaction() as db:
        # Inside the transaction: who took it a moment ago must not be called by his superior.
        acknowledged_at = desk.store.value("SELECT acknowledged_at FROM tickets WHERE id = ?", [row["id"]])
        if acknowledged_at is not None:
            return None
        _record(desk, db, row, (level, recipient, "outage_waiting"), now)
    return recipient


def _duty(desk: Desk, role: str, rank: int, now: datetime) -> str:
    """The person on duty; where the roster is empty, everybody of the role."""
    user = on_duty(desk.store, rank, now) if rank else None
    return f"user:{user}" if user else f"role:{role}"


def _record(desk: Desk, db: Database, row: Row, call: tuple[str, str, str], now: datetime) -> None:
    level, recipient, template = call
    db.table("escalations").insert({"ticket": row["number"], "level": level, "at": stamp(now)})
    if AGAIN in level:
        case = read_case(desk, row["number"])
    else:
        case = run_inside(desk, db, row["number"], Note("escalated", {"to": recipient, "why": template}), SYSTEM, now)
    notice = Notice(
        template=template,
        number=row["number"],
        sop=case.sop,
        title=_TITLES[template],
        subject=case.subject,
        opd=case.opd,
        ending=case.ending,
    )
    put(db, Outgoing(f"follow:{row['number']}:{level}", recipient, notice), now)
