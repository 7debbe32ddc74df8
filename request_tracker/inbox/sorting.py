"""Sorting the inbox: accept (a number is given, the case begins), ask back, end without a case; the sender's own acts.

Each is one transaction that looks first whether the entry is still open: of two people one wins, the other is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from request_tracker.cases import Desk, Note, OpenCase, Who, read_case
from request_tracker.cases.acts import InboxArrival, Opened
from request_tracker.cases.commands import open_inside, run_inside
from request_tracker.errors import Conflict, Refused
from request_tracker.inbox.entries import SECRETARIAT, SENDER, note, read_entry, tell, tell_sender
from request_tracker.inbox.entry import (
    ACCEPTED,
    ASKED,
    DUPLICATE,
    ENDED,
    OUTCOMES,
    WAITING,
    WITHDRAWN,
    InboxAct,
    InboxEntry,
)
from request_tracker.outages.reported import report_inside
from request_tracker.store.chain import stamp
from request_tracker.words.bilingual import Both

REQUESTER = Who(SENDER, frozenset({"requester"}))
REASON = Both("alasan", "the reason")
OUTCOME = Both("akhir", "how it ends")
QUESTION = Both("pertanyaan", "the question")
ANSWER = Both("jawaban", "the answer")


@dataclass(frozen=True)
class EntryEnd:
    """How an entry ends without a case, and why; ``case``: of which case it is a double."""

    outcome: str
    reason: str
    case: str | None = None


def accept(desk: Desk, id_: int, person: str, now: datetime) -> Opened:
    """Open the case in the sender's name, as of when his sending was complete; his link leads there from now on."""
    with desk.store.transaction() as db:
        entry = _still_open(desk, id_)
        contact = f"contact:{entry.contact}" if entry.contact is not None else None
        command = OpenCase(
            entry.sop,
            entry.subject,
            entry.opd,
            form=entry.form,
            documents=entry.documents,
            origin=entry.origin,
            idempotency_key=entry.key,
            occurred_at=entry.complete_at,
            arrival=InboxArrival(entry.receipt, contact, entry.link_hash, person),
        )
        if entry.kind == "outage":
            opened = report_inside(desk, db, command, REQUESTER, entry.began or entry.arrived_at, now)
        else:
            opened = open_inside(desk, db, command, REQUESTER, now)
        talk = _conversation(entry)
        if talk and not opened.again:
            run_inside(desk, db, opened.number, Note("public_comment", {"text": talk}), REQUESTER, now)
        _decide(db, entry, {"state": ACCEPTED, "ended_at": stamp(now), "case_number": opened.number})
        act = InboxAct(at=now, actor=person, kind="accepted", text=opened.number)
        note(db, id_, act, {"case_number": opened.number})
    return opened


def ask_back(desk: Desk, id_: int, question: str, person: str, now: datetime) -> None:
    """Ask the sender; the entry stays where it is until he answers."""
    with desk.store.transaction() as db:
        entry = _still_open(desk, id_)
        if not question:
            raise Refused("missing_here", fields=QUESTION)
        db.execute("UPDATE inbox SET state = ? WHERE id = ?", [ASKED, id_])
        note(db, id_, InboxAct(at=now, actor=person, kind="asked", text=question))
        tell_sender(db, entry, "inbox_asked", now)


def reply(desk: Desk, id_: int, answer: str, now: datetime) -> None:
    """The sender answers; from now on it is the office's turn again."""
    with desk.store.transaction() as db:
        entry = _still_open(desk, id_)
        if not answer:
            raise Refused("missing_here", fields=ANSWER)
        db.execute("UPDATE inbox SET state = ?, complete_at = ? WHERE id = ?", [WAITING, stamp(now), id_])
        note(db, id_, InboxAct(at=now, actor=SENDER, kind="replied", text=answer))
        tell(db, entry, SECRETARIAT, "inbox_answered", f"inbox:{id_}:{len(entry.acts)}", now)


def end_entry(desk: Desk, id_: int, end: EntryEnd, person: str, now: datetime) -> None:
    """End it without a number, with a reason, told to the sender."""
    if end.outcome not in OUTCOMES:
        raise Refused("missing_here", fields=OUTCOME)
    if not end.reason:
        raise Refused("missing_here", fields=REASON)
    double = end.case if end.outcome == DUPLICATE else None
    if end.outcome == DUPLICATE:
        read_case(desk, double or "")
    with desk.store.transaction() as db:
        entry = _still_open(desk, id_)
        made = {"outcome": end.outcome, "case_number": double}
        _decide(db, entry, {"state": ENDED, "ended_at": stamp(now), **made})
        note(db, id_, InboxAct(at=now, actor=person, kind="ended", text=end.reason), made)
        # Of a double he is told which case it was joined to.
        ending = " ".join((OUTCOMES[end.outcome].indonesian, double or "")).rstrip()
        tell_sender(db, entry, "inbox_ended", now, ending=ending)


def withdraw(desk: Desk, id_: int, reason: str, now: datetime) -> None:
    """The sender takes it back, by his link."""
    end_entry(desk, id_, EntryEnd(WITHDRAWN, reason), SENDER, now)


def _conversation(entry: InboxEntry) -> str:
    """What was asked and answered before the case began, for its own history."""
    words = {"asked": "Ditanyakan", "replied": "Jawaban"}
    return "\n".join(f"{words[act.kind]}: {act.text}" for act in entry.acts if act.kind in words)


def _still_open(desk: Desk, id_: int) -> InboxEntry:
    entry = read_entry(desk, id_)
    if not entry.open:
        raise Conflict("conflict", number=entry.receipt)
    return entry


def _decide(db: Database, entry: InboxEntry, decided: Mapping[str, str | None]) -> None:
    db.table("inbox").update(entry.id, dict(decided))
