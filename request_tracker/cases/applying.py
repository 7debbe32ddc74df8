"""Applying an allocation, decided whole: the technician's act in; its events and the ledger's batches out. Pure."""

from dataclasses import asdict
from datetime import datetime

from request_tracker.cases.acts import ApplyAllocation
from request_tracker.cases.course import Course
from request_tracker.cases.model import Draft, Who
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.standing import Change, admit, batches_of
from request_tracker.sop.model import Step
from request_tracker.store.chain import stamp
from request_tracker.words.bilingual import Both

UNTIL = Both("berlaku sampai", "valid until")


def write_allocation(course: Course, step: Step, command: ApplyAllocation, who: Who, opd: str) -> None:
    """Admit the rates, put them into batches of the ledger, and say so: the step waits for the proof from here on."""
    assert command.books is not None, "commands reads the ledger before it asks for a decision"
    standing = command.books.standing
    before = standing.allocation_of(opd)
    admit(command.books, opd, command.allocation, command.reason)
    _check_end(command.until, before, course.now)
    change = Change(opd, command.allocation, who.person, course.case.number, command.reason or command.note)
    course.batches += batches_of(standing, [change], command.until)
    data = {
        # The batch is in force at once, so it is the next one of those that are.
        "revision": standing.revision + 1,
        "before": asdict(before) if before else None,
        "after": asdict(command.allocation),
        "reason": command.reason,
        **({"firewall": command.firewall} if command.firewall else {}),
        "until": stamp(command.until) if command.until else None,
    }
    course.add(Draft("allocation_applied", who.person, data, step=step.id))


def _check_end(until: datetime | None, before: Allocation | None, now: datetime) -> None:
    """A temporary allocation ends later than now, and gives something back."""
    if until is not None and until <= now:
        over = Both("sudah lewat; kosongkan bila tetap", "has passed; leave it empty if permanent")
        raise Refused("bad_field", field=UNTIL, reason=over)
    if until is not None and before is None:
        bare = Both("belum ada alokasi yang dapat dikembalikan sesudahnya", "there is no allocation to go back to")
        raise Refused("bad_field", field=UNTIL, reason=bare)
