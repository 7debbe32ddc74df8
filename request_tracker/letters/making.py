"""Which papers a case has and how each is made: desk, office and case in, ``Paper`` out. Reads the store only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from request_tracker.cases import Allocation, Case, Desk, Event, history
from request_tracker.cases.possible import CLOSING
from request_tracker.config import Office
from request_tracker.evidence import analysis, availability, bandwidth
from request_tracker.letters.analysis_paper import ANALYSIS, AVAILABILITY
from request_tracker.letters.bandwidth_paper import TITLE
from request_tracker.letters.disposition_paper import disposition
from request_tracker.letters.facts import Facts
from request_tracker.letters.model import Paper
from request_tracker.letters.papers import BANDWIDTH, BUILDERS, COMPLETION, REPLY
from request_tracker.letters.reply_paper import reply
from request_tracker.people.accounts import name_of
from request_tracker.people.details import named
from request_tracker.sop.model import Sop

FROZEN = {
    BANDWIDTH: bandwidth.KIND,
    "laporan_monitoring": bandwidth.KIND,
    ANALYSIS: analysis.KIND,
    AVAILABILITY: availability.KIND,
}
HALF = "lembar_disposisi_setengah"


def papers_of(sop: Sop) -> tuple[tuple[str, str], ...]:
    """Template and name of every paper that the SOP's documents name; a request can always be answered in writing."""
    made = ((one.template or one.automatic, one.name) for one in sop.documents.values())
    found = {key: name for key, name in made if key in BUILDERS}
    half = ((HALF, "Lembar disposisi, setengah folio"),) if "lembar_disposisi" in found else ()
    completion = ((COMPLETION, "Laporan penyelesaian gangguan"),) if sop.kind == "outage" else ()
    measured = sop.kind == "request" and "laporan_monitoring" not in found
    monitored = ((BANDWIDTH, TITLE),) if measured else ()
    answered = sop.kind != "request" or any(BUILDERS[str(key)] is reply for key in found)
    answer = () if answered else ((REPLY, "Surat balasan"),)
    return (*((str(key), name) for key, name in found.items()), *half, *completion, *answer, *monitored)


def make(facts: Facts, kind: str) -> Paper:
    """One of them."""
    return disposition(facts, half=True) if kind == HALF else BUILDERS[kind](facts)


def facts_of(
    desk: Desk, office: Office, case: Case, sop: Sop, now: datetime, monitored: Mapping[str, Any] | None = None
) -> Facts:
    """What the papers of a case are made from, as of ``now``; ``monitored`` is the frozen report that is told."""
    return facts_from(desk, office, case, sop, history(desk, case.number), now, monitored)


def facts_from(
    desk: Desk,
    office: Office,
    case: Case,
    sop: Sop,
    events: Sequence[Event],
    now: datetime,
    monitored: Mapping[str, Any] | None = None,
) -> Facts:
    """The same from a history at hand, such as the one an act is about to write."""
    names = {opd.code: opd.name for opd in desk.city.opds}
    changes = [event.data["after"] for event in events if event.kind == "allocation_applied"]
    return Facts(
        case,
        sop,
        events,
        office,
        names.get(case.opd or "", case.opd or "pemohon"),
        now,
        lambda reference: name_of(desk.store, reference),
        desk.calendar.local,
        Allocation(**changes[-1]) if changes and case.applied is not None else None,
        "" if case.applied is None else f"revisi {case.applied}",
        monitored,
        names,
        lambda reference: named(desk.store, reference),
    )


def frozen_report(desk: Desk, case: Case, sop: Sop, kind: str) -> Mapping[str, Any] | None:
    """The monitoring's last report that was frozen for this paper; None where there is none."""
    kept = [(record.document, record.content) for record in case.reports()]
    if case.kind == "outage":
        closes = kind in (COMPLETION, CLOSING)
        told = [content for key, content in kept if (sop.documents[key].template == CLOSING) == closes]
    elif kind in FROZEN:
        notes = [event.data for event in history(desk, case.number) if event.kind == "evidence_frozen"]
        told = [one for one in (*notes, *(content for _, content in kept)) if one and one.get("kind") == FROZEN[kind]]
    else:
        told = []
    return told[-1] if told else None
