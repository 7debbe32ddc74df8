"""A command on a case in, chained events and the ledger's batches or a refusal out. Pure: no store, no clock."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.actions import ACTIONS
from request_tracker.cases.actions.action import Finish
from request_tracker.cases.actions.apply_allocation import applies
from request_tracker.cases.acts import (
    AddDocument,
    ApplyAllocation,
    Assign,
    Cancel,
    Command,
    EndEarly,
    MoveRevision,
    Note,
    Pause,
    Recompute,
    RecordPaper,
    Reopen,
    Resume,
    SendBack,
    SetPriority,
    Sign,
    Verified,
    happened_at,
)
from request_tracker.cases.applying import write_allocation
from request_tracker.cases.course import Course
from request_tracker.cases.early_end import end_early
from request_tracker.cases.endings import WITHDRAWN
from request_tracker.cases.model import NOTE_KINDS, Case, Data, Draft, Event, Who
from request_tracker.cases.paper import record_paper
from request_tracker.cases.pauses import pause, resume
from request_tracker.cases.priority import set_priority
from request_tracker.cases.proposing import agrees, covered, needs_number, propose, way_back
from request_tracker.cases.reading import unread
from request_tracker.cases.revision import move_revision
from request_tracker.cases.signing import signed_by
from request_tracker.cases.signing_order import in_its_time, is_last, other_person, own_lane
from request_tracker.errors import Refused
from request_tracker.ledger.standing import LedgerBatch
from request_tracker.sop.field_reading import NO, over
from request_tracker.sop.forms import check_fields, fields_of
from request_tracker.sop.model import Sop, Step
from request_tracker.store.document import Supplied
from request_tracker.words.bilingual import Both, joined, quoted
from request_tracker.words.labels import phrase

ASSIGNS = frozenset({"head_of_section", "head_of_division"})
REOPENS = frozenset({"requester", "head_of_office", "head_of_division", "head_of_section"})
# A week, as the guides say: every office has worked some days by then and seen whether it holds; later is a new case.
REOPEN_WITHIN = timedelta(days=7)
READS_ONLY = frozenset({"auditor", "admin"})
NOTE = Both("catatan", "a note")
NOT_IN_SOP = Both("dokumen ini tidak ada dalam SOP", "the SOP knows no such document")
TECHNICIAN = Both("Tim Teknis", "technician")
REQUESTER_NOTES = frozenset({"public_comment", "further_report", "survey_filled"})


@dataclass(frozen=True)
class Decision:
    """Everything a command writes: the case's events, the case after them, the ledger's batches."""

    events: tuple[Event, ...]
    case: Case
    batches: tuple[LedgerBatch, ...]


def decide(  # noqa: PLR0913  # Everything a decision may know, and nothing else: it has no store to ask.
    case: Case, sop: Sop, command: Command, who: Who, now: datetime, calendar: Calendar
) -> Decision:
    """What the command makes, whole, or Refused; nothing is left to be decided where it is written."""
    if case.ending and not isinstance(command, (Note, AddDocument, Verified, Recompute, Reopen)):
        raise Refused("ended", number=case.number, ending=phrase(case.ending))
    # A contact's link opens one case: with another case's number in the address it opens nothing.
    if who.person.startswith("contact:") and case.contact not in (None, who.person):
        raise Refused("may_not")
    course = Course(case, sop, calendar, now, happened_at(command))
    _DECIDE[type(command)](course, command, who)
    return Decision(tuple(course.events), course.case, course.batches)


def _still_ahead(course: Course, step: Step, form: Data) -> None:
    """Refused where a moment that is to come, such as an estimate, was over already when it was signed."""
    at = course.calendar.local(course.happened_at).replace(tzinfo=None)
    for field in fields_of(step.form, course.sop.forms):
        moment = form.get(field.key) if field.ahead else None
        if moment and datetime.fromisoformat(moment).replace(tzinfo=None) <= at:
            raise Refused("bad_field", field=quoted(field.name), reason=over(at))


def _sign(course: Course, command: Sign, who: Who) -> None:
    step, open_step = course.at(command.step)
    lane = own_lane(course, step, open_step, who, command.lane)
    if unread(course.case, course.sop, step, who.person):
        raise Refused("read_first", step=step.id)
    other_person(course, step, open_step, who)
    in_its_time(course, open_step, command.occurred_at)
    last = is_last(step, open_step)
    form = check_fields(step.form, command.form, complete=last, own=course.sop.forms)
    _still_ahead(course, step, form)
    for key, supplied in command.documents.items():
        if _belongs(course.sop, key, supplied):
            course.supply(step.id, who.person, key, supplied)
    # After what was handed in: a paper that came as a file is not made from the fields as well.
    _fill_forms(course, step, command, who, last)
    behalf = who.behalf(course.sop.role(lane))
    form = _verify(course, step, command, form, Draft("verification", who.person, {}, behalf, lane, step.id))
    signer = signed_by(who, course.sop.role(lane))
    contact = {"signatory": command.signed_as} if command.signed_as else {}
    act = Draft("signed", who.person, {}, behalf, lane, step.id)
    number = propose(course, step, command, act)
    data = {"note": command.note, "form": form, **contact, **signer, **number}
    if command.signature:
        data["signature"] = dict(command.signature)
    course.add(replace(act, data=data))
    _name_assignee(course, step, command.assignee, who, last)
    if last:
        _allow_decision(step, command.decision)
        agrees(course, step, command.part)
        needs_number(course, step, command.decision)
        course.complete(step, command.decision, finish=Finish(command, who, lane))


def _apply_allocation(course: Course, command: ApplyAllocation, who: Who) -> None:
    """What the SOP and the roles say of it, then what the ledger says."""
    step, open_step = course.at(command.step)
    if not applies(step):
        raise Refused("no_allocation_step", step=step.id)
    lanes = [lane for lane in step.lanes if who.holds(course.sop.role(lane))]
    if not lanes:
        raise Refused("not_your_lane", step=step.id, lanes=course.sop.lane_names(step.lanes))
    if course.case.opd is None:
        raise Refused("no_opd", number=course.case.number)
    # Whoever applied rates that the agent could not set may try again; four eyes are those of the step before.
    other_person(course, step, replace(open_step, signed=()), who)
    for key, supplied in command.documents.items():
        if _belongs(course.sop, key, supplied):
            course.supply(step.id, who.person, key, supplied)
    behalf = who.behalf(course.sop.role(lanes[0]))
    signer = signed_by(who, course.sop.role(lanes[0]))
    data = {"note": command.note, "reason": command.reason, **signer, **covered(course.case)}
    course.add(Draft("signed", who.person, data, behalf, lanes[0], step.id))
    write_allocation(course, step, command, who, course.case.opd)


def _send_back(course: Course, command: SendBack, who: Who) -> None:
    step, open_step = course.at(command.step)
    lane = own_lane(course, step, open_step, who, None)
    back = way_back(course.case, course.sop, step)
    if back is None:
        raise Refused("no_way_back", step=step.id)
    if not command.note.strip():
        raise Refused("missing_field", fields=NOTE, step=step.id)
    behalf = who.behalf(course.sop.role(lane))
    course.add(Draft("returned", who.person, {"note": command.note, "to": back}, behalf, lane, step.id))
    course.enter(back)


def _recompute(course: Course, command: Recompute, who: Who) -> None:
    course.reset_deadlines(who.person, command.reason)


def _add_document(course: Course, command: AddDocument, who: Who) -> None:
    if who.roles and who.roles <= READS_ONLY and not who.delegated:
        raise Refused("may_not")
    main = course.case.main_step
    if _belongs(course.sop, command.document, command.supplied):
        step = course.sop.step(main.id).id if main else None
        course.supply(step, who.person, command.document, command.supplied, command.source)


def _assign(course: Course, command: Assign, who: Who) -> None:
    if not any(who.holds(role) for role in ASSIGNS):
        raise Refused("may_not_assign")
    _record_assignee(course, command.assignee, who)


def _note(course: Course, command: Note, who: Who) -> None:
    if command.kind not in NOTE_KINDS:
        raise ValueError(f"{command.kind!r} is not a note; the kinds are {', '.join(sorted(NOTE_KINDS))}")
    if who.roles and who.roles <= READS_ONLY and not who.delegated:
        raise Refused("may_not")
    if who.roles == {"requester"} and command.kind not in REQUESTER_NOTES:
        raise Refused("may_not")
    case_was, main = course.case, course.case.main_step
    course.add(Draft(command.kind, who.person, command.data, step=main.id if main else None))
    # The first answer of staff ends the answer's own deadline; from here the solution's counts.
    if course.case.kind == "complaint" and course.case.answered and not case_was.answered:
        course.reset_deadlines(who.person, "tanggapan pertama")


def _cancel(course: Course, command: Cancel, who: Who) -> None:
    if not who.holds("requester"):
        raise Refused("may_not_cancel")
    if course.case.applied_at is not None:
        raise Refused("too_late", reason=Both("alokasi sudah diterapkan", "the allocation is applied already"))
    course.add(Draft("ended", who.person, {"ending": WITHDRAWN, "reason": command.reason, "actions": []}))


def _reopen(course: Course, command: Reopen, who: Who) -> None:
    case = course.case
    if not any(who.holds(role) for role in REOPENS):
        raise Refused("may_not_reopen")
    if case.ended_at is None or command.step not in case.visited:
        raise Refused("not_open_step", step=command.step)
    if course.now - case.ended_at > REOPEN_WITHIN:
        reason = Both("kasus selesai lebih dari tujuh hari yang lalu", "the case ended more than seven days ago")
        raise Refused("too_late", reason=reason)
    if not command.note.strip():
        raise Refused("missing_field", fields=NOTE, step=command.step)
    course.add(Draft("reopened", who.person, {"note": command.note, "to": command.step}))
    course.enter(command.step)
    course.reset_deadlines(who.person, "dibuka kembali")


def _belongs(sop: Sop, key: str, supplied: Supplied) -> bool:
    """True where a paper of the SOP was handed in, False where its place was left empty. Raises Refused for others."""
    if key not in sop.documents:
        raise Refused("bad_field", field=key, reason=NOT_IN_SOP)
    return not supplied.empty


def _verify(course: Course, step: Step, command: Sign, form: dict[str, Any], act: Draft) -> dict[str, Any]:
    """A checklist's answers are an act of their own (BTM-03), a no needs its reason; returns the rest of the form."""
    questions = {
        field.key: field
        for field in fields_of(step.form, course.sop.forms)
        if field.kind == "yesno" and field.key in form
    }
    denied = [quoted(field.name) for field in questions.values() if form[field.key] == NO]
    if denied and not command.note.strip():
        raise Refused("note_needed", fields=joined(denied), step=step.id)
    if questions:
        answers = {key: form[key] for key in questions}
        data = {"answers": answers, "note": command.note}
        course.add(replace(act, data=data))
    return {key: value for key, value in form.items() if key not in questions}


