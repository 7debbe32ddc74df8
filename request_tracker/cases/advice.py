"""What a person is told before deciding, beside the SOP: short notice, other open cases, rates above the free room.

Advice never forbids; where it must be answered with a reason, the command asks for it.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.context import Desk
from request_tracker.cases.model import Case, Data
from request_tracker.sop.clocks import due
from request_tracker.sop.model import Sop
from request_tracker.store.database import Row

# A hint beside the case, not a list: more than ten open wishes of one office are looked for in the list of cases.
MAX_OTHERS = 10


@dataclass(frozen=True)
class Advice:
    """One sentence in two languages; ``code`` is stable."""

    code: str
    indonesian: str
    english: str


def on_request(sop: Sop, form: Data, now: datetime, calendar: Calendar) -> list[Advice]:
    """The notice an SOP asks for (``pemberitahuan``): a start too near is told until its reason is given, yet taken."""
    wanted = form.get("starts_on")
    if sop.promise.notice is None or not wanted or form.get("urgency_reason"):
        return []
    start = datetime.combine(datetime.fromisoformat(str(wanted)).date(), time(0), calendar.zone)
    # Round the clock: the SOP counts the notice in days of the calendar, holidays included.
    if start >= due(now, sop.promise.notice, "24x7", calendar):
        return []
    notice = sop.promise.notice
    return [
        Advice(
            "short_notice",
            f"Pemberitahuan seharusnya {notice} sebelumnya; tuliskan alasan mendesak.",
            f"Notice should be given {notice} before; give the reason for urgency.",
        )
    ]


def other_open_cases(desk: Desk, case: Case) -> list[Row]:
    """The newest open cases of the same OPD and kind: perhaps the same wish twice."""
    return desk.store.rows(
        "SELECT number, subject, opened_at, step FROM cases"
        " WHERE opd = ? AND kind = ? AND ending IS NULL AND number <> ? ORDER BY id DESC LIMIT ?",
        [case.opd, case.kind, case.number, MAX_OTHERS],
    )


def wanted_rates(form: Data) -> dict[str, Any]:
    """The rates a request asks for, bytes per second; the upload is the download where it is not named."""
    receive = form.get("wanted_receive")
    return {"receive": receive, "transmit": form.get("wanted_transmit") or receive}
