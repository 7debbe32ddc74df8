"""What an official may do outside an SOP's steps now: a case and who asks in, what his page offers out. Pure."""

from datetime import datetime

from request_tracker.cases import Case, Who
from request_tracker.cases.decide import ASSIGNS, REOPEN_WITHIN, REOPENS
from request_tracker.cases.model import FIRST
from request_tracker.cases.pauses import PAUSES
from request_tracker.cases.priority import LOWERS, PRIORITIES, SETS
from request_tracker.sop.model import Sop, Step


def reasons(case: Case, sop: Sop, who: Who) -> tuple[str, ...]:
    """For what this person may pause the case now; empty where nothing may be paused."""
    if case.ending or case.paused or case.main_step is None or not _may_pause(who):
        return ()
    return tuple(sop.step(case.main_step.id).pauses)


def resumable(case: Case, who: Who) -> bool:
    """Whether this person may end a pause that lasts."""
    return case.paused is not None and _may_pause(who)


def _may_pause(who: Who) -> bool:
    return any(who.holds(role) for role in PAUSES)


def priorities(case: Case, who: Who) -> dict[int, str]:
    """The priorities this person may give the outage now; empty where he may not change it."""
    if case.ending or case.priority is None or not who.acting_roles & SETS:
        return {}
    stays = case.priority == FIRST and not who.holds(LOWERS)
    return {level: name for level, name in PRIORITIES.items() if level == FIRST or not stays}


def assigns(case: Case, who: Who) -> bool:
    """Whether this person may name the technician of the case now."""
    return not case.ending and bool(who.acting_roles & ASSIGNS)


def steps_to_reopen(case: Case, sop: Sop, who: Who, at: datetime) -> tuple[Step, ...]:
    """The steps at which this person may open the ended case again, the last one first; empty where he may not."""
    return reopenable(case, sop, at) if who.acting_roles & (REOPENS - {"requester"}) else ()


def reopenable(case: Case, sop: Sop, at: datetime) -> tuple[Step, ...]:
    """The steps of a case that ended less than seven days ago, the last one first."""
    if case.ended_at is None or at - case.ended_at > REOPEN_WITHIN:
        return ()
    return tuple(sop.step(name) for name in reversed(dict.fromkeys(case.visited)) if name in sop.steps)
