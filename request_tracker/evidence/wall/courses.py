"""The course of the last day: Prometheus in, points of each uplink and of each shown office out.

Asked at most once a minute for all screens together: a day's line does not change within one, and walls renew
themselves every ten seconds.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from request_tracker.evidence.prometheus import NoData, Prometheus

DAY_SECONDS = 86_400
# 144 points: one for every four pixels of a line on a 1080p wall.
UPLINK_STEP_SECONDS = 600
# 48 points: a sparkline is as wide as a thumb.
OFFICE_STEP_SECONDS = 1800
RENEW_SECONDS = 60

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class DayCourses:
    """Bytes per second over the last day until ``end``: of uplinks both ways, of offices what they receive."""

    start: float = 0.0
    end: float = 0.0
    uplink_receive: Mapping[str, Points] = field(default_factory=dict)
    uplink_transmit: Mapping[str, Points] = field(default_factory=dict)
    office_receive: Mapping[str, Points] = field(default_factory=dict)


class CourseMemory:
    """The last answer, shared by all threads; what was asked for others or longer ago is asked anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._courses = DayCourses()

    def read(self, prometheus: Prometheus, offices: Sequence[str], now: float) -> DayCourses:
        """The day of these offices and of every uplink; empty where Prometheus does not answer."""
        minute = int(now // RENEW_SECONDS) * RENEW_SECONDS
        key = (minute, *sorted(offices))
        with self._lock:
            if key != self._key:
                # Kept also where nothing came: a Prometheus that does not answer is not asked by every renewal.
                self._key, self._courses = key, _read(prometheus, offices, float(minute))
            return self._courses


def _read(prometheus: Prometheus, offices: Sequence[str], end: float) -> DayCourses:
    start = end - DAY_SECONDS
    # Codes are lower-case letters, digits and hyphens: nothing in them means anything to a regular expression.
    shown = "|".join(sorted(offices))
    try:
        ways = [
            prometheus.every_series(
                f"max by (link) (rate(lebarpita_link_{way}_bytes_total[10m])"
                " and on (link) lebarpita_uplink_capacity_bytes_per_second)",
                (start, end),
                UPLINK_STEP_SECONDS,
            )
            for way in ("receive", "transmit")
        ]
        mine = f'max by (opd) (opd:receive:rate5m{{opd=~"{shown}"}})'
        offices_received = prometheus.every_series(mine, (start, end), OFFICE_STEP_SECONDS)
    except NoData:
        return DayCourses(start, end)
    receive, transmit = (_by("link", rows) for rows in ways)
    return DayCourses(start, end, receive, transmit, _by("opd", offices_received))


def _by(label: str, rows: list[tuple[dict[str, str], list[tuple[float, float]]]]) -> dict[str, Points]:
    return {labels[label]: tuple(points) for labels, points in rows if label in labels}
