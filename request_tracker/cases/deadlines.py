"""Deadlines after a change of the calendar: every open case is worked through, those whose deadlines move are written.

Working through them takes milliseconds a case, so it is done before the transaction; under the write lock only what has
moved is written, and a case that somebody acted on meanwhile is worked through once more. The day and the deadlines it
moves are still one transaction: no deadline goes on by the old calendar.
"""

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlite_utils import Database

from request_tracker.cases.acts import Recompute
from request_tracker.cases.commands import Outcome, foresee, write
from request_tracker.cases.context import Desk
from request_tracker.cases.model import SYSTEM
from request_tracker.errors import NotStored

log = logging.getLogger(__name__)
# In pauses no deadline runs; ``resume`` sets it anew, by the calendar that is then in force.
_OPEN = "SELECT number, version FROM cases WHERE ending IS NULL AND paused IS NULL ORDER BY id"
Foreseen = Mapping[tuple[str, int], Outcome | None]


def foresee_deadlines(desk: Desk, reason: str, now: datetime) -> Foreseen:
    """What the desk's calendar makes of every open case, by number and version; None where no deadline moves."""
    return {
        (row["number"], row["version"]): _foreseen(desk, row["number"], reason, now) for row in desk.store.rows(_OPEN)
    }


def move_deadlines(desk: Desk, db: Database, foreseen: Foreseen, reason: str, now: datetime) -> list[str]:
    """Inside the transaction that changes the calendar: write what moves; the cases in which a deadline has moved."""
    moved = []
    for row in desk.store.rows(_OPEN):
        key = (row["number"], row["version"])
        outcome = foreseen[key] if key in foreseen else _foreseen(desk, row["number"], reason, now)
        if outcome is not None:
            write(desk, db, outcome)
            moved.append(outcome.case.number)
    return moved


def recompute_deadlines(desk: Desk, reason: str, now: datetime) -> list[str]:
    """After a change of the calendar: set the deadlines of open steps anew; the cases in which one has moved."""
    foreseen = foresee_deadlines(desk, reason, now)
    with desk.store.transaction() as db:
        return move_deadlines(desk, db, foreseen, reason, now)


def _foreseen(desk: Desk, number: str, reason: str, now: datetime) -> Outcome | None:
    """The outcome, where a deadline moves. A damaged case keeps no other from being moved: the audit tells of it."""
    try:
        outcome = foresee(desk, number, Recompute(reason), SYSTEM, now)
    except NotStored:
        raise
    except Exception as error:
        log.error("event=deadline_not_moved case=%s reason=%r", number, error)
        return None
    return outcome if outcome.decision.events else None
