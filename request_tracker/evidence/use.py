"""An OPD's use as it was measured: the monitoring and the city in, one direction's 5-minute means out.

Of the sources that could measure an OPD one is read, as the city file says: a sum would count its bytes twice. Means
above the speed of its port cannot have been; they are taken out and counted.
"""

from dataclasses import dataclass

from inventory.model import City
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, STEP_SECONDS, Points, line_of_opd, means_query, read_steps

WAYS = ("receive", "transmit")
# What measures an OPD, the nearest to it first.
_SOURCES = ("interface", "queue", "flow")
# An agent that caches its counters for a few seconds moves bytes from one five minutes into the next: 2 % is six
# seconds of them.
_OVER_SPEED = 1.02


@dataclass(frozen=True)
class MeasuredUse:
    """One direction: its means, the query they came from, and how many means were above ``speed`` and left out."""

    points: Points
    query: str
    speed: int
    impossible: int = 0

    def measured(self, days: int) -> float:
        """The share of the window that was measured, 0 to 1."""
        return min(1.0, len(self.points) * STEP_SECONDS / (days * DAY_SECONDS))


NO_USE = MeasuredUse([], "", 0)


def read_use(prometheus: Prometheus, city: City, of: tuple[str, str], end: float, days: int) -> MeasuredUse:
    """One direction of an OPD over the days before ``end``. Raises NoData.

    Where the source that the city file names has nothing in all that time, the next one that has something is read, as
    the recording rules do.
    """
    opd, way = of
    mine = city.opd(opd).measured.value
    for source in (mine, *(other for other in _SOURCES if other != mine)):
        query = means_query(prometheus, line_of_opd(opd, way, source), end, days)
        if query is not None and (points := read_steps(prometheus, query, end, days)):
            return _possible(points, query, port_speed(city, opd))
    return MeasuredUse([], use_query(city, opd, way), port_speed(city, opd))


def use_query(city: City, opd: str, way: str) -> str:
    """What was asked for where nothing came: an OPD's use by the source that the city file names."""
    return line_of_opd(opd, way, city.opd(opd).measured.value).means(samples=1)


def port_speed(city: City, opd: str) -> int:
    """The speed of the line that an OPD hangs on."""
    return next(link.speed for link in city.links if link.opd == opd)


def _possible(points: Points, query: str, speed: int) -> MeasuredUse:
    possible = [(at, value) for at, value in points if value <= speed * _OVER_SPEED]
    return MeasuredUse(possible, query, speed, len(points) - len(possible))
