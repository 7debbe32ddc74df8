"""Laporan monitoring bandwidth (PKL-B-CT3): an OPD's thirty days out of Prometheus, to be frozen into its case.

One series of 5-minute averages for each direction is all that is read; every figure is computed from its points, so
whoever has the series gets the same figures. What was not measured is left out and said. Rates are bytes per second.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from request_tracker.calendar.working_time import Calendar
from request_tracker.cases import Desk
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import Allocation
from request_tracker.store.chain import canonical

KIND = "laporan_monitoring_bandwidth"
# A month of office days. The step is that of the recording rules: every rate here is a 5-minute average.
DAYS, STEP_SECONDS = 30, 300
MONTH_DAYS = 30.0  # Growth is told per month, whatever the calendar makes of it.
# Two whole weeks: below that, the weekend decides where the line of growth points.
LEAST_DAYS_FOR_GROWTH = 14
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Direction:
    """One direction: shares are of the measured time; ``hours`` are means by hour of the office's day.

    ``week`` is the same for each of the seven days, Monday first.

    ``growth`` is the change per month by least squares over daily p95, with the half width of its 95 % interval; both
    None below fourteen measured days. ``hourly`` holds (moment, highest 5-minute average) for the graph.
    """

    p50: float | None = None
    p95: float | None = None
    office_p95: float | None = None
    peak: float | None = None
    peak_at: float | None = None
    above_80: float | None = None
    above_95: float | None = None
    hours: tuple[float | None, ...] = (None,) * 24
    week: tuple[tuple[float | None, ...], ...] = ()
    growth: float | None = None
    growth_interval: float | None = None
    hourly: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class BandwidthReport:
    """The report as of ``at``; ``measured`` is the share of the window that has points."""

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

    def data(self) -> dict[str, Any]:
        """Plain data with its own hash, to be frozen."""
        body = {"kind": KIND, **asdict(self)}
        return {**body, "sha256": hashlib.sha256(canonical(body).encode()).hexdigest()}


def bandwidth_report(prometheus: Prometheus, desk: Desk, opd: str, now: datetime) -> BandwidthReport:
    """Ask for both directions, availability and drops; a silent Prometheus is said in ``problem``."""
    # On the grid of the recording rules, so that whoever asks again at the same ``at`` gets the same points.
    at = float(int(now.timestamp()) // STEP_SECONDS * STEP_SECONDS)
    allocation = allocations.allocation_of(desk.store, opd, now)
    series: dict[str, Points] = {"receive": (), "transmit": ()}
    window, rates = DAYS * 86400, [rate_of(opd, way) for way in series]
    # Subqueries at one minute: the watch probes each second and is scraped each 15 s; a minute keeps thirty days at
    # 43,200 samples, far below Prometheus' limit of 50 million a query.
    extra = [f'avg_over_time((max(lebarpita_reachable{{opd="{opd}"}}))[{DAYS}d:1m])']
    extra += [
        f'sum(increase(lebarpita_shaping_class_drops_total{{opd="{opd}",direction="{way}"}}[{DAYS}d]))'
        for way in series
    ]
    answers: list[float | None] = [None] * len(extra)
    problem = None
    try:
        series = {way: prometheus.series(rate_of(opd, way), at - window, at, STEP_SECONDS) for way in series}
        answers = [prometheus.first_value(expression, at) for expression in extra]
    except NoData as error:
        problem = str(error)
    directions = {
        way: summary(points, getattr(allocation, f"{way}_ceiling", None), desk.calendar)
        for way, points in series.items()
    }
    measured = min(1.0, len(series["receive"]) * STEP_SECONDS / window)
    queries = tuple((expression, at) for expression in (*rates, *extra))
    return BandwidthReport(
        opd=opd,
        at=at,
        days=DAYS,
        measured=measured,
        receive=directions["receive"],
        transmit=directions["transmit"],
        allocation=allocation,
        availability=answers[0],
        dropped=(answers[1], answers[2]),
        queries=queries,
        problem=problem,
    )


def rate_of(opd: str, way: str) -> str:
    """The recorded 5-minute average of a direction."""
    # max: during a restart or a move two instances may carry the same OPD for five minutes, and a sum would double it.
    return f'max(opd:{way}:rate5m{{opd="{opd}"}})'


def summary(points: Points, ceiling: int | None, calendar: Calendar) -> Direction:
    """Every figure of one direction from its points."""
    if not points:
        return Direction()
    times = np.array([at for at, _ in points])
    values = np.array([value for _, value in points])
    local = [calendar.local(datetime.fromtimestamp(at, UTC)) for at in times]
    # Office hours are the calendar's of that very day: they differ by weekday, and a holiday has none.
    office = np.array([any(a <= moment.time() < b for a, b in calendar.spans(moment.date())) for moment in local])
    hour = np.array([moment.hour for moment in local])
    highest = int(values.argmax())
    days = np.array([moment.toordinal() for moment in local])
    weekday = np.array([moment.weekday() for moment in local])
    return Direction(
        p50=float(np.quantile(values, 0.5)),
        p95=float(np.quantile(values, 0.95)),
        office_p95=float(np.quantile(values[office], 0.95)) if office.any() else None,
        peak=float(values[highest]),
        peak_at=float(times[highest]),
        above_80=float((values >= 0.80 * ceiling).mean()) if ceiling else None,
        above_95=float((values >= 0.95 * ceiling).mean()) if ceiling else None,
        hours=_by_hour(hour, values),
        week=tuple(_by_hour(hour[weekday == d], values[weekday == d]) for d in range(7)),
        **dict(zip(("growth", "growth_interval"), growth(days, values), strict=True)),
        hourly=_hourly(times, values),
    )


def _by_hour(hour: "np.typing.NDArray[Any]", values: "np.typing.NDArray[Any]") -> tuple[float | None, ...]:
    """The mean of each hour of the day; None where it has no point."""
    return tuple(float(values[hour == h].mean()) if (hour == h).any() else None for h in range(24))


def growth(days: "np.typing.NDArray[Any]", values: "np.typing.NDArray[Any]") -> tuple[float | None, float | None]:
    """Change per month and the half width of its 95 % interval: least squares over the p95 of each day."""
    measured_days = np.unique(days)
    if len(measured_days) < LEAST_DAYS_FOR_GROWTH:
        return None, None
    daily = np.array([np.quantile(values[days == day], 0.95) for day in measured_days])
    (slope, _), covariance = np.polyfit(measured_days - measured_days[0], daily, 1, cov=True)
    # 1.96 standard errors on each side of the slope: the 95 % interval of the normal distribution.
    return float(slope * MONTH_DAYS), float(1.96 * np.sqrt(max(covariance[0, 0], 0.0)) * MONTH_DAYS)


def _hourly(times: "np.typing.NDArray[Any]", values: "np.typing.NDArray[Any]") -> tuple[tuple[float, float], ...]:
    hours = (times // 3600).astype(int)
    return tuple((float(hour * 3600), float(values[hours == hour].max())) for hour in np.unique(hours))
