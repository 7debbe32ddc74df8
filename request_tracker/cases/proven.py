"""What follows from a proof: the applying step ends with it, and the re-check (KTM-08) passes or sends back. Pure."""

from request_tracker.cases.acts import Register, Sign, Verified
from request_tracker.cases.course import Course
from request_tracker.cases.model import SYSTEM, Draft, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Step
from request_tracker.store.document import Supplied

REGISTERS_ANYWAY = ("head_of_section", "head_of_division")


def rechecks(step: Step) -> bool:
    """True where the step checks anew that the allocation is in force and can send it back (KTM-08)."""
    return "verifikasi_alokasi" in step.actions and step.back is not None


def verified(course: Course, command: Verified, who: Who) -> None:
    """A proof arrived: the step that waits for it is finished, or the case keeps why not."""
    case = course.case
    if case.awaiting is None or command.revision < case.awaiting:
        return
    step = _applying(course)
    if not command.ok:
        course.add(Draft("allocation_failed", who.person, command.proof, step=step.id))
        return
    if case.verified == case.awaiting:
        return
    data = {"revision": case.awaiting, "proof": dict(command.proof)}
    course.add(Draft("allocation_verified", who.person, data, step=step.id))
    if "daftarkan_monitoring" not in step.actions:
        course.complete(step, None, command.proof)


def register(course: Course, command: Register, who: Who) -> None:
    """The monitoring has the new limits, or somebody who may goes on without: the applying step ends (BTM-08b)."""
    case, seen = course.case, command.seen
    if case.awaiting is None or case.verified != case.awaiting:
        raise Refused("nothing_to_register", number=case.number)
    step = _applying(course)
    if not seen["equal"] and who != SYSTEM and not any(who.holds(role) for role in REGISTERS_ANYWAY):
        raise Refused("may_not")
    if not seen["equal"] and (who == SYSTEM or not command.reason.strip()):
        raise Refused("reason_needed", warning=command.warning)
    told = {"note": command.reason} if not seen["equal"] else {}
    data = {"revision": case.awaiting, "seen": dict(seen), "overruled": not seen["equal"], **told}
    course.add(Draft("monitoring_registered", who.person, data, step=step.id))
    course.complete(step, None, case.proof)


def recheck_step(course: Course, step: Step, command: Sign, who: Who, lane: str) -> None:
    """The probe, frozen into the case; passed it goes on, failed it returns to where the allocation is applied."""
    probe = dict(command.probe or {})
    told = "; ".join(probe.get("problems", ()))
    why = probe.pop("why", told)
    if command.probe is None:
        raise Refused("not_verified", step=step.id)
    if probe.pop("pending"):
        raise Refused("probe_pending", step=step.id, reason=why)
    for key in step.outputs:
        course.supply(step.id, who.person, key, Supplied(content={"recheck": probe}), "probe")
    if probe["passed"]:
        course.complete(step, None, at=command.occurred_at)
        return
    data = {"note": f"Pemeriksaan ulang gagal: {told}.", "to": step.back}
    course.add(Draft("returned", who.person, data, who.behalf(course.sop.role(lane)), lane, step.id))
    course.enter(str(step.back))


def _applying(course: Course) -> Step:
    """The open step that applies the allocation; there is one while a proof or the monitoring is awaited."""
    steps = (course.sop.step(open_step.id) for open_step in course.case.open_steps)
    return next(step for step in steps if "terapkan_alokasi" in step.actions)
