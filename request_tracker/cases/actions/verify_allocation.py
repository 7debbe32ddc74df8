"""``verifikasi_alokasi``: nobody passes a step before the allocation is proven; with ``kembali`` it is read anew. Pure.

The fresh reading is taken by ``commands`` and handed in with the signature (``Sign.probe``): what a person hands in
never counts.
"""

from collections.abc import Iterable
from typing import Any

from request_tracker.cases.actions.action import Action, CaseCourse, Finish
from request_tracker.cases.actions.apply_allocation import applies, without_allocation
from request_tracker.cases.acts import Sign
from request_tracker.cases.model import Case, Draft
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop, Step
from request_tracker.store.document import Supplied
from request_tracker.words.bilingual import Both

WORD = "verifikasi_alokasi"


def rechecks(step: Step) -> bool:
    """True where the step checks anew that the allocation is in force and can send it back (KTM-08)."""
    return WORD in step.actions and step.back is not None


class Verify(Action):
    """The allocation of the case is in force, by the proof; where the step can send back, by a fresh reading too."""

    word = WORD
    name = Both("periksa bahwa alokasi terpasang", "check that the allocation is in force")

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs ``terapkan_alokasi`` on every way to it; one that sends back decides by the reading alone."""
        if step.id in without_allocation(sop) and not applies(step):
            yield f"{WORD} can be reached without terapkan_alokasi; the case would stand there for ever"
        if rechecks(step) and step.decision:
            yield f"{WORD} with kembali decides by the reading; keputusan has no place there"

    def completes(self, course: CaseCourse, step: Step, finish: Finish) -> bool:
        """Refused until proven. A re-check is frozen into the case: passed it goes on, failed it goes back."""
        case = course.case
        if case.applied is None or case.verified != case.applied:
            raise Refused("not_verified", step=step.id)
        return not rechecks(step) or _passes(course, step, finish)

    def shows(self, case: Case, step: Step) -> Both:
        """What the reading says now, before it is signed."""
        if rechecks(step):
            return Both(
                "Tanda tangan Anda membekukan pembacaan terbaru; bila gagal, kasus kembali.",
                "Your signature freezes the newest reading; if it fails, the case goes back.",
            )
        return Both(
            "Langkah ini terbuka setelah alokasi terbukti terpasang.",
            "This step can be done once the allocation is proven to be in force.",
        )


def _passes(course: CaseCourse, step: Step, finish: Finish) -> bool:
    probe: dict[str, Any] = dict(finish.command.probe or {}) if isinstance(finish.command, Sign) else {}
    if not probe:
        raise Refused("not_verified", step=step.id)
    problems = "; ".join(probe.get("problems", ()))
    why = probe.pop("why", problems)
    if probe.pop("pending"):
        raise Refused("probe_pending", step=step.id, reason=why)
    for key in step.outputs:
        course.supply(step.id, finish.who.person, key, Supplied(content={"recheck": probe}), "probe")
    if probe["passed"]:
        return True
    data = {"note": f"Pemeriksaan ulang gagal: {problems}.", "to": step.back}
    behalf = finish.who.behalf(course.sop.role(finish.lane)) if finish.lane else None
    course.add(Draft("returned", finish.who.person, data, behalf, finish.lane, step.id))
    course.enter(str(step.back))
    return False


ACTION: Action = Verify()
