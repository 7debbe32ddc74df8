"""Applying an allocation, decided whole: the technician's act in; its events and the ledger's batches out. Pure."""

from dataclasses import asdict

from request_tracker.cases.acts import ApplyAllocation
from request_tracker.cases.course import Course
from request_tracker.cases.model import Draft, Who
from request_tracker.cases.proposal import ProposalRecord
from request_tracker.cases.proposing import check_days, end_of, validity_of, way_back
from request_tracker.errors import Refused
from request_tracker.ledger.standing import Change, Wish, admit, batches_of
from request_tracker.sop.model import Step
from request_tracker.store.chain import stamp


def write_allocation(course: Course, step: Step, command: ApplyAllocation, who: Who, opd: str) -> None:
    """Admit the signed rates, put them into batches of the ledger, and say so: the step waits for the proof then.

    Rates that were signed for a later day are written now and begin by themselves on that day.
    """
    assert command.books is not None, "commands reads the ledger before it asks for a decision"
    record = _signed(course, step, command)
    allocation, validity = record.proposal.allocation, validity_of(record.proposal, course.calendar)
    standing, reason = command.books.standing, command.reason or record.reason
    begin, until = standing.begin_of(validity), validity.end
    line = standing.line_at(opd, begin)
    before = line.allocation if line else None
    admit(command.books, Wish(opd, allocation, reason, record.proposal.hours), validity)
    # Signed in time, and pressed too late.
    check_days(course, record.proposal, before)
    hours = record.proposal.hours
    change = Change(opd, allocation, who.person, course.case.number, reason or command.note, hours)
    course.batches += batches_of(standing, [change], validity)
    # Rates of some hours can be proven in those hours only.
    first = next(iter(standing.moments(validity, hours)), begin)
    data = {
        "revision": standing.revision_from(begin),
        **({"begins": stamp(first)} if first > standing.at else {}),
        **({"hours": hours.data()} if hours else {}),
        "before": asdict(before) if before else None,
        "after": asdict(allocation),
        "reason": reason,
        **({"firewall": command.firewall} if command.firewall else {}),
        "until": stamp(until) if until else None,
    }
    course.add(Draft("allocation_applied", who.person, data, step=step.id))


def _signed(course: Course, step: Step, command: ApplyAllocation) -> ProposalRecord:
    """The number that was signed. Refused where there is none, where another one is meant."""
    record, back = course.case.proposal, way_back(course.case, course.sop, step)
    if record is None:
        raise Refused("not_signed", step=step.id, back=back)
    end = end_of(record.proposal.until, course.calendar)
    other = command.allocation not in (None, record.proposal.allocation) or command.until not in (None, end)
    if other:
        raise Refused("not_as_signed", step=step.id, back=back)
    return record
