"""The figures of a check of availability: the monitoring and a case in, what every uplink can still promise out."""

from collections.abc import Mapping
from typing import Any

from request_tracker.capacity.waiting_list import wished
from request_tracker.cases import Case
from request_tracker.evidence.availability import availability
from request_tracker.evidence.usage import UseQuestion
from request_tracker.letters.press.kinds import FigureSource


def take(source: FigureSource, case: Case) -> Mapping[str, Any]:
    """What ledger and monitoring say now of what a case asks for (KTM-05)."""
    wanted = wished(source.desk, case, source.now)
    return availability(source.prometheus, source.desk, UseQuestion(str(case.opd), wanted, source.now, source.rule))
