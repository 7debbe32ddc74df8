"""Pauses: a pause or its end asked for in, events of the course out. Pure.

A pause ends when somebody says so, or at its end date: the one the person gave, at the latest after the longest pause
the SOP allows for the reason.
"""

from datetime import datetime

from request_tracker.cases.acts import Pause, Resume
from request_tracker.cases.course import Course
from request_tracker.cases.model import Draft, Who
from request_tracker.errors import Refused
from request_tracker.sop.clocks import due
from request_tracker.sop.model import Step
from request_tracker.store.chain import stamp
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase

PAUSES = ("head_of_section", "technician", "noc_operator", "system")


def pause(course: Course, command: Pause, who: Who) -> None:
    """Stop the step clock for a reason the step names."""
    step, _ = course.at(command.step)
    if command.reason not in step.pauses:
        raise Refused("pause_reason", reason=phrase(command.reason), step=step.id)
    if not any(who.holds(role) for role in PAUSES):
        raise Refused("may_not")
    until = _end(course, step, command)
    data = {"reason": command.reason, "note": command.note, "until": stamp(until) if until else None}
    course.add(Draft("paused", who.person, data, step=step.id))


def resume(course: Course, command: Resume, who: Who) -> None:
    """Let the clock go on; the deadlines move by what the pause took."""
    if course.case.paused is None:
        raise Refused("not_paused", number=course.case.number)
    if not any(who.holds(role) for role in PAUSES):
        raise Refused("may_not")
    main = course.case.main_step
    step = main.id if main else None
    course.add(Draft("resumed", who.person, {"note": command.note}, step=step))
    course.reset_deadlines(who.person, "jeda")


def _end(course: Course, step: Step, command: Pause) -> datetime | None:
    if command.until is not None and command.until <= course.now:
        reason = Both("harus di masa depan", "must be in the future")
        raise Refused("bad_field", field=Both("jeda sampai", "paused until"), reason=reason)
    longest = step.pauses[command.reason]
    if longest is None:
        return command.until
    latest = due(course.now, longest, course.sop.promise.calendar, course.calendar)
    # A person may end it sooner than the SOP does, never later.
    return min(command.until or latest, latest)
