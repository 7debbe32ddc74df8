"""Moving a running case to another revision of its SOP: an administrator's command in, events of the course out. Pure.

Refused unless the other revision knows every step the case has been at and every document it holds, and what its open
steps require is there. Finished steps keep the times they were measured by: the event carries them.
"""

from request_tracker.cases.acts import MoveRevision
from request_tracker.cases.course import Course
from request_tracker.cases.model import Draft, OpenStep, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop
from request_tracker.words.bilingual import Both, joined


def move_revision(course: Course, command: MoveRevision, who: Who) -> None:
    """Write ``revision_moved`` and set the deadlines of open steps and service anew by the new revision."""
    case, old, new = course.case, course.sop, command.sop
    if not who.holds("admin"):
        raise Refused("may_not")
    if not command.reason.strip() or not command.consent.strip():
        raise Refused("missing_here", fields=Both("alasan, persetujuan Kepala Seksi", "reason, section head's consent"))
    if new.code != case.sop or new.hash == case.sop_hash:
        reason = Both("bukan revisi lain dari SOP kasus ini", "it is no other revision of this case's SOP")
        raise Refused("cannot_move", revision=new.revision, reason=reason)
    # The proof that is awaited completes a step by its old actions; in between the rules must not change.
    if case.awaiting is not None:
        reason = Both("alokasi masih menunggu bukti", "an allocation still waits for its proof")
        raise Refused("cannot_move", revision=new.revision, reason=reason)
    problems = _unknown(course, new) + [
        line for open_step in case.open_steps for line in _stuck(course, new, open_step)
    ]
    if problems:
        raise Refused("cannot_move", revision=new.revision, reason=joined(problems, "; "))
    # By the old revision and kept in the event: what a step was allowed is not changed after it was done.
    times = {name: str(time.maximum) if (time := old.step(name).time) else None for name in dict.fromkeys(case.visited)}
    data = {
        "from": case.sop_hash,
        "to": new.hash,
        "revision": new.revision,
        "reason": command.reason,
        "consent": command.consent,
        "times": times,
    }
    course.add(Draft("revision_moved", who.person, data))
    course.sop = new
    course.reset_deadlines(who.person, f"revisi {new.revision}")


def _unknown(course: Course, new: Sop) -> list[Both]:
    steps = [
        Both(f"tidak ada langkah {name}", f"no step {name}")
        for name in dict.fromkeys(course.case.visited)
        if name not in new.steps
    ]
    documents = dict.fromkeys(record.document for record in course.case.records)
    lost = [key for key in documents if key not in new.documents]
    return steps + [Both(f"tidak ada dokumen {key}", f"no document {key}") for key in lost]


def _stuck(course: Course, new: Sop, open_step: OpenStep) -> list[Both]:
    """What would keep an open step from ever being finished under the new revision."""
    step = new.steps.get(open_step.id)
    if step is None:
        return []
    needed = [key for key in step.requires if not course.case.has(key)]
    missing = [Both(f"{step.id} mensyaratkan {key}", f"{step.id} requires {key}") for key in needed]
    done = {lane for lane, _ in open_step.signed}
    nobody = Both(f"{step.id} tidak menunggu siapa pun lagi", f"{step.id} waits for nobody any more")
    return missing + ([] if set(step.lanes) - done else [nobody])
