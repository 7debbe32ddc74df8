"""Laporan monitoring bandwidth (PKL-B-CT3): an OPD's thirty days out of Prometheus, to be frozen into its case.

One series of 5-minute means for each direction is all that is read; every figure is computed from its points, so
whoever has the series gets the same figures. What was not measured is left out and said. Rates are bytes per second.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from request_tracker.advice_settings import EvidencePart
from request_tracker.cases import Desk
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.ceilings import ceilings_of, within
from request_tracker.evidence.direction import Direction, summary
from request_tracker.evidence.monitoring import made_up_notes
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, STEP_SECONDS, on_the_grid
from request_tracker.evidence.uptime import Query, Uptime, asked_of_opd, month_before, of_opd, read_uptime
from request_tracker.evidence.use import NO_USE, WAYS, MeasuredUse, read_use, use_query
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.store.chain import canonical

KIND = "laporan_monitoring_bandwidth"
DAYS = 30  # A month of office days.


@dataclass(frozen=True, kw_only=True)
class BandwidthReport:
    """The report as of ``at``; ``measured`` is the share of the window that has points.

    ``availability`` is the share of the measured minutes of the last thirty days that are over in which the line was
    reachable (``uptime``), ``availability_measured`` how many of all minutes were measured and ``availability_least``
    how many must have been; a report frozen before that was asked has None. ``measured_ways`` is ``measured`` of each
    direction: below ``availability_least`` a paper says no figure of it. ``made_up_before``: of a demo, what is from
    before that moment was invented, as ``notes`` say.
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
    availability_least: float | None = None
    notes: tuple[str, ...] = ()
    made_up_before: float | None = None
    measured_ways: tuple[float, float] | None = None

    def data(self) -> dict[str, Any]:
        """Plain data with its own hash, to be frozen."""
        body = {"kind": KIND, **asdict(self)}
        if self.made_up_before is None:
            # Of a demo alone; without them the same figures keep the hash they had.
            del body["notes"], body["made_up_before"]
        return {**body, "sha256": hashlib.sha256(canonical(body).encode()).hexdigest()}


def bandwidth_report(
    prometheus: Prometheus, desk: Desk, opd: str, now: datetime, rule: EvidencePart = USUAL
) -> BandwidthReport:
    """Ask for both directions, availability and drops; a silent Prometheus is said in ``problem``."""
    # On the grid of five minutes, so that whoever asks again at the same ``at`` gets the same points.
    at = on_the_grid(now.timestamp())
    extra = _extra(opd)
    answers: list[float | None] = [None] * len(extra)
    uses: dict[str, MeasuredUse] = dict.fromkeys(WAYS, NO_USE)
    uptime, uptime_queries, problem = Uptime(), list[Query](), None
    try:
        uses = {way: read_use(prometheus, desk.city, (opd, way), at, DAYS) for way in WAYS}
        answers = [prometheus.first_value(expression, at) for expression in extra]
        of = (of_opd(opd), asked_of_opd(opd))
        uptime = read_uptime(prometheus, desk, of, month_before(desk, now), uptime_queries)
    except NoData as error:
        problem = str(error)
    shares = uses["receive"].measured(DAYS), uses["transmit"].measured(DAYS)
    queries = [uses[way].query or use_query(desk.city, opd, way) for way in WAYS]
    return BandwidthReport(
        opd=opd,
        at=at,
        days=DAYS,
        measured=min(shares),
        measured_ways=shares,
        receive=_direction(desk, (opd, "receive"), uses["receive"], at),
        transmit=_direction(desk, (opd, "transmit"), uses["transmit"], at),
        allocation=allocations.allocation_of(desk.store, opd, now),
        availability=uptime.share,
        dropped=(answers[0], answers[1]),
        queries=(*((expression, at) for expression in (*queries, *extra)), *uptime_queries),
        problem=problem,
        availability_measured=uptime.measured_share,
        availability_least=rule.least_measured_percent / 100,
        notes=tuple(note.indonesian for note in made_up_notes(prometheus, desk.calendar, at, DAYS)),
        made_up_before=prometheus.made_up_before,
    )


def _extra(opd: str) -> list[str]:
    """What the shaper dropped each way."""
    return [
        f'sum(increase(lebarpita_shaping_class_drops_total{{opd="{opd}",direction="{way}"}}[{DAYS}d]))' for way in WAYS
    ]


def _direction(desk: Desk, of: tuple[str, str], use: MeasuredUse, at: float) -> Direction:
    """One direction's figures, each point under the ceiling that was in force at it."""
    opd, way = of
    ceilings = within(ceilings_of(desk.store, opd, way, at), at - DAYS * DAY_SECONDS, at)
    return summary(use.points, ceilings, desk.calendar)


__all__ = ["DAYS", "KIND", "STEP_SECONDS", "BandwidthReport", "Direction", "bandwidth_report", "summary"]
