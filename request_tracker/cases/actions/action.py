"""What an action of an SOP step is: the SOP's word, what it starts, completes and shows. Pure; knows no action by name.

An action sees the course of a case (``CaseCourse``) and nothing of the world. What must be measured or read elsewhere
is a port, declared here and filled at the edge: ``Monitoring`` by the pages, the outcome of a re-check by ``commands``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.acts import Command
from request_tracker.cases.model import EMPTY, SYSTEM, Case, Data, Draft, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop, Step
from request_tracker.store.document import Supplied
from request_tracker.words.bilingual import Both


@dataclass(frozen=True)
class Finish:
    """What finishes a step: the command, who gave it and in which lane. The SOP's own actor gives none."""

    command: Command | None = None
    who: Who = SYSTEM
    lane: str | None = None


BY_ITSELF = Finish()


class CaseCourse(Protocol):
    """The course of a case as an action sees it (``cases.course``): the fold so far, and what may be added to it."""

    case: Case
    sop: Sop
    calendar: Calendar
    now: datetime

    def add(self, draft: Draft, round_: int | None = None) -> None:
        """Chain one more event and fold it in."""

    def supply(self, step: str | None, actor: str, document: str, supplied: Supplied, source: str = "supplied") -> None:
        """Add a document to the case."""

    def enter(self, name: str) -> None:
        """Open a step."""

    def complete(
        self,
        step: Step,
        decision: str | None,
        proof: Data = EMPTY,
        finish: Finish = BY_ITSELF,
    ) -> None:
        """Finish an open step, where its actions let it."""


class Monitoring(Protocol):
    """The port to what is measured: figures of this moment, to be frozen into the case."""

    def analysis(self, case: Case) -> Data:
        """The office's use and its uplink's room, with the advice."""

    def availability(self, case: Case) -> Data:
        """What every uplink can still promise."""

    def bandwidth(self, case: Case) -> Data:
        """Thirty days of the office."""

    def outage(self, case: Case) -> Data:
        """What the monitoring says of an outage."""


Decision = Callable[[Any, Any, Who], None]
NO_COMMANDS: Mapping[type[Any], Decision] = MappingProxyType({})


class Action(Protocol):
    """One word of ``tindakan`` or ``otomatis`` and all that it does; each stands in a file of its own in this folder.

    ``word`` is the SOP's, ``name`` a person's. ``own_act``: the signer has to look at this very case, so that its step
    is signed neither together with others nor by reading, nor written down from paper. ``at_end``: the word may stand
    at an end (``akhir``) too. ``measures``: it makes a document (``otomatis``). ``proposes``: an allocation's number is
    made with it. ``tells_requester``: the requester
    hears of the finished step and may take its papers. ``end_notice``: the message at the end where it is not the
    usual one. ``commands``: commands of its own, and what decides them. A method that an action leaves alone does
    nothing.
    """

    word: str
    name: Both
    own_act: bool = True
    at_end: bool = False
    measures: bool = False
    proposes: bool = False
    tells_requester: bool = False
    end_notice: str | None = None
    commands: Mapping[type[Any], Decision] = NO_COMMANDS

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Why the word could do nothing at this step, or would leave a case standing there; for ``sop check``."""
        return ()

    def starts(self, course: CaseCourse, step: Step) -> None:
        """The step has been entered."""
        return None

    def waits(self, case: Case) -> bool:
        """True while a machine must speak before a person acts on the step."""
        return False

    def completes(self, course: CaseCourse, step: Step, finish: Finish) -> bool:
        """The step is about to be finished: True lets it. Raises Refused; False where it led the case elsewhere."""
        return True

    def shows(self, case: Case, step: Step) -> Both | None:
        """What whoever acts on the step reads there."""
        return None

    def measure(self, monitoring: Monitoring, case: Case) -> Data:
        """The content of the document that is made by it; only where ``measures``."""
        raise Refused("unknown_action", word=self.word)


def without_document(sop: Sop, step: Step, word: str) -> Iterable[str]:
    """Why a measuring word does nothing at a step: none of the step's documents is made by it."""
    if not any(sop.documents[key].automatic == word for key in step.outputs if key in sop.documents):
        yield f"{word} makes no document of this step; hasil needs one with otomatis: {word}"
