"""Commands at the edge: one BEGIN IMMEDIATE each, from the version check to the outbox rows.

Reads the case inside the transaction, decides in pure functions, writes events, projection and messages together:
either everything is stored or nothing.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases.acts import ApplyAllocation, Command, OpenCase, Opened, Recompute, Sign
from request_tracker.cases.context import Desk
from request_tracker.cases.course import Course, promised_time
from request_tracker.cases.decide import NOT_IN_SOP, decide
from request_tracker.cases.events import chain, to_row
from request_tracker.cases.fold import apply, fold, opened
from request_tracker.cases.messages import messages
from request_tracker.cases.model import SYSTEM, Case, Draft, Event, Who
from request_tracker.cases.projection import project
from request_tracker.cases.proven import rechecks
from request_tracker.cases.queries import history, token_hash
from request_tracker.cases.readback import recheck
from request_tracker.errors import Conflict, Refused
from request_tracker.ledger import allocations
from request_tracker.sop.clocks import due
from request_tracker.sop.forms import OPENING, check_values, fields_of
from request_tracker.sop.model import Sop
from request_tracker.sop.register import by_hash, in_force
from request_tracker.store.chain import GENESIS, stamp
from request_tracker.store.database import last_id
from request_tracker.store.outbox import Outgoing, put
from request_tracker.words.bilingual import Both, joined

MAY_OPEN = frozenset(
    {"requester", "head_of_division", "head_of_section", "technician", "secretariat", "noc_operator", "system", "alert"}
)
TOKEN_BYTES = 16
UNTIL = Both("berlaku sampai", "valid until")


def run(desk: Desk, number: str, command: Command, who: Who, now: datetime, version: int | None = None) -> Case:
    """Run one command; returns the case after it. Raises Refused, or Conflict where ``version`` is not the last."""
    with desk.store.transaction() as db:
        return run_inside(desk, db, number, command, who, now, version)


def run_inside(
    desk: Desk, db: Database, number: str, command: Command, who: Who, now: datetime, version: int | None = None
) -> Case:
    """The same inside a transaction that is already open (proofs and webhooks do more than one thing)."""
    case = fold(history(desk, number))
    if version is not None and version != case.version:
        raise Conflict("conflict", number=number)
    sop = by_hash(desk.store, case.sop_hash)
    command = _probed(desk, case, sop, command, now)
    if isinstance(command, Sign) and command.signatory:
        command = replace(command, signed_as=keep_contact(db, command.signatory, now))
    events = decide(case, sop, command, who, now, desk.calendar)
    for event in events:
        case = apply(case, event)
    if case.sop_hash != sop.hash:
        sop = by_hash(desk.store, case.sop_hash)
    if isinstance(command, ApplyAllocation):
        applied = _apply_allocation(desk, db, case, command, who, now)
        events.append(applied)
        case = apply(case, applied)
    row_id = int(desk.store.value("SELECT id FROM cases WHERE number = ?", [number]))
    _store(db, row_id, case, sop, events, now)
    return case


def _probed(desk: Desk, case: Case, sop: Sop, command: Command, now: datetime) -> Command:
    """The command with the outcome of the re-check where its step is one: what a person hands in never counts."""
    open_step = case.open_step(command.step) if isinstance(command, Sign) else None
    if not isinstance(command, Sign) or open_step is None or not rechecks(sop.step(command.step)):
        return command
    found = recheck(desk, case, open_step, now)
    return replace(command, probe={**found.data(), "pending": found.pending, "why": joined(found.problems, "; ")})


def recompute_deadlines(desk: Desk, reason: str, now: datetime) -> list[str]:
    """After a change of the calendar: set the deadlines of open steps anew; the cases in which one has moved."""
    moved = []
    for row in desk.store.rows("SELECT number FROM cases WHERE ending IS NULL AND paused IS NULL ORDER BY id"):
        before = desk.store.value("SELECT version FROM cases WHERE number = ?", [row["number"]])
        case = run(desk, row["number"], Recompute(reason), SYSTEM, now)
        moved += [case.number] if case.version != before else []
    return moved


def open_case(desk: Desk, command: OpenCase, who: Who, now: datetime) -> Opened:
    """Open a case under the SOP in force today; the first step is done by what was handed in."""
    if not any(who.holds(role) for role in MAY_OPEN):
        raise Refused("may_not")
    with desk.store.transaction() as db:
        return open_inside(desk, db, command, who, now)


def open_inside(desk: Desk, db: Database, command: OpenCase, who: Who, now: datetime) -> Opened:
    """The same inside a transaction that is already open."""
    if command.idempotency_key:
        known = desk.store.value("SELECT number FROM cases WHERE idempotency_key = ?", [command.idempotency_key])
        if known:
            return Opened(str(known), None, again=True)
    sop = in_force(desk.store, command.sop, desk.calendar.local(now).date())
    contact = keep_contact(db, command.contact, now)
    number = _next_number(db, desk, sop.code, now)
    first = _opening_event(desk, sop, command, who, number, contact, now)
    course = Course(opened(first), sop, desk.calendar, now)
    _first_step(course, sop, command, who, contact)
    row_id = _insert_case(db, course.case, command)
    _store(db, row_id, course.case, sop, [first, *course.events], now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    db.table("public_tokens").insert({"hash": token_hash(token), "case_id": row_id, "created_at": stamp(now)})
    return Opened(number, token)


def _first_step(course: Course, sop: Sop, command: OpenCase, who: Who, contact: str | None) -> None:
    """Hand in the papers and do the first step in the requester's name, whoever typed it."""
    step = sop.step(sop.start)
    course.enter(step.id, command.occurred_at)
    for key, supplied in command.documents.items():
        if key not in sop.documents:
            raise Refused("bad_field", field=key, reason=NOT_IN_SOP)
        if not supplied.empty:
            course.supply(step.id, who.person, key, supplied)
    behalf = contact if contact != who.person else None
    data = {"note": "", "form": {}}
    course.add(Draft("signed", who.person, data, behalf, step.lanes[0], step.id, command.occurred_at))
    course.complete(step, None, at=command.occurred_at)


