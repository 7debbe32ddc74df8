"""Events of one command in, messages for people out. Pure: recipients are roles or references, never addresses.

A payload names a template of the message words and its values; the worker finds channel and address.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from request_tracker.cases.actions import end_notice, tells_requester
from request_tracker.cases.actions.apply_allocation import applies
from request_tracker.cases.endings import EARLY
from request_tracker.cases.model import SYSTEM, Case, Event
from request_tracker.sop.model import SYSTEM_LANE, Sop
from request_tracker.store.outbox import Notice


@dataclass(frozen=True)
class Message:
    """One outbox row to be: ``recipient`` is ``role:R``, ``user:N``, ``contact:N`` or ``opd:C``; ``calm``: can wait."""

    event_seq: int
    recipient: str
    payload: Notice
    calm: bool


def messages(case: Case, sop: Sop, events: Iterable[Event]) -> list[Message]:
    """What the people concerned are told about these events; ``case`` is the fold after them."""
    batch = list(events)
    sent_back = {event.data["to"] for event in batch if event.kind == "returned"}
    opening = any(event.kind == "opened" for event in batch)
    outgoing: list[Message] = []
    for event in batch:
        # Sending back enters a step: "sent back to you" is told, and "waits for you" would be the same twice.
        if event.kind == "step_entered" and event.step in sent_back:
            continue
        # The chain calls for it, and stands still during announced work: "waits for you" beside it is a second call.
        if opening and case.kind == "outage" and case.channel == "alert" and event.kind == "step_entered":
            continue
        for recipient, template in _recipients(case, sop, event):
            outgoing.append(Message(event.seq, recipient, _payload(case, sop, event, template), calm(case, recipient)))
    return outgoing


def calm(case: Case, recipient: str) -> bool:
    """True where it can wait for the office's hours: what the office's own people are told, but for outages (6.3)."""
    return case.kind != "outage" and not recipient.startswith("contact:")


def person_of(case: Case, role: str) -> str:
    """Who a role is in this case: its requester, its technician, else everybody of the role."""
    if role == "requester" and case.contact:
        return case.contact
    if role == "technician" and case.assignee:
        return case.assignee
    return f"role:{role}"


def _recipients(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    telling = _TELLING.get(event.kind)
    return telling(case, sop, event) if telling else ()


def _opened(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    if case.contact:
        yield case.contact, "request_received"


def _comment(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    """Staff has answered the requester, or he has written."""
    if not event.actor.startswith("user:"):
        yield _in_charge(case, sop), "requester_wrote"
    elif case.contact:
        yield case.contact, "answered"


def _returned(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    return ((to, "sent_back") for to, _ in _waiting(case, sop, event.data["to"]))


def _paused(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    if event.data["reason"] == "menunggu_pemohon" and case.contact:
        yield case.contact, "waiting_for_you"


def _resumed(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    """A pause that ended by itself: whose turn it is, and the technician."""
    if event.actor == SYSTEM.person and event.step:
        recipients = [to for to, _ in _next_in_order(case, sop, event.step)] + [person_of(case, "technician")]
        # dict.fromkeys: once each, in order; the technician may be whose turn it is.
        yield from ((to, "pause_over") for to in dict.fromkeys(recipients))


def _listed(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    if event.data["listed"] and case.contact:
        yield case.contact, "on_waiting_list"


def _in_charge(case: Case, sop: Sop) -> str:
    """Who answers a requester: the technician named, else whose step waits, else the section's head."""
    main = case.main_step
    lanes = [lane for lane in sop.step(main.id).lanes if lane != SYSTEM_LANE] if main else []
    roles = [role for role in map(sop.role, lanes) if role != "requester"]
    return case.assignee or f"role:{roles[0] if roles else 'head_of_section'}"


def _waiting(case: Case, sop: Sop, name: str) -> Iterable[tuple[str, str]]:
    open_step = case.open_step(name)
    if open_step is None or open_step.signed or open_step.afterwards:
        return
    lane = sop.step(name).lanes[0]
    if lane != SYSTEM_LANE:
        yield person_of(case, sop.role(lane)), "step_waiting"


def _entered(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    """Whose turn it is; and, once nothing but applying it is left, the requester who is to get a part only."""
    yield from _waiting(case, sop, str(event.step))
    if case.contact and case.proposal and case.proposal.part and applies(sop.step(str(event.step))):
        yield case.contact, "granted_in_part"


def _next_in_order(case: Case, sop: Sop, name: str) -> Iterable[tuple[str, str]]:
    open_step = case.open_step(name)
    if open_step is None or open_step.afterwards or case.awaiting is not None:
        return
    left = [lane for lane in sop.step(name).lanes if lane not in {lane for lane, _ in open_step.signed}]
    if left:
        yield person_of(case, sop.role(left[0])), "step_waiting"


def _copies(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    roles = [sop.role(lane) for lane in event.data["copies_to"]]
    if case.contact and tells_requester(event.data["actions"]):
        roles.append("requester")
    for role in dict.fromkeys(roles):
        yield person_of(case, role), "step_copy"


def _ending(case: Case, sop: Sop, event: Event) -> Iterable[tuple[str, str]]:
    """The requester, and at the end of an outage every other office that it hit (PKL-G-10)."""
    if case.ending in EARLY:
        if case.contact:
            yield case.contact, "ended_early"
        return
    if case.contact:
        yield case.contact, end_notice(event.data["actions"], usual="case_ended")
    if case.kind == "outage":
        requester = case.opd if case.contact else None
        yield from ((f"opd:{opd}", "outage_over") for opd in case.offices if opd != requester)


def _payload(case: Case, sop: Sop, event: Event, template: str) -> Notice:
    step = sop.steps.get(event.step or "")
    return Notice(
        template=template,
        number=case.number,
        sop=case.sop,
        title=sop.title,
        subject=case.subject,
        opd=case.opd,
        step=event.step,
        step_text=step.text if step else None,
        ending=case.ending,
    )


_TELLING: dict[str, Callable[[Case, Sop, Event], Iterable[tuple[str, str]]]] = {
    "opened": _opened,
    "step_entered": _entered,
    "signed": lambda case, sop, event: _next_in_order(case, sop, str(event.step)),
    "public_comment": _comment,
    "assigned": lambda case, sop, event: ((event.data["assignee"], "assigned"),),
    "handed_on": lambda case, sop, event: (("role:head_of_section", "handed_on"),),
    "step_completed": _copies,
    "returned": _returned,
    "paused": _paused,
    "resumed": _resumed,
    "waiting_listed": _listed,
    "ended": _ending,
}
