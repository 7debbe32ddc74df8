"""``terapkan_alokasi``: the technician writes the ledger; the step ends with the shaper's proof. Pure.

The command ``ApplyAllocation`` takes the place of a signature; ``Verified`` is the proof that has come.
"""

from collections.abc import Iterable
from types import MappingProxyType

from request_tracker.cases.actions.action import Action, CaseCourse, Finish
from request_tracker.cases.acts import Verified
from request_tracker.cases.model import Case, Draft, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop, Step, Target
from request_tracker.words.bilingual import Both

WORD = "terapkan_alokasi"


def applies(step: Step) -> bool:
    """True where the step is done by applying an allocation instead of by a signature."""
    return WORD in step.actions


def leads_to_allocation(sop: Sop, target: Target) -> bool:
    """True where a case that goes this way can come to a step that applies an allocation."""
    ahead, reached = [target.step], set[str]()
    while ahead:
        name = ahead.pop()
        if name is None or name in reached:
            continue
        reached.add(name)
        if applies(sop.steps[name]):
            return True
        ahead += [onward.step for onward in sop.steps[name].targets]
    return False


def without_allocation(sop: Sop) -> set[str]:
    """The steps that a case can come to before any step has applied an allocation."""
    reached: set[str] = set()
    ahead = [sop.start]
    while ahead:
        name = ahead.pop()
        if name in reached:
            continue
        reached.add(name)
        step = sop.steps[name]
        onward = [] if applies(step) else [target.step for target in step.targets if target.step]
        ahead += [*onward, *([step.back] if step.back else [])]
    return reached


def applying(course: CaseCourse) -> Step:
    """The open step that applies the allocation; there is one while a proof or the monitoring is awaited."""
    steps = (course.sop.step(open_step.id) for open_step in course.case.open_steps)
    return next(step for step in steps if applies(step))


def _verified(course: CaseCourse, command: Verified, who: Who) -> None:
    """A proof arrived: the step that waits for it is finished, or the case keeps why not."""
    case = course.case
    # An older revision's proof says nothing of this one; a newer one's does, because revisions hold all that came
    # before.
    if case.awaiting is None or command.revision < case.awaiting:
        return
    # What begins later is not proven by what other cases have brought into force meanwhile.
    if case.begins and command.in_force_at and command.in_force_at < case.begins:
        return
    step = applying(course)
    if not command.ok:
        course.add(Draft("allocation_failed", who.person, command.proof, step=step.id))
        return
    # Proven before: the step still waits for the monitoring (``daftarkan_monitoring``), and the proof is not written
    # twice.
    if case.verified == case.awaiting:
        return
    data = {"revision": case.awaiting, "proof": dict(command.proof)}
    course.add(Draft("allocation_verified", who.person, data, step=step.id))
    course.complete(step, None, command.proof, finish=Finish(command, who))


class Apply(Action):
    """The new allocation is entered into the ledger, which the shaping agent follows."""

    word = WORD
    name = Both("terapkan alokasi", "apply the allocation")
    commands = MappingProxyType({Verified: _verified})

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs a request, one actor, no decision and no form of its own; nobody else's signature would be asked."""
        if sop.kind != "request":
            yield f"{WORD} belongs to a permohonan"
        if len(step.lanes) > 1:
            yield f"{WORD} is done by one actor; give the other a step of its own"
        if step.decision or step.form:
            yield f"{WORD} leaves no room for keputusan or formulir; decide and fill in on the step before"

    def waits(self, case: Case) -> bool:
        """While the allocation is not in force nobody else acts on the step."""
        return case.awaiting is not None

    def completes(self, course: CaseCourse, step: Step, finish: Finish) -> bool:
        """Only when the agent has read the new rates back; a signature alone is refused."""
        if course.case.awaiting is None or course.case.verified != course.case.awaiting:
            raise Refused("use_apply", step=step.id)
        return True

    def shows(self, case: Case, step: Step) -> Both:
        """The form with the wanted rates, and that the step ends with the proof."""
        return Both(
            "Langkah ini selesai setelah agen pembentuk lalu lintas membuktikan batas baru.",
            "This step ends when the shaping agent has proven the new limit.",
        )


ACTION: Action = Apply()