def _fill_forms(course: Course, step: Step, command: Sign, who: Who, last: bool) -> None:
    """A document that is a form is filled from the fields; a bare note fills a ``catatan``."""
    for key in step.outputs:
        document = course.sop.documents[key]
        if document.form is None or key in command.documents or not last:
            continue
        values: dict[str, Any] = {k: v for k, v in command.form.items() if k not in step.form}
        if document.form == "catatan" and command.note:
            values = {"catatan": command.note, **values}
        fields = check_fields((document.form,), values, complete=True, own=course.sop.forms)
        course.supply(step.id, who.person, key, Supplied(content=fields), "form")


def _name_assignee(course: Course, step: Step, assignee: Who | None, who: Who, last: bool) -> None:
    if assignee is not None:
        _assign(course, Assign(assignee), who)
    elif last and "petugas" in step.form:
        raise Refused("assignee_needed", step=step.id)


def _record_assignee(course: Course, assignee: Who, who: Who) -> None:
    if not assignee.holds("technician"):
        raise Refused("assignee_role", role=TECHNICIAN)
    main = course.case.main_step
    course.add(Draft("assigned", who.person, {"assignee": assignee.person}, step=main.id if main else None))


def _allow_decision(step: Step, decision: str | None) -> None:
    if step.decision and decision not in step.decision:
        raise Refused("decision_needed", labels=joined(phrase(label) for label in step.decision))


_DECIDE: dict[type[Any], Callable[[Course, Any, Who], None]] = {
    Sign: _sign,
    RecordPaper: record_paper,
    ApplyAllocation: _apply_allocation,
    SendBack: _send_back,
    Pause: pause,
    Resume: resume,
    AddDocument: _add_document,
    Assign: _assign,
    SetPriority: set_priority,
    Note: _note,
    Cancel: _cancel,
    EndEarly: end_early,
    Reopen: _reopen,
    Recompute: _recompute,
    MoveRevision: move_revision,
    **{command: decision for action in ACTIONS.values() for command, decision in action.commands.items()},
}
