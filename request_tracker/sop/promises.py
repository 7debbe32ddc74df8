"""The one promise of a service: when it ends, by the SOP's own file. Pure.

The printed time (``jaminan``, ``total``) stands in the file once. One that runs round the clock never ends before the
SOP's own steps could be done in the office's hours: 24 hours from a Saturday evening are over before anybody works.
"""

from collections.abc import Iterable
from datetime import datetime

from request_tracker.calendar.working_time import Calendar
from request_tracker.sop.clocks import counts_by, deadline, due, passed
from request_tracker.sop.model import Duration, Sop, Step


def promise_end(
    sop: Sop,
    promise: Duration,
    begun: datetime,
    calendar: Calendar,
    pauses: Iterable[tuple[datetime, datetime]] = (),
) -> datetime:
    """When a promise that began then is over, moved on by every pause."""
    kind, spans = sop.promise.calendar, tuple(pauses)
    printed = deadline(begun, promise, kind, calendar, spans)
    if counts_by(promise, kind) == "kerja":
        return printed
    possible = begun
    for step in _way(sop):
        if step.time is not None:
            possible = due(possible, step.time.maximum, kind, calendar)
    for pause in spans:
        possible = calendar.after(possible, passed(*pause, "kerja", calendar))
    return max(printed, possible)


def _way(sop: Sop) -> Iterable[Step]:
    """The steps from the start straight on; a decision is taken as its first label, a loop is walked once."""
    name: str | None = sop.start
    walked: set[str] = set()
    while name is not None and name not in walked:
        walked.add(name)
        step = sop.step(name)
        yield step
        target = step.next or next(iter(step.decision.values()), None)
        name = target.step if target else None
