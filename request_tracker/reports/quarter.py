"""The quarterly evaluation (PKL-S-13): a desk and a quarter in, its figures out. Reads only; every figure from events.

Times of steps are net of pauses, on the clock the SOP counts by. A case belongs to the quarter in which it ended; one
that is still open belongs to the quarter in which it was opened.
"""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from request_tracker.cases.clocks import running
from request_tracker.cases.context import Desk
from request_tracker.cases.fold import fold
from request_tracker.cases.model import EARLY
from request_tracker.cases.queries import history
from request_tracker.errors import TrackerError
from request_tracker.reports.survey import Index, index_of
from request_tracker.sop import register
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.words.written import FIRST_DAY, LAST_DAY

_MONTHS = 3  # Of a quarter.
# An outage that came back counts with the minutes of its interruptions, not with those between them.
_OVER = "min(ended_at, started_at + coalesce(down_seconds, 9e17))"


@dataclass(frozen=True)
class Quarter:
    """Three months; ``until`` is the first day that no longer belongs."""

    name: str
    since: date
    until: date


@dataclass(frozen=True)
class StepTimes:
    """One step of an SOP over the quarter: visits, how many were late, hours net (median and 90th percentile)."""

    sop: str
    step: str
    visits: int
    late: int
    median_hours: float
    p90_hours: float


@dataclass(frozen=True)
class Volume:
    """One SOP over the quarter: cases opened, ended by their ending, how many missed the promise, rounds repeated."""

    sop: str
    opened: int
    endings: tuple[tuple[str, int], ...]
    late: int
    loops: int = 0


@dataclass(frozen=True)
class OpdQuarter:
    """One OPD over the quarter: cases it opened, minutes it was cut off, and the share of the time it was not."""

    opd: str
    opened: int
    minutes: int
    availability: float


@dataclass(frozen=True)
class Unmet:
    """KTM-CT: a request that could not be met: what was asked and is still lacking, in bytes a second."""

    number: str
    opd: str
    wanted: int
    ended_on: date


@dataclass(frozen=True)
class Evaluation:
    """The whole quarter."""

    quarter: Quarter
    volumes: tuple[Volume, ...]
    steps: tuple[StepTimes, ...]
    unmet: tuple[Unmet, ...]
    satisfaction: Index
    outages: int
    outage_minutes: int
    opds: tuple[OpdQuarter, ...] = ()
    # Minutes of outages that announced work explains; ``outage_minutes`` is without them.
    planned_minutes: int = 0


def quarter(text: str) -> Quarter:
    """A quarter written as 2026-Q3. Raises TrackerError."""
    match = re.fullmatch(r"(\d{4})-Q([1-4])", text)
    if not match or not FIRST_DAY.year <= int(match[1]) <= LAST_DAY.year:
        raise TrackerError(f"{text!r} is no quarter; write for example 2026-Q3")
    year, first = int(match[1]), (int(match[2]) - 1) * _MONTHS + 1
    following = date(year + 1, 1, 1) if first == 10 else date(year, first + _MONTHS, 1)
    return Quarter(text, date(year, first, 1), following)


def evaluate(desk: Desk, of: Quarter, now: datetime) -> Evaluation:
    """All figures of a quarter as they stand now."""
    zone = desk.calendar.zone
    begin, end = (_midnight(day, zone) for day in (of.since, of.until))
    opened: Counter[str] = Counter()
    endings: dict[str, Counter[str]] = defaultdict(Counter)
    late: Counter[str] = Counter()
    visits: dict[tuple[str, str], list[tuple[float, bool]]] = defaultdict(list)
    unmet: list[Unmet] = []
    loops: Counter[str] = Counter()
    requests: Counter[str] = Counter()
    for row in _rows(desk, begin, end):
        case, events = fold(history(desk, row["number"])), history(desk, row["number"])
        sop = register.by_hash(desk.store, case.sop_hash)
        clocks = running(events, sop, desk.calendar, min(now, end))
        opened[case.sop] += begin <= case.opened_at < end
        requests[case.opd or ""] += begin <= case.opened_at < end
        loops[case.sop] += case.round - 1
        if case.ended_at is not None and begin <= case.ended_at < end:
            endings[case.sop][str(case.ending)] += 1
            wanted = case.form.get("wanted_receive")
            if case.ending in ("tidak_tersedia", "ditolak") and isinstance(wanted, int):
                unmet.append(Unmet(case.number, case.opd or "", wanted, case.ended_at.astimezone(zone).date()))
        # Ended early it is an outcome like others, and measures nothing.
        if case.ending in EARLY:
            continue
        # As of the quarter's end: a case that became late afterwards belongs to the next evaluation.
        late[case.sop] += clocks.service.late
        for step in clocks.steps:
            visits[case.sop, step.step].append((step.clock.net.total_seconds() / 3600, step.clock.late))
    volumes = tuple(
        Volume(code, opened[code], tuple(sorted(endings[code].items())), late[code], loops[code])
        for code in sorted({*opened, *endings})
    )
    steps = tuple(_times(sop, step, times) for (sop, step), times in sorted(visits.items()))
    index = index_of(desk.store, of.since.isoformat(), of.until.isoformat())
    count, lasted, announced = _outages(desk, begin, end, now)
    opds = _opds(desk, requests, begin, min(now, end))
    return Evaluation(of, volumes, steps, tuple(unmet), index, count, lasted, opds, planned_minutes=announced)


