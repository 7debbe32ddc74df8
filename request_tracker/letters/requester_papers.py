"""Which papers of a case are its requester's: those he handed in or signs too, and those the SOP sends him. Pure.

Everything else - dispositions, analyses, reports inside the office, notes - stays with staff.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from request_tracker.cases import Case, Event, Record
from request_tracker.cases.actions import tells_requester
from request_tracker.cases.early_end import DOUBLE
from request_tracker.letters.making import offers
from request_tracker.letters.reply.paper import UNANSWERED
from request_tracker.sop.model import Sop

REQUESTER = "requester"


@dataclass(frozen=True)
class RequesterPaper:
    """One of them: the newest version that came as a file, else the word of the paper that is made."""

    key: str
    name: str
    record: Record | None
    template: str | None


def requester_papers(case: Case, sop: Sop, events: Iterable[Event]) -> tuple[RequesterPaper, ...]:
    """The papers that the requester of the case may take, in the SOP's order."""
    ends = [event for event in events if event.kind == "step_completed" and event.step in sop.steps]
    keys = {key for event in ends for key in _keys(sop, event)}
    papers = [_paper(case, sop, key) for key in sop.documents if key in keys]
    # Of a double he is told in writing which case it was joined to.
    if case.ending is not None and (case.ending not in UNANSWERED or case.ending == DOUBLE):
        words = {paper.template for paper in papers}
        answers = [offer for offer in offers(sop) if offer.kind.answers and offer.word not in words]
        papers += [_answer(case, sop, offer.word, offer.name) for offer in answers]
    return tuple(paper for paper in papers if paper.record or paper.template)


def _keys(sop: Sop, event: Event) -> Iterable[str]:
    """What a finished step gives him: what it sends him, what he signs too, the letter he began with.

    Others may hold a link to an outage, too: they see nobody else's letter.
    """
    step = sop.step(str(event.step))
    copied = {sop.role(lane) for lane in event.data.get("copies_to", ())}
    sent = REQUESTER in copied or tells_requester(event.data.get("actions", ()))
    own = sop.kind == "request" and REQUESTER in {sop.role(lane) for lane in step.lanes}
    # The letter he began with; of an outage the first report may be another office's.
    begun = step.requires if own and step.id == sop.start else ()
    return (*begun, *step.outputs) if own or sent else ()


def _paper(case: Case, sop: Sop, key: str) -> RequesterPaper:
    document, words = sop.documents[key], {offer.word for offer in offers(sop)}
    template = next((word for word in (document.template, document.automatic) if word in words), None)
    return RequesterPaper(key, document.name, _file(case, key), template)


def _answer(case: Case, sop: Sop, word: str, name: str) -> RequesterPaper:
    """The written answer to what was refused; one that came back signed is taken before the made one."""
    document = next((document for document in sop.documents.values() if document.template == word), None)
    record = _file(case, document.key) if document else None
    return RequesterPaper(document.key if document else word, name, record, word)


def _file(case: Case, key: str) -> Record | None:
    return next((record for record in reversed(case.records) if record.document == key and record.sha256), None)
