"""The office's monitoring as its configuration names it, and what of it was made up: a window in, a sentence out."""

from datetime import UTC, datetime
from functools import lru_cache

from request_tracker.calendar.working_time import Calendar
from request_tracker.config import TrackerConfig
from request_tracker.evidence.prometheus import Prometheus, Rest
from request_tracker.evidence.steps import DAY_SECONDS
from request_tracker.words.bilingual import Both, filled

_MADE_UP = Both(
    "Data karangan (demo): angka sebelum {:%d-%m-%Y %H.%M} dikarang untuk demo ini, bukan hasil ukur.",
    "Made-up data (demo): figures from before {:%d-%m-%Y %H.%M} were invented for this demo, nobody measured them.",
)


def monitoring_of(config: TrackerConfig) -> Prometheus:
    """The server that evidence is asked of."""
    before = config.office.made_up_before
    made_up_before = before.timestamp() if before else None
    return Prometheus(config.prometheus, made_up_before=made_up_before, rest=_rest_of(config.prometheus))


@lru_cache(maxsize=4)
def _rest_of(url: str | None) -> Rest:
    """Whoever of a process found that server slow, found it so for all: pages, jobs and the replayer of an office."""
    return Rest()


def made_up_notes(prometheus: Prometheus, calendar: Calendar, end: float, days: float) -> tuple[Both, ...]:
    """That figures of the days before ``end`` (Unix seconds) hold invented points; nothing where none is in them."""
    before = prometheus.made_up_before
    if before is None or end - days * DAY_SECONDS >= before:
        return ()
    return (filled(_MADE_UP, calendar.local(datetime.fromtimestamp(before, UTC))),)
