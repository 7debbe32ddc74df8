"""Whose turn it is on an open step, and what holds for everybody who acts on one. Pure: read by decisions and pages."""

from datetime import datetime

from request_tracker.cases.course import Course
from request_tracker.cases.model import Case, OpenStep, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Mode, Sop, Step


def turn(case: Case, sop: Sop, step: Step, open_step: OpenStep) -> tuple[str, ...]:
    """The lanes that may act on an open step now."""
    done = {lane for lane, _ in open_step.signed}
    if open_step.afterwards and earlier_afterwards(case, open_step):
        return ()
    left = tuple(lane for lane in step.lanes if lane not in done)
    return left[:1] if step.mode is Mode.IN_ORDER else left


def own_lane(course: Course, step: Step, open_step: OpenStep, who: Who, wanted: str | None) -> str:
    """The lane the person acts in: his, and its turn has come."""
    sop = course.sop
    mine = [lane for lane in step.lanes if who.holds(sop.role(lane)) and wanted in (None, lane)]
    if not mine:
        raise Refused("not_your_lane", step=step.id, lanes=sop.lane_names(step.lanes))
    now = turn(course.case, sop, step, open_step)
    if not now and not open_step.afterwards:
        raise Refused("awaiting", step=step.id)
    ready = [lane for lane in mine if lane in now]
    if not ready:
        waits = sop.lane_names(now) or ", ".join(earlier_afterwards(course.case, open_step))
        raise Refused("not_your_turn", step=step.id, lanes=waits)
    return ready[0]


def other_person(course: Course, step: Step, open_step: OpenStep, who: Who) -> None:
    """Four eyes, where the SOP asks for them: not who signed this step before, nor who finished the step before it."""
    if not step.different_people:
        return
    before = [name for name in course.case.visited if name != step.id][-1:]
    people = {person for _, person in open_step.signed}
    people |= {person for name in before for person in course.case.signers.get(name, ())}
    if who.person in people:
        raise Refused("same_person", step=step.id)


def in_its_time(course: Course, open_step: OpenStep, occurred_at: datetime | None) -> None:
    """An act on paper may be entered later, but not from before its step began nor from the future."""
    if occurred_at is not None and not open_step.entered_at <= occurred_at <= course.now:
        raise Refused("bad_moment", step=open_step.id)


def is_last(step: Step, open_step: OpenStep) -> bool:
    """Whether the next signature is the last one the step needs."""
    return step.mode is Mode.ANY or len(open_step.signed) + 1 == len(step.lanes)


def earlier_afterwards(case: Case, open_step: OpenStep) -> list[str]:
    """Steps filed afterwards keep the SOP's order: the earlier ones first."""
    waiting = [s.id for s in case.open_steps if s.afterwards]
    return waiting[: waiting.index(open_step.id)]
