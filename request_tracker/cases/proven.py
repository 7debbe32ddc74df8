"""What follows from a proof: the applying step ends with it, and the re-check (KTM-08) passes or sends back. Pure."""

from request_tracker.cases.acts import Sign, Verified
from request_tracker.cases.course import Course
from request_tracker.cases.model import Draft, Supplied, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Step


def rechecks(step: Step) -> bool:
    """True where the step checks anew that the allocation is in force and can send it back (KTM-08)."""
    return "verifikasi_alokasi" in step.actions and step.back is not None


def verified(course: Course, command: Verified, who: Who) -> None:
    """A proof arrived: the step that waits for it is finished, or the case keeps why not."""
    case = course.case
    if case.awaiting is None or command.revision < case.awaiting:
        return
    step = next(s for s in case.open_steps if "terapkan_alokasi" in course.sop.step(s.id).actions)
    if not command.ok:
        course.add(Draft("allocation_failed", who.person, command.proof, step=step.id))
        return
    data = {"revision": case.awaiting, "proof": dict(command.proof)}
    course.add(Draft("allocation_verified", who.person, data, step=step.id))
    course.complete(course.sop.step(step.id), None, command.proof)


def recheck_step(course: Course, step: Step, command: Sign, who: Who, lane: str) -> None:
    """The probe, frozen into the case; passed it goes on, failed it returns to where the allocation is applied."""
    probe = dict(command.probe or {})
    told = "; ".join(probe.get("problems", ()))
    if command.probe is None:
        raise Refused("not_verified", step=step.id)
    if probe.pop("pending"):
        raise Refused("probe_pending", step=step.id, reason=told)
    for key in step.outputs:
        course.supply(step.id, who.person, key, Supplied(content={"recheck": probe}), "probe")
    if probe["passed"]:
        course.complete(step, None, at=command.occurred_at)
        return
    data = {"note": f"Pemeriksaan ulang gagal: {told}.", "to": step.back}
    course.add(Draft("returned", who.person, data, who.behalf(course.sop.role(lane)), lane, step.id))
    course.enter(str(step.back))
