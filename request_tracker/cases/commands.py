"""Commands at the edge: one BEGIN IMMEDIATE each, from the version check to the outbox rows.

Reads the case inside the transaction, decides in pure functions, writes events, projection, batches of the ledger and
messages together: either everything is stored or nothing. What a person signs goes through ``signing_off``, which puts
what follows it into the same transaction.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases.actions.verify_allocation import rechecks
from request_tracker.cases.acts import ApplyAllocation, Command, OpenCase, Opened, RecordPaper, Sign
from request_tracker.cases.context import Desk
from request_tracker.cases.course import Course, promised_time
from request_tracker.cases.decide import NOT_IN_SOP, Decision, decide
from request_tracker.cases.events import ChainPlace, chain, to_row
from request_tracker.cases.fold import fold, opened
from request_tracker.cases.messages import messages
from request_tracker.cases.model import Case, Draft, Event, Who
from request_tracker.cases.projection import project
from request_tracker.cases.proposing import proposes
from request_tracker.cases.queries import history, token_hash
from request_tracker.cases.readback import recheck
from request_tracker.cases.signing import signed_by
from request_tracker.errors import Conflict, Refused
from request_tracker.ledger import allocations
from request_tracker.ledger.standing import Books
from request_tracker.sop.forms import OPENING, check_values, fields_of
from request_tracker.sop.model import Sop
from request_tracker.sop.promises import promise_end
from request_tracker.sop.register import by_hash, in_force
from request_tracker.store.chain import GENESIS, stamp
from request_tracker.store.clock import note_set_back
from request_tracker.store.database import last_id
from request_tracker.store.outbox import Outgoing, put
from request_tracker.words.bilingual import joined

MAY_OPEN = frozenset(
    {"requester", "head_of_division", "head_of_section", "technician", "secretariat", "noc_operator", "system", "alert"}
)
# 128 random bits: nobody guesses a link within the life of the universe, and 22 characters fit into a message.
TOKEN_BYTES = 16
# Letters of a name, a telephone, an address or a position: one line.
MAX_CONTACT = 200


@dataclass(frozen=True)
class Outcome:
    """What a command makes of a case, before it is written: the whole history with the new events last.

    ``contact`` is the row of ``contacts`` to be, with its number, where somebody signs by name.
    """

    who: Who
    now: datetime
    decision: Decision
    sop: Sop
    history: tuple[Event, ...]
    contact: dict[str, Any] | None

    @property
    def case(self) -> Case:
        """The case after the command."""
        return self.decision.case


def run(  # noqa: PLR0913  # Where, which case, what, who, when: the same words at every door, and in this order.
    desk: Desk, number: str, command: Command, who: Who, now: datetime, version: int | None = None
) -> Case:
    """Run one command; returns the case after it. Raises Refused, or Conflict where ``version`` is not the last."""
    with desk.store.transaction() as db:
        return run_inside(desk, db, number, command, who, now, version=version)


def run_inside(  # noqa: PLR0913  # As ``run``, inside an open transaction.
    desk: Desk, db: Database, number: str, command: Command, who: Who, now: datetime, version: int | None = None
) -> Case:
    """The same inside a transaction that is already open (proofs and webhooks do more than one thing)."""
    outcome = foresee(desk, number, command, who, now, version)
    write(desk, db, outcome)
    return outcome.case


def foresee(  # noqa: PLR0913  # As ``run``.
    desk: Desk, number: str, command: Command, who: Who, now: datetime, version: int | None = None
) -> Outcome:
    """What the command would make of the case as it stands; reads only. Raises what ``run`` raises."""
    before = history(desk, number)
    case = fold(before)
    # Optimistic: pages do not lock a case while somebody reads it; whoever comes second is told what changed.
    if version is not None and version != case.version:
        raise Conflict("conflict", number=number)
    sop = by_hash(desk.store, case.sop_hash)
    contact = None
    if isinstance(command, Sign) and command.signatory:
        contact = _next_contact(desk, command.signatory, now)
        command = replace(command, signed_as=f"contact:{contact['id']}" if contact else None)
    decision = decide(case, sop, _informed(desk, case, sop, command, now), who, now, desk.calendar)
    if decision.case.sop_hash != sop.hash:
        sop = by_hash(desk.store, decision.case.sop_hash)
    return Outcome(who, now, decision, sop, (*before, *decision.events), contact)


def write(desk: Desk, db: Database, outcome: Outcome) -> None:
    """Write what was decided inside an open transaction; nothing is decided here."""
    if outcome.contact is not None:
        db.table("contacts").insert(outcome.contact)
    allocations.append(desk.store, db, outcome.decision.batches, outcome.now)
    row_id = int(desk.store.value("SELECT id FROM cases WHERE number = ?", [outcome.case.number]))
    _store(db, row_id, outcome)


def _informed(desk: Desk, case: Case, sop: Sop, command: Command, now: datetime) -> Command:
    """The command with what it is decided by outside the case; what a person hands in never counts for it.

    An allocation and the number proposed for it are decided by the ledger, a re-check by the newest proof.
    """
    if isinstance(command, ApplyAllocation) or (
        isinstance(command, Sign | RecordPaper) and _may_set_number(case, sop, command.step)
    ):
        command = replace(command, books=Books(allocations.standing(desk.store, now), desk.city))
    open_step = case.open_step(command.step) if isinstance(command, Sign) else None
    if not isinstance(command, Sign) or open_step is None or not rechecks(sop.step(command.step)):
        return command
    finding = recheck(desk, case, open_step, now)
    return replace(command, probe={**finding.data(), "pending": finding.pending, "why": joined(finding.problems, "; ")})


def _may_set_number(case: Case, sop: Sop, step: str) -> bool:
    return case.opd is not None and case.open_step(step) is not None and proposes(sop, sop.step(step))


def open_case(desk: Desk, command: OpenCase, who: Who, now: datetime) -> Opened:
    """Open a case under the SOP in force today; the first step is done by what was handed in."""
    if not any(who.holds(role) for role in MAY_OPEN):
        raise Refused("may_not")
    with desk.store.transaction() as db:
        return open_inside(desk, db, command, who, now)


def open_inside(desk: Desk, db: Database, command: OpenCase, who: Who, now: datetime) -> Opened:
    """The same inside a transaction that is already open."""
    if command.idempotency_key:
        # The token is not told again: only its hash was kept.
        earlier = desk.store.value("SELECT number FROM cases WHERE idempotency_key = ?", [command.idempotency_key])
        if earlier:
            return Opened(str(earlier), None, again=True)
    sop = in_force(desk.store, command.sop, desk.calendar.local(now).date())
    arrival = command.arrival
    contact = arrival.contact if arrival else keep_contact(db, command.contact, now)
    number = _next_number(db, desk, sop.code, now)
    first = _opening_event(desk, sop, command, _Opening(number, who, contact, now))
    course = Course(opened(first), sop, desk.calendar, now, command.occurred_at)
    _first_step(course, sop, command, who, contact)
    row_id = _insert_case(db, course.case, command)
    events = (first, *course.events)
    _store(db, row_id, Outcome(who, now, Decision(events, course.case, course.batches), sop, events, None))
    token = None if arrival else secrets.token_urlsafe(TOKEN_BYTES)
    link = arrival.link_hash if arrival else token_hash(str(token))
    db.table("public_tokens").insert({"hash": link, "case_id": row_id, "created_at": stamp(now)})
    return Opened(number, token)


def check_opening(desk: Desk, command: OpenCase, now: datetime) -> None:
    """Raise Refused where the form could open no case now; what waits in the inbox was looked at when it came."""
    _form(in_force(desk.store, command.sop, desk.calendar.local(now).date()), command)


def _first_step(course: Course, sop: Sop, command: OpenCase, who: Who, contact: str | None) -> None:
    """Hand in the papers and do the first step in the requester's name, whoever typed it."""
    step = sop.step(sop.start)
    course.enter(step.id)
    for key, supplied in command.documents.items():
        if key not in sop.documents:
            raise Refused("bad_field", field=key, reason=NOT_IN_SOP)
        if not supplied.empty:
            course.supply(step.id, who.person, key, supplied)
    behalf = contact if contact != who.person else None
    lane = step.lanes[0]
    data = {"note": "", "form": {}, **signed_by(who, sop.role(lane))}
    course.add(Draft("signed", who.person, data, behalf, lane=lane, step=step.id))
    course.complete(step, None)


