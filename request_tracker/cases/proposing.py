"""Who decides the number of an allocation, at which step, and what a signature says of it. Pure.

The proposal is made at the analysis, where the SOP has one, else at the first official's disposition (PKL-B-02). Those
whose step it is may change it with a reason until it is applied; every signature from there on names its figures.
"""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta

from inventory.weekly_hours import WeeklyHours
from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.actions import actions_of
from request_tracker.cases.actions.action import CaseCourse
from request_tracker.cases.actions.apply_allocation import applies, leads_to_allocation, without_allocation
from request_tracker.cases.acts import RecordPaper, Sign
from request_tracker.cases.advice import wanted_allocation, wanted_days
from request_tracker.cases.model import EMPTY, Case, Data, Draft
from request_tracker.cases.proposal import GRANTED, IN_PART, REFUSED
from request_tracker.errors import Refused, WrongFields
from request_tracker.ledger.allocation import Allocation, AllocationProposal
from request_tracker.ledger.standing import Validity, Wish, admit
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both, quoted
from request_tracker.words.labels import phrase

SINCE = Both("berlaku mulai", "valid from")
# What the fields of the number's form are called, by the keys that its page has.
_NAMES = {"until": Both("berlaku sampai", "valid until"), "hours_begin": Both("jam tertentu", "hours of the week")}
# The secretariat passes letters on and records what others decide; the requester asks. Neither sets a rate.
DECIDERS = frozenset({"technician", "head_of_section", "head_of_division", "head_of_office"})


def proposes(sop: Sop, step: Step) -> bool:
    """True where the step's people may set the number: an allocation lies ahead, and none is behind."""
    decides = any(sop.role(lane) in DECIDERS for lane in step.lanes)
    ahead = any(leads_to_allocation(sop, target) for target in step.targets)
    return decides and ahead and not applies(step) and step.id in without_allocation(sop)


def proposed_at(sop: Sop) -> str | None:
    """The step at which the number is proposed at the latest: the analysis, else the first official's."""
    before = [step for step in sop.steps.values() if proposes(sop, step)]
    analyses = [step.id for step in before if any(action.proposes for action in actions_of(step))]
    officials = [step.id for step in before if any(sop.role(lane).startswith("head_of") for lane in step.lanes)]
    return next(iter((*analyses, *officials, *(step.id for step in before))), None)


def way_back(case: Case, sop: Sop, step: Step) -> str | None:
    """Where a step sends back to: its ``kembali``; one that applies, to whoever set the number, for another one."""
    if step.back is not None or not applies(step):
        return step.back
    return case.proposal.step if case.proposal else proposed_at(sop)


def in_part(form: Data, allocation: Allocation) -> bool:
    """True where a ceiling is below the rate that the request asks for."""
    return any(
        form.get(f"wanted_{way}") and getattr(allocation, f"{way}_ceiling") < int(form[f"wanted_{way}"])
        for way in ("receive", "transmit")
    )


def outcome(case: Case, sop: Sop, step: Step, decision: str) -> str | None:
    """What a decision means for the request: granted, in part, refused; None for one that is of something else."""
    if not proposes(sop, step):
        return None
    if not leads_to_allocation(sop, step.decision[decision]):
        return REFUSED
    return IN_PART if case.proposal is not None and case.proposal.part else GRANTED


def end_of(day: date | None, calendar: Calendar) -> datetime | None:
    """The moment at which a last day is over: it counts whole, in the office's zone."""
    return datetime.combine(day + timedelta(days=1), time(), calendar.zone).astimezone(UTC) if day else None


def validity_of(proposal: AllocationProposal, calendar: Calendar) -> Validity:
    """From the first moment of its first day until the last of its last one, in the office's zone."""
    begin = datetime.combine(proposal.since, time(), calendar.zone).astimezone(UTC) if proposal.since else None
    return Validity(begin, end_of(proposal.until, calendar))


def covered(case: Case) -> Data:
    """What a signature says of the number; nothing while none stands."""
    return {"allocation": case.proposal.covered()} if case.proposal else EMPTY


def propose(course: CaseCourse, step: Step, command: Sign | RecordPaper, act: Draft) -> Data:
    """Set, change or keep the number with this signature; what the signature says of it."""
    chosen = step.decision.get(getattr(command, "decision", None) or "")
    if chosen is not None and not leads_to_allocation(course.sop, chosen):
        return covered(course.case)
    here = proposes(course.sop, step) and course.sop.role(str(act.lane)) in DECIDERS
    if command.proposal is not None and not here:
        raise Refused("no_proposal_step", step=step.id)
    wanted = command.proposal
    if wanted is None and here and course.case.proposal is None and step.id == proposed_at(course.sop):
        wanted = _as_asked(course, command)
    if wanted is not None and (course.case.proposal is None or wanted != course.case.proposal.proposal):
        _set(course, step, command, act, wanted)
    return covered(course.case)


