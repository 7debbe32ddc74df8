"""Events in, the case as it stands out. Pure: no clock, no SOP, no store; an unknown kind moves nothing."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from request_tracker.cases.model import EMPTY, ORDINARY, Case, Event, OpenStep, Record, RegisteredLetter
from request_tracker.cases.proposal import REFUSED, record_of
from request_tracker.store.chain import CLOCK

# What moves a request's OPD, form or proposal: folding these alone gives the same three, for a fraction of the events.
OF_THE_WISH = ("opened", "signed", "decided", "allocation_proposed")


def fold(events: Iterable[Event]) -> Case:
    """The case after all its events; the first must be ``opened``."""
    rest = iter(events)
    event = next(rest)
    case = _opened(event)
    for event in rest:
        case = _moved(case, event)
    # Once, not after each event: to copy a case is most of what reading one costs.
    return _at(case, event)


def apply(case: Case, event: Event) -> Case:
    """The case after one more event."""
    return _at(_moved(case, event), event)


def _moved(case: Case, event: Event) -> Case:
    step = _APPLY.get(event.kind)
    return step(case, event) if step else case


def _at(case: Case, event: Event) -> Case:
    """Which event the case is of. One that moves nothing (a comment, a later version's) counts: it is in the chain."""
    return replace(case, version=event.seq, last_hash=event.hash, last_recorded_at=event.recorded_at)


def opened(event: Event) -> Case:
    """The case after its first event."""
    return _opened(event)


def _opened(event: Event) -> Case:
    data = event.data
    return Case(
        number=data["number"],
        sop=data["sop"],
        revision=data["revision"],
        sop_hash=data["sop_hash"],
        kind=data["kind"],
        opd=data["opd"],
        subject=data["subject"],
        opened_at=event.occurred_at,
        version=event.seq,
        last_hash=event.hash,
        last_recorded_at=event.recorded_at,
        form=data["form"],
        contact=data["contact"],
        channel=data["channel"],
        emergency=data["emergency"],
        origin=data["origin"],
        service_due_at=_time(data["service_due_at"]),
        # Events from before priorities were recorded have none; an outage's was ordinary then.
        priority=data.get("priority") or (ORDINARY if data["kind"] == "outage" else None),
    )


def _entered(case: Case, event: Event) -> Case:
    name = str(event.step)
    opened_step = OpenStep(
        name, event.round, event.occurred_at, _time(event.data["due_at"]), afterwards=event.data["afterwards"]
    )
    return replace(
        case,
        round=event.round,
        open_steps=(*case.open_steps, opened_step),
        entries=(*case.entries, (name, event.round)),
    )


def _signed(case: Case, event: Event) -> Case:
    mark = (str(event.lane), event.signer)
    steps = tuple(replace(s, signed=(*s.signed, mark)) if s.id == event.step else s for s in case.open_steps)
    signers = {**case.signers, str(event.step): (*case.signers.get(str(event.step), ()), event.signer)}
    return replace(case, open_steps=steps, signers=signers, form={**case.form, **event.data.get("form", EMPTY)})


def _left(case: Case, event: Event) -> Case:
    # The proof that was awaited was this step's; nothing waits for it once the step is left.
    return replace(case, open_steps=tuple(s for s in case.open_steps if s.id != event.step), awaiting=None)


def _returned(case: Case, event: Event) -> Case:
    return _undone(_left(case, event), str(event.data["to"]))


def _undone(case: Case, to: str) -> Case:
    """Back at or before the step that applied the allocation, it has to be applied anew; after it, nothing changes."""
    # The first visit of that step: everything that was entered before it comes before the allocation.
    before = case.visited[: case.visited.index(case.applied_at)] if case.applied_at in case.visited else ()
    if to == case.applied_at or to in before:
        return replace(case, applied=None, verified=None)
    return case


def _decided(case: Case, event: Event) -> Case:
    # A refusal leaves no number to be applied.
    proposal = None if event.data.get("outcome") == REFUSED else case.proposal
    return replace(case, decisions=(*case.decisions, (str(event.step), str(event.data["label"]))), proposal=proposal)


def _document(case: Case, event: Event) -> Case:
    data = event.data
    record = Record(
        document=data["document"],
        round=event.round,
        step=event.step,
        seq=event.seq,
        source=data["source"],
        sha256=data.get("sha256"),
        name=data.get("name"),
        note=data.get("note"),
        content=data.get("content"),
        at=event.occurred_at,
        replaces=data.get("replaces"),
        original=data.get("original"),
    )
    return replace(case, records=(*case.records, record))


def _resumed(case: Case, event: Event) -> Case:
    """The pause counts for every step that was open while it lasted."""
    if case.paused_at is None:
        return case
    pause = (case.paused_at, event.occurred_at)
    steps = tuple(replace(s, pauses=(*s.pauses, pause)) for s in case.open_steps)
    return replace(case, open_steps=steps, pauses=(*case.pauses, pause), paused=None, paused_at=None, paused_until=None)


def _registered(case: Case, event: Event) -> Case:
    """Only a letter that came in is the case's own letter; one that went out answers it."""
    # Fields with defaults: an event of an older version names fewer of them.
    letter = RegisteredLetter(**{key: value for key, value in event.data.items() if key != CLOCK})
    number = letter.number if letter.direction == "masuk" else case.letter_number
    return replace(case, letter_number=number, letters=(*case.letters, letter))


def _deadline(case: Case, event: Event) -> Case:
    due = _time(event.data["due_at"])
    if event.step is None:
        return replace(case, service_due_at=due)
    steps = tuple(replace(s, due_at=due) if s.id == event.step else s for s in case.open_steps)
    return replace(case, open_steps=steps)


def _ended(case: Case, event: Event) -> Case:
    # Ended in a pause: opened again, the case does not go on pausing.
    pauses = (*case.pauses, (case.paused_at, event.occurred_at)) if case.paused_at else case.pauses
    over = replace(case, pauses=pauses, paused=None, paused_at=None, paused_until=None)
    return replace(over, ending=event.data["ending"], ended_at=event.occurred_at, open_steps=())


def _reopened(case: Case, event: Event) -> Case:
    """The time that the case was closed is nobody's: it counts as a pause, and the promise moves by it."""
    closed = ((case.ended_at, event.occurred_at),) if case.ended_at else ()
    opened = replace(case, ending=None, ended_at=None, pauses=(*case.pauses, *closed))
    return _undone(opened, str(event.data["to"]))


def _time(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


_APPLY: dict[str, Callable[[Case, Event], Case]] = {
    "step_entered": _entered,
    "signed": _signed,
    "step_completed": _left,
    "returned": _returned,
    "decided": _decided,
    "allocation_proposed": lambda case, event: replace(
        case, proposal=record_of(event.data, str(event.step), event.signer, event.hash)
    ),
    "document_added": _document,
    "assigned": lambda case, event: replace(case, assignee=event.data["assignee"]),
    "paused": lambda case, event: replace(
        case,
        paused=event.data["reason"],
        paused_at=event.occurred_at,
        paused_until=_time(event.data.get("until")),
    ),
    "resumed": _resumed,
    "deadline_recomputed": _deadline,
    "priority_set": lambda case, event: replace(case, priority=event.data["priority"]),
    "revision_moved": lambda case, event: replace(case, revision=event.data["revision"], sop_hash=event.data["to"]),
    "allocation_applied": lambda case, event: replace(
        case,
        awaiting=event.data["revision"],
        applied=event.data["revision"],
        applied_at=event.step,
        begins=_time(event.data.get("begins")),
        verified=None,
    ),
    "allocation_verified": lambda case, event: replace(
        case, verified=event.data["revision"], proof=event.data["proof"]
    ),
    "letter_registered": _registered,
    "handed_on": lambda case, event: replace(case, assignee=None),
    "report_read": lambda case, event: replace(case, read=(*case.read, (event.actor, event.data["event"]))),
    "public_comment": lambda case, event: replace(case, answered=case.answered or event.actor.startswith("user:")),
    "further_report": lambda case, event: replace(case, also_hit=(*case.also_hit, event.data["opd"])),
    "ended": _ended,
    "reopened": _reopened,
}
