"""``daftarkan_monitoring``: a proven allocation's step stays open until the monitoring has the new limits. Pure.

``Register`` is the monitoring's word, or a person who may go on without it (BTM-08b).
"""

from collections.abc import Iterable
from types import MappingProxyType

from request_tracker.cases.actions.action import Action, CaseCourse, Finish
from request_tracker.cases.actions.apply_allocation import applies, applying
from request_tracker.cases.acts import Register
from request_tracker.cases.model import SYSTEM, Case, Draft, Who
from request_tracker.errors import Refused
from request_tracker.sop.model import Sop, Step
from request_tracker.words.bilingual import Both

WORD = "daftarkan_monitoring"
REGISTERS_ANYWAY = ("head_of_section", "head_of_division")


def _register(course: CaseCourse, command: Register, who: Who) -> None:
    """The monitoring has the new limits, or somebody who may goes on without: the applying step ends."""
    case, scraped = course.case, command.limits
    if case.awaiting is None or case.verified != case.awaiting:
        raise Refused("nothing_to_register", number=case.number)
    step = applying(course)
    if not scraped["equal"] and who != SYSTEM and not any(who.holds(role) for role in REGISTERS_ANYWAY):
        raise Refused("may_not")
    if not scraped["equal"] and (who == SYSTEM or not command.reason.strip()):
        raise Refused("reason_needed", warning=command.warning)
    reason = {"note": command.reason} if not scraped["equal"] else {}
    # "seen" is the key that events have had from the beginning; events are never rewritten.
    data = {"revision": case.awaiting, "seen": dict(scraped), "overruled": not scraped["equal"], **reason}
    course.add(Draft("monitoring_registered", who.person, data, step=step.id))
    course.complete(step, None, case.proof, finish=Finish(command, who))


class RegisterMonitoring(Action):
    """The office goes back into the monitoring with its new limit."""

    word = WORD
    name = Both("masukkan kembali ke pemantauan", "put back into the monitoring")
    commands = MappingProxyType({Register: _register})

    def faults(self, sop: Sop, step: Step) -> Iterable[str]:
        """Needs ``terapkan_alokasi`` on the same step: that is the limit which is looked for."""
        if not applies(step):
            yield f"{WORD} looks for the limit that terapkan_alokasi sets on the same step"

    def completes(self, course: CaseCourse, step: Step, finish: Finish) -> bool:
        """Only when the scraped limits equal the ledger's, or an official goes on without, with a reason."""
        return isinstance(finish.command, Register)

    def shows(self, case: Case, step: Step) -> Both:
        """That the step waits for the monitoring; beside it what is scraped now."""
        return Both(
            "Langkah ini baru selesai bila pemantauan memakai batas baru.",
            "This step ends only when the monitoring uses the new limit.",
        )


ACTION: Action = RegisterMonitoring()
