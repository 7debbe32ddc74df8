"""A month of one OPD or one uplink ("apa yang kami dapat?"): a desk, its monitoring and a month in, figures out.

The same counts and the same availability as the quarter's. What was not measured is said. Rates are bytes per second.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from inventory.admission import capacity_of
from inventory.titles import title
from request_tracker.advice_settings import EvidencePart
from request_tracker.cases.context import Desk
from request_tracker.errors import TrackerError
from request_tracker.evidence.advice import USUAL
from request_tracker.evidence.ceilings import Ceilings, ceilings_of, usual_ceilings_of, within
from request_tracker.evidence.direction import Direction, summary
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, STEP_SECONDS, Points
from request_tracker.evidence.uptime import Uptime, midnight, of_line, of_opd
from request_tracker.evidence.uptime_days import MeasuredDays, keep_between, kept_days
from request_tracker.evidence.use import WAYS, read_uplink, read_use
from request_tracker.reports.case_counts import CaseFigure, count_cases
from request_tracker.reports.outage_counts import OutageCounts, count_outages
from request_tracker.reports.periods import Period
from request_tracker.words.bilingual import Both

OPD, UPLINK = "opd", "uplink"


@dataclass(frozen=True, kw_only=True)
class MonthFigures:
    """One subject's month; ``limits`` is an uplink's capacity or an OPD's ceiling at the month's end, by direction.

    ``use_measured``: by direction, the share of the days that are over of which there is a mean, 0 to 1;
    ``measured_until``: the day up to which days are over; ``problem``: what the monitoring did not answer.
    """

    month: Period
    kind: str
    key: str
    name: str
    measured_until: date
    least: float
    measured: MeasuredDays
    outages: OutageCounts
    line_names: Mapping[str, str]
    cases: tuple[CaseFigure, ...]
    sop_names: Mapping[str, Both]
    use: Mapping[str, Direction]
    use_measured: Mapping[str, float]
    limits: Mapping[str, float | None]
    problem: Both | None = None


def month_of(
    desk: Desk, of: tuple[str, str, Period], now: datetime, prometheus: Prometheus, rule: EvidencePart = USUAL
) -> MonthFigures:
    """The month of ``of``: its kind (``opd`` or ``uplink``), its key, the month. Raises TrackerError."""
    kind, key, period = of
    name = _name(desk, kind, key)
    zone, problem = desk.calendar.zone, None
    begin, end = period.moments(zone)
    until = max(period.since, min(period.until, desk.calendar.local(now).date()))
    points: dict[str, Points] = {way: [] for way in WAYS}
    try:
        if prometheus.url:
            keep_between(desk, prometheus, (period.since, until), now)
            points = {way: _points(prometheus, desk, (kind, key, way), (period.since, until)) for way in WAYS}
    except NoData as error:
        problem = error.both()
    first, last = (midnight(day, zone) for day in (period.since, until))
    minutes = round((last - first) / 60)
    subject = of_opd(key) if kind == OPD else of_line(key)
    cases, outages = count_cases(desk, begin, end, now), count_outages(desk, begin, end, now)
    limits = {way: _limits(desk, (kind, key, way), first, last) for way in WAYS}
    roots = {outage.root for outage in outages.outages}
    return MonthFigures(
        month=period,
        kind=kind,
        key=key,
        name=name,
        measured_until=until,
        least=rule.least_measured_percent / 100,
        measured=kept_days(desk.store, (period.since, until), minutes).get(
            subject, MeasuredDays(Uptime(minutes), 0.0, 0.0)
        ),
        outages=outages.of_office(key) if kind == OPD else outages.of_root(key),
        line_names={root: title(desk.city, root) for root in roots},
        cases=tuple(case for case in cases.cases if kind == OPD and case.opd == key),
        sop_names=cases.sop_names,
        use={way: summary(points[way], limits[way], desk.calendar) for way in WAYS},
        use_measured={way: _share(points[way], last - first) for way in WAYS},
        limits={way: _usual(desk, (kind, key, way), limits[way], last) for way in WAYS},
        problem=problem,
    )


def _share(points: Points, seconds: float) -> float:
    return min(1.0, len(points) * STEP_SECONDS / seconds) if seconds > 0 else 0.0


def _name(desk: Desk, kind: str, key: str) -> str:
    keys = [opd.code for opd in desk.city.opds] if kind == OPD else [uplink.name for uplink in desk.city.uplinks]
    if kind not in (OPD, UPLINK) or key not in keys:
        raise TrackerError(f"{key!r} is no {kind} of the city file; there are {', '.join(keys)}")
    return desk.city.opd(key).name if kind == OPD else title(desk.city, key)


def _points(prometheus: Prometheus, desk: Desk, of: tuple[str, str, str], days: tuple[date, date]) -> Points:
    """The 5-minute means of the days that are over; none where none is."""
    kind, key, way = of
    count, end = (days[1] - days[0]).days, midnight(days[1], desk.calendar.zone)
    if count < 1:
        return []
    if kind == OPD:
        return read_use(prometheus, desk.city, (key, way), end, count).points
    return read_uplink(prometheus, desk.city.uplink(key), (way, end, count)).points


def _usual(desk: Desk, of: tuple[str, str, str], limits: Ceilings, end: float) -> float | None:
    """What it has at the end for all hours; a night's rates are drawn, and are not what an office says it has."""
    kind, key, way = of
    begins = usual_ceilings_of(desk.store, key, way, end) if kind == OPD else limits
    return (begins or limits)[-1][1] if limits else None


def _limits(desk: Desk, of: tuple[str, str, str], begin: float, end: float) -> Ceilings:
    """The ceilings of an OPD over the month, an uplink's capacity."""
    kind, key, way = of
    if kind == UPLINK:
        return [(begin, float(capacity_of(desk.city.uplink(key), way)))]
    # An allocation of a month that has no day over yet is that of its first.
    return within(ceilings_of(desk.store, key, way, max(end, begin + DAY_SECONDS)), begin, max(end, begin + 1))
