"""Which papers a case has and how each is made: desk, office and case in, ``Paper`` out. Reads the store only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.cases import Allocation, Case, Desk, Event, history
from request_tracker.cases.possible import CLOSING
from request_tracker.config import Office
from request_tracker.errors import TrackerError
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.model import Paper
from request_tracker.letters.registry import CASE_PAPERS, paper_of
from request_tracker.people.accounts import name_of
from request_tracker.people.details import named
from request_tracker.people.roles import may
from request_tracker.sop.model import Sop


@dataclass(frozen=True)
class Offer:
    """One paper that a case has: the word in its link, its name in the SOP or the house, and its kind."""

    word: str
    name: str
    kind: CasePaper

    def readable(self, roles: frozenset[str]) -> bool:
        """True where one of the roles may read it."""
        return self.kind.act is None or may(roles, self.kind.act)


def offers(sop: Sop) -> tuple[Offer, ...]:
    """Every paper that the SOP's documents name, in their order, then those that its cases have anyway."""
    names = {
        word: document.name for document in sop.documents.values() if (word := document.template or document.automatic)
    }
    of_documents = [Offer(word, name, kind) for word, name in names.items() if (kind := paper_of(sop, word))]
    words = [offer.word for offer in of_documents]
    more = (kind for kind in sorted(CASE_PAPERS, key=lambda kind: kind.place) if kind.words[0] not in words)
    others = [kind for kind in more if kind.offers_itself(sop, words)]
    return (*of_documents, *(Offer(kind.words[0], kind.name.indonesian, kind) for kind in others))


def make(facts: Facts, word: str) -> Paper:
    """The paper that a word means in the case's SOP. Raises TrackerError where it means none."""
    kind = paper_of(facts.sop, word)
    if kind is None:
        raise TrackerError(f"{word}: is no paper in SOP {facts.sop.code}")
    return kind.make(facts)


@dataclass(frozen=True)
class CaseAsOf:
    """A case as it stands at a moment, or as an act is about to leave it: its SOP and its history with it."""

    case: Case
    sop: Sop
    history: Sequence[Event]
    now: datetime


def facts_of(desk: Desk, office: Office, case: Case, sop: Sop, now: datetime) -> Facts:
    """What the papers of a case are made from, as of ``now``; what was measured for one of them is the caller's."""
    return facts_from(desk, office, CaseAsOf(case, sop, history(desk, case.number), now))


def facts_from(desk: Desk, office: Office, case_as_of: CaseAsOf) -> Facts:
    """The same from a history at hand."""
    case, names = case_as_of.case, {opd.code: opd.name for opd in desk.city.opds}
    changes = [event.data["after"] for event in case_as_of.history if event.kind == "allocation_applied"]
    return Facts(
        case=case,
        sop=case_as_of.sop,
        history=case_as_of.history,
        office=office,
        opd=names.get(case.opd or "", case.opd or "pemohon"),
        now=case_as_of.now,
        name_of=lambda reference: name_of(desk.store, reference),
        local=desk.calendar.local,
        allocation=Allocation(**changes[-1]) if changes and case.applied is not None else None,
        ledger_number="" if case.applied is None else f"revisi {case.applied}",
        names=names,
        person_of=lambda reference: named(desk.store, reference),
    )


def rests_on_figures(case: Case, sop: Sop, word: str) -> bool:
    """True where the paper means nothing without what was measured: every paper of an outage, and those that say so."""
    kind = paper_of(sop, word)
    return case.kind == "outage" or bool(kind and kind.measurement)


def frozen_report(desk: Desk, case: Case, sop: Sop, word: str) -> Mapping[str, Any] | None:
    """The monitoring's last report that was frozen for this paper; None where there is none."""
    kind = paper_of(sop, word)
    records = [(record.document, record.content) for record in case.reports()]
    if case.kind == "outage":
        closes = kind is not None and kind.closes
        reports = [content for key, content in records if (sop.documents[key].template == CLOSING) == closes]
    elif kind and kind.measurement:
        notes = [event.data for event in history(desk, case.number) if event.kind == "evidence_frozen"]
        contents = [content for content in (*notes, *(content for _, content in records)) if content]
        reports = [content for content in contents if content.get("kind") == kind.measurement.kind]
    else:
        reports = []
    return reports[-1] if reports else None
