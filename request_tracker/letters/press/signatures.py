"""The signatures that a document of an SOP asks for: events of a case in, whose hand each lane's is out. Pure."""

from dataclasses import dataclass
from datetime import datetime

from request_tracker.cases.model import Event
from request_tracker.letters.press.facts import Facts
from request_tracker.sop.model import Document


@dataclass(frozen=True)
class Signature:
    """One party's signature as the case holds it: whose lane, the event, and the reference of who put his name."""

    lane: str
    event: Event

    @property
    def person(self) -> str:
        """The one who signed for himself or his office."""
        return str(self.event.data.get("signatory") or self.event.signer)


def signatures(facts: Facts, document: Document) -> dict[str, Signature]:
    """The newest signature of each lane that the document asks for, of the last visit of the step that makes it."""
    step = next((step.id for step in facts.sop.steps.values() if document.key in step.outputs), None)
    here = [event for event in facts.history if event.step == step]
    entries = [event.seq for event in here if event.kind == "step_entered"]
    since = entries[-1] if entries else 0
    events = [event for event in here if event.kind == "signed" and event.seq > since]
    return {str(event.lane): Signature(str(event.lane), event) for event in events if event.lane in document.signatures}


def signed_at(facts: Facts, document: Document) -> datetime | None:
    """The moment of the last signature where every lane that must sign has; None before."""
    return max((signature.event.occurred_at for signature in _complete(facts, document)), default=None)


def last_seq(facts: Facts, document: Document) -> int | None:
    """The number of the event that brought the last signature where every lane that must sign has; None before."""
    return max((signature.event.seq for signature in _complete(facts, document)), default=None)


def _complete(facts: Facts, document: Document) -> tuple[Signature, ...]:
    """The signatures where none is missing; none before."""
    by_lane = signatures(facts, document)
    return () if set(document.signatures) - by_lane.keys() else tuple(by_lane.values())