@dataclass(frozen=True)
class _Opening:
    """What the first event says that the command does not: the case's number, who opens it for which contact, when."""

    number: str
    who: Who
    contact: str | None
    now: datetime


def _opening_event(desk: Desk, sop: Sop, command: OpenCase, opening: _Opening) -> Event:
    begun = command.occurred_at or opening.now
    form = _form(sop, command)
    promise = promised_time(sop, form)
    service_due = promise_end(sop, promise, begun, desk.calendar) if promise else None
    data: dict[str, Any] = {
        "number": opening.number,
        "sop": sop.code,
        "revision": sop.revision,
        "sop_hash": sop.hash,
        "kind": sop.kind,
        "opd": command.opd,
        "subject": command.subject,
        "form": form,
        "contact": opening.contact,
        "channel": command.channel,
        "emergency": command.emergency,
        "origin": command.origin,
        "service_due_at": stamp(service_due) if service_due else None,
    }
    if command.priority is not None:
        data["priority"] = command.priority
    if command.arrival:
        data["inbox"] = {"receipt": command.arrival.receipt, "accepted_by": command.arrival.accepted_by}
    draft = Draft("opened", opening.who.person, data, occurred_at=begun)
    return chain(draft, ChainPlace(number=opening.number, seq=1, round=1, previous_hash=GENESIS), opening.now)


