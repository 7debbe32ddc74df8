"""The register of bandwidth that was asked for and could not be given (KTM-CT), by uplink, for next year's budget.

Cases in, sums out; reads only. An office counts once, with the largest of its wishes that is still above what it holds,
so that asking three times does not triple the need. Rates are bytes per second, download.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.admission import capacity_for
from inventory.topology import uplink_of
from request_tracker.capacity.waiting_list import UNMET, WaitingRequest
from request_tracker.cases import Desk
from request_tracker.evidence.forecast import Forecast, forecast
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.ledger.allocations import rows_in_force
from request_tracker.store.chain import stamp

LOOK_BACK = timedelta(days=365)  # The budget is made once a year.


@dataclass(frozen=True, kw_only=True)
class UnmetWish:
    """One request that ended unmet: its wish, the OPD's present ceiling, and what is still lacking."""

    number: str
    opd: str
    uplink: str
    ending: str
    ended_at: datetime
    wanted: int
    present: int
    waiting: WaitingRequest | None

    @property
    def lacking(self) -> int:
        """What is still missing; nothing where the office has got it since."""
        return max(0, self.wanted - self.present)


@dataclass(frozen=True)
class Need:
    """An uplink's need next year. ``total`` and ``to_buy`` are None where the use was not measured long enough."""

    uplink: str
    capacity: int
    lacking: int
    use: Forecast
    total: float | None
    to_buy: float | None


def lacks(desk: Desk, waiting: Iterable[WaitingRequest], now: datetime) -> tuple[UnmetWish, ...]:
    """Every request of the last year that ended refused or not available, the newest first."""
    rows = desk.store.rows(
        "SELECT c.number, c.opd, c.ending, c.ended_at, json_extract(e.data, '$.form.wanted_receive') AS wanted"
        " FROM cases c JOIN events e ON e.case_id = c.id AND e.seq = 1"
        " WHERE c.ending IN (?, ?) AND c.ended_at >= ? AND c.kind = 'request' AND c.opd IS NOT NULL ORDER BY c.id DESC",
        [*UNMET, stamp(now - LOOK_BACK)],
    )
    # As it is today, not when the case ended: what was granted since is no lack any more.
    ceilings = {row["opd"]: int(row["receive_ceiling"]) for row in rows_in_force(desk.store, now)}
    listed = {request.number: request for request in waiting}
    return tuple(
        UnmetWish(
            number=row["number"],
            opd=row["opd"],
            uplink=uplink_of(desk.city, row["opd"]),
            ending=row["ending"],
            ended_at=datetime.fromisoformat(row["ended_at"]),
            wanted=row["wanted"],
            present=ceilings.get(row["opd"], 0),
            waiting=listed.get(row["number"]),
        )
        for row in rows
        if isinstance(row["wanted"], int)
    )


def needs_of(desk: Desk, prometheus: Prometheus, unmet: Iterable[UnmetWish], now: datetime) -> tuple[Need, ...]:
    """Each uplink's use in a year plus what is lacking, and how much more line that takes at 95 % of it."""
    most: dict[str, dict[str, int]] = defaultdict(dict)
    for lack in unmet:
        most[lack.uplink][lack.opd] = max(lack.lacking, most[lack.uplink].get(lack.opd, 0))
    needs = []
    for uplink in desk.city.uplinks:
        lacking, use = sum(most[uplink.name].values()), forecast(prometheus, uplink.name, now.timestamp())
        total = None if use.next_year is None else use.next_year + lacking
        line = None if total is None else capacity_for(total)
        to_buy = None if line is None else max(0.0, line - uplink.receive_capacity)
        needs.append(Need(uplink.name, uplink.receive_capacity, lacking, use, total, to_buy))
    return tuple(needs)
