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
from request_tracker.letters.making import facts_of, make
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.forms import FORMS, set_paper
from request_tracker.letters.press.signatures import last_seq
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
    documents = [document for document in sop.documents.values() if document.signatures and document.template]
    facts = facts_of(desk, config.office, case, sop, now) if documents else None
    for document in documents:
        if facts is None or last_seq(facts, document) is None or frozen_record(facts, document):
            continue
        try:
            _keep(desk, config, facts, document, now)
        except TrackerError as error:
            log.error("event=paper_not_kept case=%s document=%s reason=%r", number, document.key, str(error))


def frozen_paper(facts: Facts, word: str) -> Record | None:
    """The frozen paper of that word; None where it has no signatures, or not all of them yet."""
    documents = (document for document in facts.sop.documents.values() if document.template == word)
    records = (frozen_record(facts, document) for document in documents if document.signatures)
    return next((record for record in records if record), None)


def frozen_record(facts: Facts, document: Document) -> Record | None:
    """The frozen paper of the present signatures; None where there is none."""
    last = last_seq(facts, document)
    return None if last is None else _newest(facts.case, document.key, last)


def _keep(desk: Desk, config: TrackerConfig, facts: Facts, document: Document, now: datetime) -> None:
    paper = make(facts, str(document.template))
    content = set_paper(paper, own=config.templates)
    last = last_seq(facts, document) or 0
    with desk.store.transaction() as db:
        if _newest(read_case(desk, facts.case.number), document.key, last):
            return
        file = files.keep(db, config.files, content, f"{paper.file}.pdf", FORMS["pdf"].mime, now)
        run_inside(desk, db, facts.case.number, AddDocument(document.key, file, SIGNED), SYSTEM, now)


def _newest(case: Case, key: str, since: int) -> Record | None:
    records = (record for record in reversed(case.records) if record.seq > since)
    return next((record for record in records if (record.document, record.source) == (key, SIGNED)), None)
