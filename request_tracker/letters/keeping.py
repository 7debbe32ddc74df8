"""Papers that both parties have signed, frozen: a case in, the PDF kept once by its hash, with an event that names it.

It is made right after the last signature and never again: whatever changes later (a name, a template) leaves it alone.
"""

import logging
from datetime import datetime

from request_tracker.cases import AddDocument, Case, Desk, read_case
from request_tracker.cases.commands import run_inside
from request_tracker.cases.model import SYSTEM, Record
from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.letters.facts import Facts
from request_tracker.letters.handover_paper import signatures, signed_at
from request_tracker.letters.making import facts_of, make
from request_tracker.letters.pdf import pdf
from request_tracker.sop import register
from request_tracker.sop.model import Document
from request_tracker.store import files

SIGNED = "signed"
log = logging.getLogger(__name__)


def keep_signed(desk: Desk, config: TrackerConfig, number: str, now: datetime) -> None:
    """Freeze every paper of the case that has all its signatures and is not kept yet.

    The signatures stand whatever becomes of the paper: an office's broken template is logged, and the next call of this
    function, or of the paper itself, tries again.
    """
    case = read_case(desk, number)
    sop = register.by_hash(desk.store, case.sop_hash)
    signed = [document for document in sop.documents.values() if document.signatures and document.template]
    facts = facts_of(desk, config.office, case, sop, now) if signed else None
    for document in signed:
        if facts is None or signed_at(facts, document) is None or kept(facts, document):
            continue
        try:
            _keep(desk, config, facts, document, now)
        except TrackerError as error:
            log.error("event=paper_not_kept case=%s document=%s reason=%r", number, document.key, str(error))


def kept_as(facts: Facts, kind: str) -> Record | None:
    """The frozen paper of that template; None where it has no signatures, or not all of them yet."""
    found = (one for one in facts.sop.documents.values() if one.signatures and one.template == kind)
    return next((record for document in found if (record := kept(facts, document))), None)


def kept(facts: Facts, document: Document) -> Record | None:
    """The frozen paper of the present signatures; None where there is none."""
    if signed_at(facts, document) is None:
        return None
    last = max(one.event.seq for one in signatures(facts, document).values())
    return _newest(facts.case, document.key, last)


def _keep(desk: Desk, config: TrackerConfig, facts: Facts, document: Document, now: datetime) -> None:
    made = make(facts, str(document.template))
    content = pdf(made.template, made.data(), own=config.templates)
    last = max(one.event.seq for one in signatures(facts, document).values())
    with desk.store.transaction() as db:
        if _newest(read_case(desk, facts.case.number), document.key, last):
            return
        paper = files.PaperFile(content, f"{made.file}.pdf", "application/pdf")
        supplied = files.keep(db, config.files, paper, now)
        run_inside(desk, db, facts.case.number, AddDocument(document.key, supplied, SIGNED), SYSTEM, now)


def _newest(case: Case, key: str, since: int) -> Record | None:
    mine = (r for r in reversed(case.records) if (r.document, r.source) == (key, SIGNED) and r.seq > since)
    return next(mine, None)
