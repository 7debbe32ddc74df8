"""Evidence frozen beside an allocation: an act and the monitoring in, the bandwidth report to be kept with it out."""

from collections.abc import Callable

from request_tracker.cases import ApplyAllocation, Case, Desk, Note
from request_tracker.cases.signing_off import Act, Consequence
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.prometheus import Prometheus


def evidence_of_allocations(desk: Desk, prometheus: Prometheus) -> Callable[[Case, Act], tuple[Consequence, ...]]:
    """The follower of an applied allocation: thirty days of the OPD as the monitoring says at that moment."""

    def measure(case: Case, act: Act) -> tuple[Consequence, ...]:
        if not isinstance(act.command, ApplyAllocation) or not case.opd:
            return ()
        report = bandwidth_report(prometheus, desk, case.opd, act.clock())
        return (Consequence(Note("evidence_frozen", report.data()), act.who),)

    return measure