def _rows(desk: Desk, begin: datetime, end: datetime) -> list[dict[str, str]]:
    sql = (
        "SELECT number FROM cases WHERE (ended_at >= ? AND ended_at < ?) OR (opened_at >= ? AND opened_at < ?)"
        " ORDER BY number"
    )
    return desk.store.rows(sql, [stamp(begin), stamp(end)] * 2)


def _times(sop: str, step: str, visits: list[tuple[float, bool]]) -> StepTimes:
    hours = [took for took, _ in visits]
    # "inclusive": all visits of the quarter are known, so the figure lies between the shortest and the longest.
    ninetieth = quantiles(hours, n=10, method="inclusive")[-1] if len(hours) > 1 else hours[0]
    return StepTimes(sop, step, len(visits), sum(late for _, late in visits), median(hours), ninetieth)


def _outages(desk: Desk, begin: datetime, end: datetime, now: datetime) -> tuple[int, int, int]:
    """How many outages touched the quarter, their minutes within it, and the minutes of announced work, apart."""
    rows = desk.store.rows(f"SELECT started_at, {_OVER} AS ended_at, planned FROM tickets")
    first, last = begin.timestamp(), min(end, now).timestamp()
    spans = [(max(row["started_at"], first), min(row["ended_at"] or last, last)) for row in rows]
    inside = [until - since for since, until in spans if until > since]
    announced = sum(_announced(row, *span) for row, span in zip(rows, spans, strict=True))
    return len(inside), round((sum(inside) - announced) / 60), round(announced / 60)


def _announced(row: Row, since: float, until: float) -> float:
    """Seconds of an outage between two moments that announced work explains (``outages.planned_time``)."""
    spans: list[tuple[float, float]] = json.loads(row["planned"] or "[]")
    return sum(max(0.0, min(end, until) - max(begin, since)) for begin, end in spans)


def _opds(desk: Desk, requests: Counter[str], begin: datetime, end: datetime) -> tuple[OpdQuarter, ...]:
    """Every OPD of the inventory that opened a case or was cut off, those with most cases first."""
    first, last = begin.timestamp(), end.timestamp()
    spans: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in desk.store.rows(f"SELECT offices, started_at, {_OVER} AS ended_at FROM tickets ORDER BY started_at"):
        since, until = max(row["started_at"], first), min(row["ended_at"] or last, last)
        for opd in json.loads(row["offices"]) if until > since else ():
            spans[opd].append((since, until))
    opds = []
    for opd in (opd.code for opd in desk.city.opds):
        cut_off = _covered(spans[opd])
        if requests[opd] or cut_off:
            share = 1 - cut_off / (last - first) if last > first else 1.0
            opds.append(OpdQuarter(opd, requests[opd], round(cut_off / 60), share))
    return tuple(sorted(opds, key=lambda row: (-row.opened, row.availability, row.opd)))


def _covered(spans: list[tuple[float, float]]) -> float:
    """Seconds covered by spans in the order of their begin; what overlaps counts once."""
    total, reached = 0.0, 0.0
    for since, until in spans:
        total += max(0.0, until - max(since, reached))
        reached = max(reached, until)
    return total


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