def _opening_event(
    desk: Desk, sop: Sop, command: OpenCase, who: Who, number: str, contact: str | None, now: datetime
) -> Event:
    begun = command.occurred_at or now
    form = _form(sop, command)
    promise = promised_time(sop, form)
    service_due = due(begun, promise, sop.promise.calendar, desk.calendar) if promise else None
    data: dict[str, Any] = {
        "number": number,
        "sop": sop.code,
        "revision": sop.revision,
        "sop_hash": sop.hash,
        "kind": sop.kind,
        "opd": command.opd,
        "subject": command.subject,
        "form": form,
        "contact": contact,
        "channel": command.channel,
        "emergency": command.emergency,
        "origin": command.origin,
        "service_due_at": stamp(service_due) if service_due else None,
    }
    if command.priority is not None:
        data["priority"] = command.priority
    return chain(Draft("opened", who.person, data, occurred_at=begun), number, 1, 1, now, GENESIS)


def _form(sop: Sop, command: OpenCase) -> dict[str, Any]:
    """The opening form's values without personal ones; a start step with its own fields replaces the usual form."""
    own = sop.step(sop.start).form
    fields = fields_of(own, sop.forms) if own else OPENING[sop.kind]
    kept = tuple(field for field in fields if not field.personal and field.key != "opd")
    complete = command.channel == "form"
    return check_values(kept, command.form, complete)


def keep_contact(db: Database, contact: Mapping[str, str], now: datetime) -> str | None:
    """Keep whom to reach outside the events (UU 27/2022), and say how events name him; None where nothing is told."""
    keys = ("name", "phone", "email", "position", "channel")
    values = {key: str(contact[key])[:200] for key in keys if contact.get(key)}
    if not values:
        return None
    row = last_id(db.table("contacts").insert({**values, "created_at": stamp(now)}))
    return f"contact:{row}"


def _next_number(db: Database, desk: Desk, code: str, now: datetime) -> str:
    """The next number of this SOP and year; gap-free, because it commits or vanishes with the case."""
    year = desk.calendar.local(now).year
    db.execute(
        "INSERT INTO numbers (key, year, value) VALUES (?, ?, 1)"
        " ON CONFLICT (key, year) DO UPDATE SET value = value + 1",
        [code, year],
    )
    value = desk.store.value("SELECT value FROM numbers WHERE key = ? AND year = ?", [code, year])
    return f"{code}/{year}/{value:06d}"


def _insert_case(db: Database, case: Case, command: OpenCase) -> int:
    row = {
        "number": case.number,
        "sop": case.sop,
        "revision": case.revision,
        "sop_hash": case.sop_hash,
        "kind": case.kind,
        "subject": case.subject,
        "opened_at": stamp(case.opened_at),
        "version": 0,
        "round": 1,
        "emergency": int(case.emergency),
        "idempotency_key": command.idempotency_key,
    }
    return last_id(db.table("cases").insert(row))


def _apply_allocation(desk: Desk, db: Database, case: Case, command: ApplyAllocation, who: Who, now: datetime) -> Event:
    """Admit the rates, write the ledger, and say so in the case."""
    opd = str(case.opd)
    before = allocations.allocation_of(desk.store, opd, now)
    allocations.admit(desk.store, desk.city, allocations.Wish(opd, command.allocation, command.reason), now)
    if command.until is not None and command.until <= now:
        over = Both("sudah lewat; kosongkan bila tetap", "has passed; leave it empty if permanent")
        raise Refused("bad_field", field=UNTIL, reason=over)
    if command.until is not None and before is None:
        bare = Both("belum ada alokasi yang dapat dikembalikan sesudahnya", "there is no allocation to go back to")
        raise Refused("bad_field", field=UNTIL, reason=bare)
    change = allocations.Change(opd, command.allocation, who.person, case.number, command.reason or command.note)
    revision = allocations.write(desk.store, db, [change], now, command.until)
    data = {
        "revision": revision,
        "before": allocations.as_data(before) if before else None,
        "after": allocations.as_data(command.allocation),
        "reason": command.reason,
        **({"firewall": command.firewall} if command.firewall else {}),
        "until": stamp(command.until) if command.until else None,
    }
    draft = Draft("allocation_applied", who.person, data, step=command.step)
    return chain(draft, case.number, case.version + 1, case.round, now, case.last_hash)


def _store(db: Database, row_id: int, case: Case, sop: Sop, events: list[Event], now: datetime) -> None:
    ids: dict[int, int] = {}
    for event in events:
        ids[event.seq] = last_id(db.table("events").insert(to_row(event, row_id)))
    project(db, row_id, case, sop)
    for message in messages(case, sop, events):
        event_id = ids[message.event_seq]
        key = f"{event_id}:{message.recipient}"
        put(db, Outgoing(key, message.recipient, message.payload, event_id, message.calm), now)
