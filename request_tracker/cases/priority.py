"""An outage's priority: how urgent it is in, one event out. Pure.

An outage of the main network is of the first priority (``utama``, PKL-G-PR1); only the head of the section lowers it.
"""

from request_tracker.cases.acts import SetPriority
from request_tracker.cases.course import Course
from request_tracker.cases.model import FIRST, Draft, Who
from request_tracker.errors import Refused
from request_tracker.words.bilingual import Both

PRIORITIES = {FIRST: "utama", 2: "biasa", 3: "rendah"}
SETS = frozenset({"technician", "noc_operator", "head_of_section", "head_of_division"})
LOWERS = "head_of_section"
OWN_LINE = "opd"


def of_root(kind: str) -> int | None:
    """The priority of an outage by what went down: everything but one office's own line is the main network."""
    return None if kind == OWN_LINE else FIRST


def set_priority(course: Course, command: SetPriority, who: Who) -> None:
    """Raise it or lower it, with the reason."""
    case = course.case
    if case.priority is None:
        raise Refused("no_priority", number=case.number)
    if command.priority not in PRIORITIES:
        raise Refused("bad_field", field=Both("prioritas", "priority"), reason=Both("1 sampai 3", "1 to 3"))
    if not any(who.holds(role) for role in SETS):
        raise Refused("may_not")
    # Anybody who sees an outage may raise it; taking *utama* away is a decision.
    if case.priority == FIRST and command.priority != FIRST and not who.holds(LOWERS):
        raise Refused("may_not_lower", number=case.number)
    if not command.reason.strip():
        raise Refused("missing_field", fields=Both("alasan", "reason"), step=Both("prioritas", "priority"))
    if command.priority != case.priority:
        data = {"priority": command.priority, "before": case.priority, "reason": command.reason.strip()}
        course.add(Draft("priority_set", who.person, data, who.behalf(LOWERS)))
