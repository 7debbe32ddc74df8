"""Which papers of a case are its requester's: those he handed in or signs too, and those the SOP sends him. Pure.

Everything else - dispositions, analyses, reports inside the office, notes - stays with staff.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from request_tracker.cases import Case, Event, Record
from request_tracker.cases.actions import tells_requester
from request_tracker.letters.making import papers_of
from request_tracker.letters.papers import BUILDERS
from request_tracker.letters.reply_paper import GRANTED, WITHDRAWN, reply
from request_tracker.sop.model import Sop

REQUESTER = "requester"


@dataclass(frozen=True)
class HandedOut:
    """One of them: the newest version that came as a file, else the template it is made from."""

    key: str
    name: str
    record: Record | None
    template: str | None


def handed_out(case: Case, sop: Sop, events: Iterable[Event]) -> tuple[HandedOut, ...]:
    """The papers that the requester of the case may take, in the SOP's order."""
    done = [event for event in events if event.kind == "step_completed" and event.step in sop.steps]
    his = {key for event in done for key in _his(sop, event)}
    found = [_paper(case, sop, key) for key in sop.documents if key in his]
    if case.ending not in (None, GRANTED, WITHDRAWN):
        known = {one.template for one in found}
        written = [key for key, _ in papers_of(sop) if BUILDERS.get(key) is reply and key not in known]
        found += [_answer(case, sop, key) for key in written]
    return tuple(one for one in found if one.record or one.template)


def _his(sop: Sop, event: Event) -> Iterable[str]:
    """What a finished step gives him: what it sends him, what he signs too, the letter he began with.

    Others may hold a link to an outage, too: they see nobody else's letter.
    """
    step = sop.step(str(event.step))
    copied = {sop.role(lane) for lane in event.data.get("copies_to", ())}
    told = REQUESTER in copied or tells_requester(event.data.get("actions", ()))
    own = sop.kind == "request" and REQUESTER in {sop.role(lane) for lane in step.lanes}
    begun = step.requires if own and step.id == sop.start else ()
    return (*begun, *step.outputs) if own or told else ()


def _paper(case: Case, sop: Sop, key: str) -> HandedOut:
    document, made = sop.documents[key], dict(papers_of(sop))
    template = next((one for one in (document.template, document.automatic) if one in made), None)
    return HandedOut(key, document.name, _file(case, key), template)


def _answer(case: Case, sop: Sop, template: str) -> HandedOut:
    """The written answer to what was refused; one that came back signed is taken before the made one."""
    document = next((one for one in sop.documents.values() if one.template == template), None)
    record = _file(case, document.key) if document else None
    return HandedOut(document.key if document else template, dict(papers_of(sop))[template], record, template)


def _file(case: Case, key: str) -> Record | None:
    return next((one for one in reversed(case.records) if one.document == key and one.sha256), None)
