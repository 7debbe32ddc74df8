"""Evidence frozen beside an allocation: an act and the monitoring in, the bandwidth report to be kept with it out."""

from collections.abc import Callable

from request_tracker.advice_settings import EvidencePart
from request_tracker.cases import ApplyAllocation, Case, Desk, Note
from request_tracker.cases.signing_off import CaseAct, Consequence
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.prometheus import Prometheus


def evidence_of_allocations(
    desk: Desk, prometheus: Prometheus, rule: EvidencePart = USUAL
) -> Callable[[Case, CaseAct], tuple[Consequence, ...]]:
    """The follower of an applied allocation: thirty days of the OPD as the monitoring says at that moment."""

    def measure(case: Case, act: CaseAct) -> tuple[Consequence, ...]:
        if not isinstance(act.command, ApplyAllocation) or not case.opd:
            return ()
        report = bandwidth_report(prometheus, desk, case.opd, act.clock(), rule)
        return (Consequence(Note("evidence_frozen", report.data()), act.who),)

    return measure
