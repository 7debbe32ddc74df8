"""The outlook as figures, which the board reads: the lines that the job worked out last in, a metric's family out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, tzinfo

from prometheus_client.registry import Collector

from request_tracker.capacity.outlook import FullDate, LineOutlook
from runtime.families import Family, family
from runtime.metrics import PREFIX, Metric

FULL = Metric(
    f"{PREFIX}uplink_full_timestamp_seconds",
    "gauge",
    "When an uplink is full at the present trend: day, earliest, latest (95 %), with_pending, more (100 Mbit/s more);"
    " none where it is not within three years, or where nothing can be said.",
    ("link", "direction", "date"),
)


class OutlookFigures(Collector):
    """``lines``: what was worked out last, nothing before; days begin in ``zone``."""

    def __init__(self, lines: Callable[[], Sequence[LineOutlook]], zone: tzinfo) -> None:
        self._lines, self._zone = lines, zone

    def describe(self) -> Iterable[Family]:
        """The family without samples."""
        return [family(FULL)]

    def collect(self) -> Iterator[Family]:
        """Every date that there is."""
        yield family(
            FULL,
            [
                ((line.uplink, line.way, name), datetime.combine(day, time(), self._zone).timestamp())
                for line in self._lines()
                for name, day in _dates(line)
                if day is not None
            ],
        )


def _dates(line: LineOutlook) -> Iterator[tuple[str, date | None]]:
    nothing = FullDate(None, None, None)
    as_it_is = line.as_it_is or nothing
    yield "day", as_it_is.day
    yield "earliest", as_it_is.earliest
    yield "latest", as_it_is.latest
    yield "with_pending", (line.with_pending or nothing).day
    yield "more", (line.more or nothing).day