def _form(sop: Sop, command: OpenCase) -> dict[str, Any]:
    """The opening form's values without personal ones; a start step with its own fields replaces the usual form."""
    own = sop.step(sop.start).form
    fields = fields_of(own, sop.forms) if own else OPENING[sop.kind]
    case_fields = tuple(field for field in fields if not field.personal and field.key != "opd")
    complete = command.channel == "form"
    return check_values(case_fields, command.form, complete)


def keep_contact(db: Database, contact: Mapping[str, str], now: datetime) -> str | None:
    """Keep whom to reach outside the events (UU 27/2022), and say how events name him; None where nothing is told."""
    values = _contact_values(contact, now)
    if values is None:
        return None
    row = last_id(db.table("contacts").insert(values))
    return f"contact:{row}"


def _next_contact(desk: Desk, contact: Mapping[str, str], now: datetime) -> dict[str, Any] | None:
    """The row with the number it will have, because the event that names it is decided before anything is written."""
    values = _contact_values(contact, now)
    # Safe inside BEGIN IMMEDIATE, where nobody else can insert between this and the row itself.
    number = int(desk.store.value("SELECT coalesce(max(id), 0) + 1 FROM contacts"))
    return None if values is None else {"id": number, **values}


def _contact_values(contact: Mapping[str, str], now: datetime) -> dict[str, str] | None:
    keys = ("name", "phone", "email", "position", "channel")
    values = {key: str(contact[key])[:MAX_CONTACT] for key in keys if contact.get(key)}
    return {**values, "created_at": stamp(now)} if values else None


def _next_number(db: Database, desk: Desk, code: str, now: datetime) -> str:
    """The next number of this SOP and year; gap-free, because it commits or vanishes with the case."""
    year = desk.calendar.local(now).year
    db.execute(
        "INSERT INTO numbers (key, year, value) VALUES (?, ?, 1)"
        # One statement, so that the first case of a year needs no row made beforehand.
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


def _store(db: Database, row_id: int, outcome: Outcome) -> None:
    case, sop, events = outcome.case, outcome.sop, outcome.decision.events
    before = outcome.history[: -len(events)] if events else ()
    note_set_back(db, before[-1].recorded_at if before else None, outcome.now)
    ids = {event.seq: last_id(db.table("events").insert(to_row(event, row_id))) for event in events}
    project(db, row_id, case, sop)
    # One key an event and recipient: an event that reaches a person by two ways is told him once.
    for message in messages(case, sop, events):
        event_id = ids[message.event_seq]
        key = f"{event_id}:{message.recipient}"
        put(db, Outgoing(key, message.recipient, message.payload, event_id, message.calm), outcome.now)
