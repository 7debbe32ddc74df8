"""Moving a running case to another revision of its SOP: an administrator's command in, events of the course out. Pure.

Refused unless the other revision knows every step the case has been at and every document it holds, and what its open
steps require is there. Finished steps keep the times they were measured by: the event carries them.
"""

from request_tracker.cases.acts import MoveRevision
from request_tracker.cases.course import Course
from request_tracker.cases.model import Draft, OpenStep, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop


def move_revision(course: Course, command: MoveRevision, who: Who) -> None:
    """Write ``revision_moved`` and set the deadlines of open steps and service anew by the new revision."""
    case, old, new = course.case, course.sop, command.sop
    if not who.holds("admin"):
        raise Refused("may_not")
    if not command.reason.strip() or not command.consent.strip():
        raise Refused("missing_field", fields="alasan, persetujuan Kepala Seksi", step=f"revisi {new.revision}")
    if new.code != case.sop or new.hash == case.sop_hash:
        raise Refused("cannot_move", revision=new.revision, reason="bukan revisi lain dari SOP kasus ini")
    if case.awaiting is not None:
        raise Refused("cannot_move", revision=new.revision, reason="alokasi masih menunggu bukti")
    problems = _unknown(course, new) + [
        line for open_step in case.open_steps for line in _stuck(course, new, open_step)
    ]
    if problems:
        raise Refused("cannot_move", revision=new.revision, reason="; ".join(problems))
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


def _unknown(course: Course, new: Sop) -> list[str]:
    steps = [f"tidak ada langkah {name}" for name in dict.fromkeys(course.case.visited) if name not in new.steps]
    held = dict.fromkeys(record.document for record in course.case.records)
    return steps + [f"tidak ada dokumen {key}" for key in held if key not in new.documents]


def _stuck(course: Course, new: Sop, open_step: OpenStep) -> list[str]:
    """What would keep an open step from ever being finished under the new revision."""
    step = new.steps.get(open_step.id)
    if step is None:
        return []
    missing = [f"{step.id} mensyaratkan {key}" for key in step.requires if not course.case.has(key)]
    done = {lane for lane, _ in open_step.signed}
    return missing + ([] if set(step.lanes) - done else [f"{step.id} tidak menunggu siapa pun lagi"])
