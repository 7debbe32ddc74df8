"""Signing off: a person's act in, the case after it and after everything that follows it out - as one transaction.

What follows an act (an allocation's evidence, the paper that both parties have signed, the end of a reported outage)
is made above this room, by followers that are handed in. Three steps, whichever door the act came by:

1. gather, with no transaction open: neighbours are asked over HTTP, papers are made and stored by their hash. What is
   made from the act itself is made from what the act *would* write. A file that no row comes to name is harmless: it is
   shown nowhere, and the same content finds it there.
2. decide: pure, in ``decide``, whole.
3. commit: one BEGIN IMMEDIATE decides again on what it reads then. Where that is not, to the last hash, what the
   followers were shown, or where an allocation was written that this one's moment does not see, nothing is written and
   all is done anew at a later moment; an act that names the version it saw is told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from request_tracker.cases.acts import AddDocument, Command, Note
from request_tracker.cases.commands import Outcome, foresee, run_inside, write
from request_tracker.cases.context import Desk
from request_tracker.cases.model import Case, Who
from request_tracker.cases.queries import read_case
from request_tracker.errors import Conflict
from request_tracker.ledger import allocations

# How often what follows is made anew because somebody else wrote meanwhile. A city's tracker sees a few writes a
# minute and a paper takes under a second, so a second time in a row is rare; the bound only keeps a form from hanging.
TRIES = 5
Rows = Callable[[Database], None]


def no_rows(db: Database) -> None:
    """Nothing to write beside the events."""


@dataclass(frozen=True)
class CaseAct:
    """What a person does to a case, and the rows of the door he came by (his draft, the mark of his form).

    ``also`` is what he says besides in the same breath. ``effects_shown`` is the hash of the effect on the others that
    his page showed; empty where it showed none.
    ``clock`` is read once everything slow has been asked, so that the moment of the act is the moment it is stored.
    """

    number: str
    command: Command
    who: Who
    clock: Callable[[], datetime]
    version: int | None = None
    rows: Rows = no_rows
    also: tuple[Note, ...] = ()
    effects_shown: str = ""


@dataclass(frozen=True)
class Consequence:
    """One thing that follows an act: an event or a paper of the same case, in whose name, and the rows beside it."""

    command: Note | AddDocument
    who: Who
    rows: Rows = no_rows


@dataclass(frozen=True)
class Followers:
    """What an office lets follow the acts on its cases.

    ``measured`` need the case as it is and are asked before the moment of the act; ``made`` need what the act writes.
    """

    measured: tuple[Callable[[Case, CaseAct], tuple[Consequence, ...]], ...] = ()
    made: tuple[Callable[[Outcome], tuple[Consequence, ...]], ...] = ()


NOBODY = Followers()


def sign_off(desk: Desk, act: CaseAct, followers: Followers = NOBODY) -> Case:
    """Do the act and all that follows it, or nothing. Raises Refused, or Conflict where somebody was faster."""
    before = read_case(desk, act.number)
    also = [Consequence(note, act.who) for note in act.also]
    # Once, before the loop: what was measured stays what the person had before him, however often the rest is made
    # anew.
    measured = [consequence for measure in followers.measured for consequence in measure(before, act)]
    for _ in range(TRIES):
        foreseen = _foreseen(desk, act)
        made = [consequence for make in followers.made for consequence in make(foreseen.outcome)]
        case = _commit(desk, act, foreseen, (*also, *made, *measured))
        if case is not None:
            return case
    raise Conflict("conflict", number=act.number)


def follow_up(desk: Desk, case: Case, consequences: Iterable[Consequence], now: datetime) -> Case:
    """What should have followed an earlier act of the case. Raises Conflict where the case has moved on."""
    with desk.store.transaction() as db:
        if read_case(desk, case.number).version != case.version:
            raise Conflict("conflict", number=case.number)
        return _follow(desk, db, case, consequences, now)


@dataclass(frozen=True)
class _Foreseen:
    """What the followers are shown, and the ledger's last row at that moment."""

    outcome: Outcome
    head: str


def _foreseen(desk: Desk, act: CaseAct) -> _Foreseen:
    with desk.store.snapshot():
        # The first read fixes the snapshot, so every allocation it holds was written before the clock is read.
        head = allocations.head(desk.store)
        return _Foreseen(foresee(desk, act.number, act.command, act.who, act.clock(), act.version), head)


def _commit(desk: Desk, act: CaseAct, shown: _Foreseen, consequences: Iterable[Consequence]) -> Case | None:
    """Everything in one transaction; None, and nothing written, where the act is no more what the followers saw."""
    now = shown.outcome.now
    with desk.store.transaction() as db:
        outcome = foresee(desk, act.number, act.command, act.who, now, act.version)
        if outcome.case.last_hash != shown.outcome.case.last_hash:
            return None
        if outcome.decision.batches and allocations.head(desk.store) != shown.head:
            return None
        write(desk, db, outcome)
        act.rows(db)
        return _follow(desk, db, outcome.case, consequences, now)


def _follow(desk: Desk, db: Database, case: Case, consequences: Iterable[Consequence], now: datetime) -> Case:
    for consequence in consequences:
        consequence.rows(db)
        case = run_inside(desk, db, case.number, consequence.command, consequence.who, now)
    return case
