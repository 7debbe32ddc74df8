"""Which papers a case has and how each is made: desk, office and case in, ``Paper`` out. Reads the store only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from request_tracker.cases import Case, Desk, history
from request_tracker.cases.possible import CLOSING
from request_tracker.config import Office
from request_tracker.evidence.bandwidth import KIND
from request_tracker.ledger import allocation_of
from request_tracker.letters.bandwidth_paper import TITLE
from request_tracker.letters.facts import Facts
from request_tracker.letters.model import Paper
from request_tracker.letters.papers import BANDWIDTH, BUILDERS, COMPLETION, disposition
from request_tracker.people.accounts import name_of
from request_tracker.sop.model import Sop

HALF = "lembar_disposisi_setengah"


def papers_of(sop: Sop) -> tuple[tuple[str, str], ...]:
    """Template and name of every paper that the SOP's documents name."""
    made = ((one.template or one.automatic, one.name) for one in sop.documents.values())
    found = {key: name for key, name in made if key in BUILDERS}
    half = ((HALF, "Lembar disposisi, setengah folio"),) if "lembar_disposisi" in found else ()
    completion = ((COMPLETION, "Laporan penyelesaian gangguan"),) if sop.kind == "outage" else ()
    measured = sop.kind == "request" and "laporan_monitoring" not in found
    bandwidth = ((BANDWIDTH, TITLE),) if measured else ()
    return (*((str(key), name) for key, name in found.items()), *half, *completion, *bandwidth)


def make(facts: Facts, kind: str) -> Paper:
    """One of them."""
    return disposition(facts, half=True) if kind == HALF else BUILDERS[kind](facts)


def facts_of(
    desk: Desk, office: Office, case: Case, sop: Sop, now: datetime, monitored: Mapping[str, Any] | None = None
) -> Facts:
    """What the papers of a case are made from, as of ``now``; ``monitored`` is the frozen report that is told."""
    names = {opd.code: opd.name for opd in desk.city.opds}
    changed = case.opd is not None and case.applied is not None
    return Facts(
        case,
        sop,
        history(desk, case.number),
        office,
        names.get(case.opd or "", case.opd or "pemohon"),
        now,
        lambda reference: name_of(desk.store, reference),
        desk.calendar.local,
        allocation_of(desk.store, str(case.opd), now) if changed else None,
        "" if case.applied is None else f"revisi {case.applied}",
        monitored,
        names,
    )


def frozen_report(desk: Desk, case: Case, sop: Sop, kind: str) -> Mapping[str, Any] | None:
    """The monitoring's last report that was frozen for this paper; None where there is none."""
    kept = [(record.document, record.content) for record in case.reports()]
    if case.kind == "outage":
        closes = kind in (COMPLETION, CLOSING)
        told = [content for key, content in kept if (sop.documents[key].template == CLOSING) == closes]
    elif kind in (BANDWIDTH, "laporan_monitoring"):
        notes = [event.data for event in history(desk, case.number) if event.kind == "evidence_frozen"]
        told = [*(note for note in notes if note.get("kind") == KIND), *(content for _, content in kept)]
    else:
        told = []
    return told[-1] if told else None
