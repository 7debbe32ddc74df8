"""The figures of an analysis: the monitoring and a case in, the OPD's use and its uplink's room with the advice out."""

from collections.abc import Mapping
from typing import Any

from request_tracker.capacity.waiting_list import wished
from request_tracker.cases import Case
from request_tracker.evidence.analysis import analysis
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.evidence.usage import UseQuestion, gather
from request_tracker.letters.press.kinds import FigureSource


def take(source: FigureSource, case: Case) -> Mapping[str, Any]:
    """What the monitoring says now of what a case asks for (BTM-06)."""
    prometheus, desk, now, opd = source.prometheus, source.desk, source.now, str(case.opd)
    use = gather(prometheus, desk, UseQuestion(opd, wished(desk, case, now), now, source.rule))
    return analysis(use, bandwidth_report(prometheus, desk, opd, now))