def needs_number(course: CaseCourse, step: Step, decision: str | None) -> None:
    """Nobody passes a request on to be applied before somebody has set its number."""
    target = step.decision.get(decision) if decision else step.next
    here = target is not None and target.step is not None and applies(course.sop.steps[target.step])
    if here and course.case.opd is not None and course.case.proposal is None and proposes(course.sop, step):
        raise Refused("proposal_needed", step=step.id)


def agrees(course: CaseCourse, step: Step, part: bool | None) -> None:
    """Whoever says "whole" or "in part" must mean the number that stands."""
    standing = course.case.proposal
    if part is not None and standing is not None and standing.part != part:
        raise Refused("extent_differs", step=step.id, extent=phrase(IN_PART if standing.part else GRANTED))


def _as_asked(course: CaseCourse, command: Sign | RecordPaper) -> AllocationProposal | None:
    """What the request asks for, where it can be kept and needs nobody's reason; else somebody must say the number."""
    case, books = course.case, command.books
    wish = wanted_allocation(case.form, books.standing.allocation_of(case.opd)) if books and case.opd else None
    if wish is None or books is None or case.opd is None:
        return None
    proposal = AllocationProposal(wish, *wanted_days(case.form))
    try:
        admit(books, Wish(case.opd, wish, ""), validity_of(proposal, course.calendar))
        check_days(course, proposal, books.standing.allocation_of(case.opd))
    except Refused:
        return None
    return proposal


def _set(course: CaseCourse, step: Step, command: Sign | RecordPaper, act: Draft, wanted: AllocationProposal) -> None:
    case, reason = course.case, command.reason.strip()
    if case.opd is None:
        raise Refused("no_opd", number=case.number)
    assert command.books is not None, "commands reads the ledger before it asks for a decision"
    part, before = in_part(case.form, wanted.allocation), command.books.standing.allocation_of(case.opd)
    if not reason and (part or case.proposal is not None):
        raise Refused("proposal_reason", step=step.id)
    wish = Wish(case.opd, wanted.allocation, reason, wanted.hours)
    admit(command.books, wish, validity_of(wanted, course.calendar))
    fault = _day_fault(course, wanted, before)
    if fault is not None:
        # Whoever sets the number has its fields before him.
        raise WrongFields(dict([fault]), _NAMES)
    data = {**act.data, **wanted.data(), "reason": reason, "part": part, "before": asdict(before) if before else None}
    measured = [r.seq for r in case.records if r.content and course.sop.documents[r.document].automatic]
    if measured:
        # The evidence that the number was set on: the newest that is frozen in the case.
        data["evidence"] = measured[-1]
    course.add(replace(act, kind="allocation_proposed", data=data))


def check_days(course: CaseCourse, proposal: AllocationProposal, before: Allocation | None) -> None:
    """A temporary allocation ends later than now and than it begins, and gives something back."""
    fault = _day_fault(course, proposal, before)
    if fault is not None:
        raise Refused("bad_field", field=quoted(_NAMES[fault[0]]), reason=fault[1])


def _day_fault(course: CaseCourse, proposal: AllocationProposal, before: Allocation | None) -> tuple[str, Both] | None:
    """At which field of the number's form its days or hours cannot be, and why."""
    until, hours = end_of(proposal.until, course.calendar), proposal.hours
    faults = (
        (
            until is not None and until <= course.now,
            ("until", Both("sudah lewat; kosongkan bila tetap", "has passed; leave it empty if permanent")),
        ),
        (
            bool(proposal.since and proposal.until and proposal.until < proposal.since),
            ("until", Both("lebih awal daripada hari mulainya", "is before the day it begins")),
        ),
        (
            hours is not None and not _come(hours, validity_of(proposal, course.calendar), course.now),
            ("hours_begin", Both("tidak pernah tiba dalam masa berlakunya", "never come within its time")),
        ),
        (
            hours is not None and before is None,
            ("hours_begin", Both("belum ada alokasi untuk jam lainnya", "there is no allocation for the other hours")),
        ),
        (
            until is not None and before is None,
            (
                "until",
                Both("belum ada alokasi yang dapat dikembalikan sesudahnya", "there is no allocation to go back to"),
            ),
        ),
    )
    return next((fault for wrong, fault in faults if wrong), None)


def _come(hours: WeeklyHours, validity: Validity, now: datetime) -> bool:
    """True where some of the hours lie within the time of the allocation."""
    begin = max(now, validity.begin or now)
    first = begin if hours.covers(begin) else hours.next_boundary(begin)
    return first is not None and (validity.end is None or first < validity.end)
