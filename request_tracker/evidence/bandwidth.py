"""Laporan monitoring bandwidth (PKL-B-CT3): an OPD's thirty days out of Prometheus, to be frozen into its case.

One series of 5-minute means for each direction is all that is read; every figure is computed from its points, so
whoever has the series gets the same figures. What was not measured is left out and said. Rates are bytes per second.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from request_tracker.cases import Desk
from request_tracker.evidence.ceilings import ceilings_of, within
from request_tracker.evidence.direction import Direction, summary
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, STEP_SECONDS, on_the_grid
from request_tracker.evidence.use import NO_USE, WAYS, MeasuredUse, read_use, use_query
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.store.chain import canonical

KIND = "laporan_monitoring_bandwidth"
DAYS = 30  # A month of office days.
MINUTES_A_DAY = 1440


@dataclass(frozen=True, kw_only=True)
class BandwidthReport:
    """The report as of ``at``; ``measured`` is the share of the window that has points.

    ``availability`` is the share of the measured minutes in which the line was reachable, ``availability_measured`` how
    many of all minutes were measured; a report frozen before that was asked has None.
    """

    opd: str
    at: float
    days: int
    measured: float
    receive: Direction
    transmit: Direction
    allocation: Allocation | None
    availability: float | None
    dropped: tuple[float | None, float | None]
    queries: tuple[tuple[str, float], ...]
    problem: str | None = None
    availability_measured: float | None = None

    def data(self) -> dict[str, Any]:
        """Plain data with its own hash, to be frozen."""
        body = {"kind": KIND, **asdict(self)}
        return {**body, "sha256": hashlib.sha256(canonical(body).encode()).hexdigest()}


def bandwidth_report(prometheus: Prometheus, desk: Desk, opd: str, now: datetime) -> BandwidthReport:
    """Ask for both directions, availability and drops; a silent Prometheus is said in ``problem``."""
    # On the grid of five minutes, so that whoever asks again at the same ``at`` gets the same points.
    at = on_the_grid(now.timestamp())
    extra = _extra(opd)
    answers: list[float | None] = [None] * len(extra)
    uses: dict[str, MeasuredUse] = dict.fromkeys(WAYS, NO_USE)
    problem = None
    try:
        uses = {way: read_use(prometheus, desk.city, (opd, way), at, DAYS) for way in WAYS}
        answers = [prometheus.first_value(expression, at) for expression in extra]
    except NoData as error:
        problem = str(error)
    queries = [uses[way].query or use_query(desk.city, opd, way) for way in WAYS]
    return BandwidthReport(
        opd=opd,
        at=at,
        days=DAYS,
        measured=min(use.measured(DAYS) for use in uses.values()),
        receive=_direction(desk, (opd, "receive"), uses["receive"], at),
        transmit=_direction(desk, (opd, "transmit"), uses["transmit"], at),
        allocation=allocations.allocation_of(desk.store, opd, now),
        availability=answers[0],
        dropped=(answers[1], answers[2]),
        queries=tuple((expression, at) for expression in (*queries, *extra)),
        problem=problem,
        availability_measured=min(1.0, (answers[3] or 0.0) / (DAYS * MINUTES_A_DAY)),
    )


def _extra(opd: str) -> list[str]:
    """Availability, what the shaper dropped each way, and the minutes that were measured."""
    # Subqueries at one minute: the watch probes each second and is scraped each 15 s; a minute keeps thirty days at
    # 43,200 samples, far below Prometheus' limit of 50 million a query.
    minutes = f'(max(lebarpita_reachable{{opd="{opd}"}}))[{DAYS}d:1m]'
    drops = (
        f'sum(increase(lebarpita_shaping_class_drops_total{{opd="{opd}",direction="{way}"}}[{DAYS}d]))' for way in WAYS
    )
    return [f"avg_over_time({minutes})", *drops, f"count_over_time({minutes})"]


def _direction(desk: Desk, of: tuple[str, str], use: MeasuredUse, at: float) -> Direction:
    """One direction's figures, each point under the ceiling that was in force at it."""
    opd, way = of
    ceilings = within(ceilings_of(desk.store, opd, way, at), at - DAYS * DAY_SECONDS, at)
    return summary(use.points, ceilings, desk.calendar)


__all__ = ["DAYS", "KIND", "STEP_SECONDS", "BandwidthReport", "Direction", "bandwidth_report", "summary"]
