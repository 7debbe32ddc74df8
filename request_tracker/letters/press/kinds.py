"""What the house knows of a kind of paper: the description that a paper's folder exports as ``PAPERS``. Data only.

``PaperKind`` describes any paper; ``CasePaper`` one that is made from the facts of a case, by a word of the SOP file.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.advice_settings import EvidencePart
from request_tracker.cases import Case, Desk
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.forms import FORMS
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.sheets import Sheet
from request_tracker.sop.model import Sop
from request_tracker.words.bilingual import Both

SOP_KINDS = frozenset({"request", "outage", "complaint"})


@dataclass(frozen=True, kw_only=True)
class PaperKind:
    """One kind of paper: how people call it, the act of a role that may read it, and the forms it comes in.

    ``act`` is None for what everybody may read.
    """

    name: Both
    act: str | None = "read_papers"
    forms: tuple[str, ...] = tuple(FORMS)


@dataclass(frozen=True)
class FigureSource:
    """Where figures are taken, as of when, and by which thresholds they are judged."""

    prometheus: Prometheus
    desk: Desk
    now: datetime
    rule: EvidencePart = USUAL


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """The measured figures that a paper rests on; they are frozen by an act on the case, never by the paper.

    ``kind``: the word that frozen figures carry; ``take``: how they are taken for a case that names an OPD; ``live``:
    until they are frozen the paper tells them as they are now.
    """

    kind: str
    take: Callable[[FigureSource, Case], Mapping[str, Any]]
    live: bool = True


def never(sop: Sop, words: Collection[str]) -> bool:
    """A paper that only an SOP's documents bring."""
    return False


@dataclass(frozen=True, kw_only=True)
class CasePaper(PaperKind):
    """A paper of a case.

    ``words``: what an SOP file calls it (``templat`` or ``otomatis`` of a document); the first where none names it;
    ``sop_kinds``: the kinds of SOP in which these words mean this paper;
    ``offers_itself``: whether a case of this SOP has it although no document does, given the words that documents name;
    ``place``: where it stands among the offered ones, the lowest first;
    ``closes``: in an outage its figures are those that were frozen at the end; ``answers``: it is the written answer.
    """

    words: tuple[str, ...]
    sheet: Sheet
    make: Callable[[Facts], Paper]
    sop_kinds: frozenset[str] = SOP_KINDS
    offers_itself: Callable[[Sop, Collection[str]], bool] = never
    place: int = 0
    measurement: Measurement | None = None
    closes: bool = False
    answers: bool = False
