"""The register of bandwidth that was asked for and could not be given (KTM-CT), by uplink, for next year's budget.

Cases in, sums out; reads only. An office counts once, with the largest of its wishes that is still above what it holds,
so that asking three times does not triple the need; download and upload each by itself. Rates are bytes per second.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.admission import capacity_for, capacity_of
from inventory.model import Uplink
from inventory.topology import uplink_of
from request_tracker.capacity.waiting_list import UNMET, WaitingRequest
from request_tracker.cases import Desk
from request_tracker.evidence.forecast import Forecast, forecast
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.use import WAYS
from request_tracker.ledger.allocation import rates_of
from request_tracker.ledger.allocations import allocation_in, rows_in_force
from request_tracker.store.chain import stamp

LOOK_BACK = timedelta(days=365)  # The budget is made once a year.


@dataclass(frozen=True)
class RateLack:
    """One direction of a wish that was not met: what was wanted, and what the OPD holds now."""

    wanted: int
    present: int

    @property
    def lacking(self) -> int:
        """What is still missing; nothing where the office has got it since."""
        return max(0, self.wanted - self.present)


@dataclass(frozen=True, kw_only=True)
class UnmetWish:
    """One request that ended unmet: its wish in each direction that it names, download always."""

    number: str
    opd: str
    uplink: str
    ending: str
    ended_at: datetime
    lacks: Mapping[str, RateLack]
    waiting: WaitingRequest | None


@dataclass(frozen=True, kw_only=True)
class Need:
    """One direction of an uplink next year; ``total`` and ``to_buy`` are None where it was not measured long enough."""

    uplink: str
    way: str
    capacity: int
    lacking: int
    use: Forecast
    total: float | None
    to_buy: float | None


def lacks(desk: Desk, waiting: Iterable[WaitingRequest], now: datetime) -> tuple[UnmetWish, ...]:
    """Every request of the last year that ended refused or not available, the newest first."""
    rows = desk.store.rows(
        "SELECT c.number, c.opd, c.ending, c.ended_at, json_extract(e.data, '$.form.wanted_receive') AS receive,"
        " json_extract(e.data, '$.form.wanted_transmit') AS transmit"
        " FROM cases c JOIN events e ON e.case_id = c.id AND e.seq = 1"
        " WHERE c.ending IN (?, ?) AND c.ended_at >= ? AND c.kind = 'request' AND c.opd IS NOT NULL ORDER BY c.id DESC",
        [*UNMET, stamp(now - LOOK_BACK)],
    )
    # As it is today, not when the case ended: what was granted since is no lack any more.
    at_ceiling = {row["opd"]: allocation_in(row) for row in rows_in_force(desk.store, now)}
    listed = {request.number: request for request in waiting}
    return tuple(
        UnmetWish(
            number=row["number"],
            opd=row["opd"],
            uplink=uplink_of(desk.city, row["opd"]),
            ending=row["ending"],
            ended_at=datetime.fromisoformat(row["ended_at"]),
            lacks={
                way: RateLack(
                    row[way], rates_of(at_ceiling[row["opd"]], way).ceiling if row["opd"] in at_ceiling else 0
                )
                for way in WAYS
                if isinstance(row[way], int)
            },
            waiting=listed.get(row["number"]),
        )
        for row in rows
        if isinstance(row["receive"], int)
    )


def needs_of(desk: Desk, prometheus: Prometheus, unmet: Iterable[UnmetWish], now: datetime) -> tuple[Need, ...]:
    """Each direction's use in a year plus what is lacking, and how much more line that takes at 95 % of it."""
    most: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for wish in unmet:
        for way, lack in wish.lacks.items():
            of_line = most[wish.uplink, way]
            of_line[wish.opd] = max(lack.lacking, of_line.get(wish.opd, 0))
    return tuple(
        _need(uplink, way, sum(most[uplink.name, way].values()), forecast(prometheus, uplink, now.timestamp(), way))
        for uplink in desk.city.uplinks
        for way in WAYS
    )


def _need(uplink: Uplink, way: str, lacking: int, use: Forecast) -> Need:
    capacity = capacity_of(uplink, way)
    total = None if use.next_year is None else use.next_year + lacking
    to_buy = None if total is None else max(0.0, capacity_for(total) - capacity)
    return Need(uplink=uplink.name, way=way, capacity=capacity, lacking=lacking, use=use, total=total, to_buy=to_buy)
