"""Papers that both parties have signed, frozen: a case in, the PDF kept once by its hash, with an event that names it.

It is made with the last signature and never again: whatever changes later (a name, a template) leaves it alone. The
signatures stand whatever becomes of the paper: an office's broken template is logged, and the next act on the case, or
the next look at the paper, tries again.
"""

import functools
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from request_tracker.cases import AddDocument, Case, Desk, read_case
from request_tracker.cases.commands import Outcome
from request_tracker.cases.model import SYSTEM, Record
from request_tracker.cases.signing_off import Consequence, follow_up
from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.letters.making import CaseAsOf, facts_from, facts_of, make
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.forms import FORMS, set_paper
from request_tracker.letters.press.signatures import last_seq
from request_tracker.people.details import PrintedPerson
from request_tracker.sop import register
from request_tracker.sop.model import Document, Sop
from request_tracker.store import files

SIGNED = "signed"
log = logging.getLogger(__name__)


def signed_papers(desk: Desk, config: TrackerConfig) -> Callable[[Outcome], tuple[Consequence, ...]]:
    """The follower of a last signature: every paper that has all its signatures with it and is not kept yet."""

    def follow(outcome: Outcome) -> tuple[Consequence, ...]:
        if not _with_signatures(outcome.sop):
            return ()
        facts = facts_from(desk, config.office, CaseAsOf(outcome.case, outcome.sop, outcome.history, outcome.now))
        return tuple(_papers(config, _knowing_the_signer(facts, outcome), outcome.now))

    return follow


def keep_signed(desk: Desk, config: TrackerConfig, number: str, now: datetime) -> None:
    """Freeze what could not be frozen with its last signature."""
    case = read_case(desk, number)
    sop = register.by_hash(desk.store, case.sop_hash)
    facts = facts_of(desk, config.office, case, sop, now) if _with_signatures(sop) else None
    papers = tuple(_papers(config, facts, now)) if facts else ()
    try:
        if papers:
            follow_up(desk, case, papers, now)
    except TrackerError as error:
        log.error("event=paper_not_kept case=%s reason=%r", number, str(error))


def frozen_paper(facts: Facts, word: str) -> Record | None:
    """The frozen paper of that word; None where it has no signatures, or not all of them yet."""
    documents = (document for document in facts.sop.documents.values() if document.template == word)
    records = (frozen_record(facts, document) for document in documents if document.signatures)
    return next((record for record in records if record), None)


def frozen_record(facts: Facts, document: Document) -> Record | None:
    """The frozen paper of the present signatures; None where there is none."""
    last = last_seq(facts, document)
    # Only one made after the last signature: a step that was done again has another paper.
    return None if last is None else _newest(facts.case, document.key, last)


def _with_signatures(sop: Sop) -> tuple[Document, ...]:
    return tuple(document for document in sop.documents.values() if document.signatures and document.template)


def _papers(config: TrackerConfig, facts: Facts, now: datetime) -> Iterator[Consequence]:
    """The papers of a case that are to be kept now, each made and in its place; row and event are still to come."""
    for document in _with_signatures(facts.sop):
        if last_seq(facts, document) is None or frozen_record(facts, document):
            continue
        try:
            paper = make(facts, str(document.template))
            content = set_paper(paper, own=config.templates)
            # The file before the row: a row that names no file is a fault, a file that nobody names is none.
            file = files.put(config.files, content, f"{paper.file}.pdf", FORMS["pdf"].mime)
        except TrackerError as error:
            log.error("event=paper_not_kept case=%s document=%s reason=%r", facts.case.number, document.key, str(error))
            continue
        enter = functools.partial(files.enter, file=file, now=now)
        yield Consequence(AddDocument(document.key, file.supplied, SIGNED), SYSTEM, enter)


def _knowing_the_signer(facts: Facts, outcome: Outcome) -> Facts:
    """Who signs by name in this very act is not in the store yet."""
    row, person_of = outcome.contact, facts.person_of
    if row is None:
        return facts
    signer, named = f"contact:{row['id']}", PrintedPerson(row.get("name", ""), row.get("position", ""))
    return replace(facts, person_of=lambda reference: named if reference == signer else person_of(reference))


def _newest(case: Case, key: str, since: int) -> Record | None:
    records = (record for record in reversed(case.records) if record.seq > since)
    return next((record for record in records if (record.document, record.source) == (key, SIGNED)), None)
