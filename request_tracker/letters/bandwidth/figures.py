"""The figures of an OPD's use: the monitoring and a case in, thirty days of its OPD out."""

from collections.abc import Mapping
from typing import Any

from request_tracker.cases import Case
from request_tracker.evidence.bandwidth import bandwidth_report
from request_tracker.letters.press.kinds import FigureSource


def take(source: FigureSource, case: Case) -> Mapping[str, Any]:
    """Thirty days of the case's OPD as the monitoring says now."""
    return bandwidth_report(source.prometheus, source.desk, str(case.opd), source.now, source.rule).data()
