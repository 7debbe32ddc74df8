"""The use of an OPD or an uplink as it was measured: monitoring and city in, one direction's 5-minute means out.

Of the sources that could measure an OPD one is read, as the city file says: a sum would count its bytes twice. Means
above the speed of the port cannot have been; they are taken out and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.admission import capacity_of
from inventory.model import City, Uplink
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.steps import (
    DAY_SECONDS,
    STEP_SECONDS,
    Points,
    line_of_link,
    line_of_opd,
    line_of_opds,
    means_query,
    read_steps,
    read_steps_by_opd,
)

WAYS = ("receive", "transmit")
# What measures an OPD, the nearest to it first.
_SOURCES = ("interface", "queue", "flow")
# An agent that caches its counters for a few seconds moves bytes from one five minutes into the next: 2 % is six
# seconds of them.
_OVER_SPEED = 1.02
# Many OPDs are read over thirty days, five at a time: 43,200 points of some 35 bytes, twice where two instances ask the
# ports, are 3 MB, and an answer may have 4.
BATCH_DAYS, BATCH_OPDS = 30, 5


@dataclass(frozen=True)
class MeasuredUse:
    """One direction: its means, the query they came from, and how many means were above ``speed`` and left out.

    ``speed`` is 0 where nobody says what the port can carry; then nothing is left out.
    """

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
    for source in _order(mine):
        query = means_query(prometheus, line_of_opd(opd, way, source), end, days)
        if query is not None and (points := read_steps(prometheus, query, end, days)):
            return _possible(points, query.text, port_speed(city, opd))
    return MeasuredUse([], use_query(city, opd, way), port_speed(city, opd))


def read_uplink(prometheus: Prometheus, uplink: Uplink, of: tuple[str, float, int]) -> MeasuredUse:
    """One direction of an uplink until a moment, over so many days. Raises NoData."""
    way, end, days = of
    line = line_of_link(uplink.name, way)
    query = means_query(prometheus, line, end, days)
    if query is None:
        return MeasuredUse([], line.means(samples=1), 0)
    # The fastest that the port was in all that time: a module that was changed makes no mean before it impossible.
    says = f'max(max_over_time(lebarpita_link_port_speed_bytes_per_second{{link="{uplink.name}"}}[{days}d]))'
    port = int(prometheus.first_value(says, end) or 0)
    # A contract may be exceeded, so it is no bound; a device that says less than it says nothing of the port.
    speed = port if port >= capacity_of(uplink, way) else 0
    return _possible(read_steps(prometheus, query, end, days), query.text, speed)


def read_uses(prometheus: Prometheus, city: City, of: tuple[Sequence[str], str], end: float) -> dict[str, MeasuredUse]:
    """One direction of some OPDs over ``BATCH_DAYS``, as ``read_use`` reads each; those not measured are left out.

    Raises NoData. The caller asks for ``BATCH_OPDS`` at a time: what an answer may weigh has a limit.
    """
    opds, way = of
    uses: dict[str, MeasuredUse] = {}
    mine = {opd: city.opd(opd).measured.value for opd in opds}
    for turn in range(len(_SOURCES)):
        sources = {opd: _order(mine[opd])[turn] for opd in opds if opd not in uses}
        for source in sorted({*sources.values()}):
            question = [opd for opd in opds if sources.get(opd) == source]
            query = means_query(prometheus, line_of_opds(question, way, source), end, BATCH_DAYS)
            answers = read_steps_by_opd(prometheus, query, end, BATCH_DAYS) if query else {}
            uses |= {
                opd: _possible(points, query.text if query else "", port_speed(city, opd))
                for opd, points in answers.items()
                if opd in sources and points
            }
    return uses


def _order(mine: str) -> tuple[str, ...]:
    """The source that the city file names first, then the others."""
    return (mine, *(other for other in _SOURCES if other != mine))


def use_query(city: City, opd: str, way: str) -> str:
    """What was asked for where nothing came: an OPD's use by the source that the city file names."""
    return line_of_opd(opd, way, city.opd(opd).measured.value).means(samples=1)


def port_speed(city: City, opd: str) -> int:
    """The speed of the line that an OPD hangs on."""
    return next(link.speed for link in city.links if link.opd == opd)


def _possible(points: Points, query: str, speed: int) -> MeasuredUse:
    possible = [(at, value) for at, value in points if not speed or value <= speed * _OVER_SPEED]
    return MeasuredUse(possible, query, speed, len(points) - len(possible))
