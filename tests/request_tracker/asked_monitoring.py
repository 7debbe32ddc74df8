"""A monitoring that answers every question with its name and the office: for actions that freeze what it says."""

from typing import Any

from request_tracker.cases import Case
from request_tracker.cases.actions.action import Monitoring


class Asked(Monitoring):
    """Answers with the question's name."""

    def analysis(self, case: Case) -> dict[str, Any]:
        return {"asked": "analysis", "opd": case.opd}

    def availability(self, case: Case) -> dict[str, Any]:
        return {"asked": "availability", "opd": case.opd}

    def bandwidth(self, case: Case) -> dict[str, Any]:
        return {"asked": "bandwidth", "opd": case.opd}

    def outage(self, case: Case) -> dict[str, Any]:
        return {"asked": "outage", "opd": case.opd}
