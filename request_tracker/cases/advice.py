"""What a person is told before deciding, beside the SOP: short notice, other open cases, rates above the free room.

Advice never forbids; where it must be answered with a reason, the command asks for it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from request_tracker.calendar.working_time import Calendar
from request_tracker.cases.context import Desk
from request_tracker.cases.model import Case, Data
from request_tracker.ledger.allocation import Allocation
from request_tracker.sop.clocks import due
from request_tracker.sop.model import Sop
from request_tracker.store.database import Row

# A hint beside the case, not a list: more than ten open wishes of one office are looked for in the list of cases.
MAX_OTHERS = 10
# A first allocation guarantees a quarter of its ceiling: our choice, for OPDs rarely need their ceilings at once.
GUARANTEE_SHARE = 4


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


def wanted_days(form: Data) -> tuple[date | None, date | None]:
    """From which day on a request wants it, and to the end of which; None where it names none."""
    begins, ends = (date.fromisoformat(str(form[key])) if form.get(key) else None for key in ("starts_on", "ends_on"))
    return begins, ends


def wanted_allocation(form: Data, present: Allocation | None) -> Allocation | None:
    """The allocation a request asks for; None where it names no rate.

    An upload that nobody named stays what it is; a first one is the download. The guarantee keeps its present share, a
    quarter where there is none.
    """
    receive = form.get("wanted_receive")
    if not receive:
        return None
    transmit = form.get("wanted_transmit") or (present.transmit_ceiling if present else receive)

    def guarantee(way: str, ceiling: int) -> int:
        if present is None:
            return ceiling // GUARANTEE_SHARE
        return ceiling * int(getattr(present, f"{way}_guaranteed")) // int(getattr(present, f"{way}_ceiling"))

    rates = {"receive": int(receive), "transmit": int(transmit)}
    return Allocation(*(rate for way in rates for rate in (guarantee(way, rates[way]), rates[way])))
