"""Laporan cek kesediaan bandwidth (KTM-05): what every uplink can still promise, and what is left after a request.

Room is capacity less the reserve less every guarantee in force; the ledger alone answers that. How full the uplink
really is (p95, busiest hour) comes from Prometheus and stands beside it; what was not measured is None. Bytes a second.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any

from inventory.admission import RESERVE_RATIO, capacity_of, commitment
from inventory.model import Uplink
from inventory.topology import uplink_of
from request_tracker.cases import Desk
from request_tracker.evidence.bandwidth import DAYS, summary
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.steps import line_of_link, on_the_grid
from request_tracker.evidence.usage import UseQuestion
from request_tracker.evidence.use import read_uplink
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.store.chain import canonical
from request_tracker.store.database import Row

KIND = "laporan_cek_kesediaan"
WAYS = ("receive", "transmit")


@dataclass(frozen=True, kw_only=True)
class UplinkRoom:
    """One uplink in one direction: ``room`` before the request, ``after`` with it, ``ratio`` of ceilings to capacity.

    ``busiest`` is (hour of the office's day, its mean). ``measured`` is the share of the window that the monitoring
    measured; below the least that is judged there is neither it nor a ``p95``.
    """

    uplink: str
    way: str
    capacity: int
    reserve: int
    committed: int
    added: int
    ceilings: int
    p95: float | None = None
    busiest: tuple[int, float] | None = None
    measured: float = 0.0

    @property
    def room(self) -> int:
        """What may still be guaranteed; below zero where too much was promised already."""
        return self.capacity - self.reserve - self.committed

    @property
    def after(self) -> int:
        """The room once the request is granted."""
        return self.room - self.added

    @property
    def ratio(self) -> float:
        """How many times the capacity all ceilings together are."""
        return self.ceilings / self.capacity

    def data(self) -> dict[str, Any]:
        """Plain data with what is computed from it."""
        return {**asdict(self), "room": self.room, "after": self.after, "ratio": round(self.ratio, 4)}


def availability(prometheus: Prometheus, desk: Desk, question: UseQuestion) -> dict[str, Any]:
    """Every uplink's room now, plain data with its own hash; a silent Prometheus is said in ``problem``."""
    opd, wanted, now = question.opd, question.wanted, question.now
    # On the step's grid: asked again a minute later, the report is the same to the letter.
    at = on_the_grid(now.timestamp())
    city, mine = desk.city, uplink_of(desk.city, opd)
    rows, present = allocations.rows_in_force(desk.store, now), allocations.allocation_of(desk.store, opd, now)
    on = {uplink.name: [row for row in rows if uplink_of(city, row["opd"]) == uplink.name] for uplink in city.uplinks}
    rooms = [
        _room(uplink, way, on[uplink.name], _added(way, present, wanted) if uplink.name == mine else 0)
        for uplink in city.uplinks
        for way in WAYS
    ]
    queries = [line_of_link(room.uplink, room.way).means(samples=1) for room in rooms]
    problem, least = None, question.rule.least_measured_percent / 100
    try:
        answers = [_measured(prometheus, desk, room, (at, least)) for room in rooms]
        rooms, queries = [room for room, _ in answers], [query for _, query in answers]
    except NoData as error:
        problem = str(error)
    enough = wanted is not None and all(room.after >= 0 for room in rooms if room.uplink == mine)
    body = {
        "kind": KIND,
        "opd": opd,
        "at": at,
        "days": DAYS,
        "uplink": mine,
        "reserve": RESERVE_RATIO,
        "least": least,
        "present": allocations.as_data(present) if present else None,
        "wanted": allocations.as_data(wanted) if wanted else None,
        "available": enough if wanted is not None else None,
        "rooms": [room.data() for room in rooms],
        "queries": [[query, at] for query in queries],
        "problem": problem,
    }
    return {**body, "sha256": hashlib.sha256(canonical(body).encode()).hexdigest()}


def _room(uplink: Uplink, way: str, rows: list[Row], added: int) -> UplinkRoom:
    promises = commitment(capacity_of(uplink, way), allocations.promised(rows, way))
    return UplinkRoom(
        uplink=uplink.name,
        way=way,
        capacity=promises.capacity,
        reserve=promises.reserve,
        committed=promises.guaranteed,
        added=added,
        ceilings=promises.ceilings,
    )


def _added(way: str, present: Allocation | None, wanted: Allocation | None) -> int:
    """What the request adds to the guarantees in force."""
    before = getattr(present, f"{way}_guaranteed") if present else 0
    return int(getattr(wanted, f"{way}_guaranteed")) - int(before) if wanted else 0


def _measured(prometheus: Prometheus, desk: Desk, room: UplinkRoom, of: tuple[float, float]) -> tuple[UplinkRoom, str]:
    """The room with how full its line was until a moment, where so much of it was measured; the query of its means."""
    at, least = of
    line = read_uplink(prometheus, desk.city.uplink(room.uplink), (room.way, at, DAYS))
    share = line.measured(DAYS)
    if share < least:
        return replace(room, measured=share), line.query
    use = summary(line.points, room.capacity, desk.calendar)
    hours = [(value, hour) for hour, value in enumerate(use.hours) if value is not None]
    busiest = (max(hours)[1], max(hours)[0]) if hours else None
    return replace(room, measured=share, p95=use.p95, busiest=busiest), line.query
