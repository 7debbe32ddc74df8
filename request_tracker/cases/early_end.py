"""Early ends: a case that should never have begun ends with a reason, whatever step it stands at. Pure.

It counts among the outcomes, in no time and in no promise.
"""

from collections.abc import Iterable

from request_tracker.cases.acts import EndEarly
from request_tracker.cases.course import Course
from request_tracker.cases.endings import EARLY
from request_tracker.cases.model import Case, Draft, Event, Who
from request_tracker.errors import Refused
from request_tracker.words.bilingual import Both

DOUBLE = "rangkap"
MAY_END = frozenset({"head_of_office", "head_of_division", "head_of_section", "secretariat"})
REASON = Both("alasan", "the reason")
ENDING = Both("akhir", "how it ends")
SAME_AS = Both("nomor kasus yang sama", "number of the same case")
APPLIED = Both("alokasi sudah diterapkan", "the allocation is applied already")
WATCHED = Both(
    "gangguan dari pemantauan berakhir bila tautannya pulih",
    "an outage that the monitoring told of ends when its line is back",
)


def may_end(case: Case, who: Who) -> bool:
    """True where this person may end the case before its SOP does."""
    return case.ending is None and any(who.holds(role) for role in MAY_END) and _refusal(case) is None


def end_early(course: Course, command: EndEarly, who: Who) -> None:
    """End it; Refused where an allocation of its is in force, or the line it is about is out."""
    if not any(who.holds(role) for role in MAY_END):
        raise Refused("may_not")
    if why := _refusal(course.case):
        raise Refused("too_late", reason=why)
    if command.ending not in EARLY:
        raise Refused("missing_here", fields=ENDING)
    if not command.reason.strip():
        raise Refused("missing_here", fields=REASON)
    if (command.ending == DOUBLE) is not bool(command.same_as) or command.same_as == course.case.number:
        raise Refused("missing_here", fields=SAME_AS)
    more = {"same_as": command.same_as} if command.same_as else {}
    data = {"ending": command.ending, "reason": command.reason, "actions": [], **more}
    course.add(Draft("ended", who.person, data))


def early_reason(case: Case, events: Iterable[Event]) -> str:
    """Why the case was ended early, for its requester; empty where it was not."""
    ends = [event for event in events if event.kind == "ended"]
    return str(ends[-1].data["reason"]) if case.ending in EARLY and ends else ""


def joined_case(case: Case, events: Iterable[Event]) -> str:
    """The number of the case that a double was joined to, for who sent it; empty where the case is no double."""
    ends = [event for event in events if event.kind == "ended"]
    return str(ends[-1].data.get("same_as", "")) if case.ending == DOUBLE and ends else ""


def _refusal(case: Case) -> Both | None:
    if case.applied_at is not None:
        return APPLIED
    return WATCHED if case.kind == "outage" and case.channel == "alert" else None
