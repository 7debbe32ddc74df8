"""When each uplink is full at the present trend, what pending requests do to that date, and what more line would buy.

Full is where the daily p95 of a middling day, along its line, reaches what may be guaranteed of the line (95 % of it).
Both directions; rates are bytes per second. Without fourteen measured days there is no date.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

import numpy as np

from inventory.admission import capacity_of, usable
from inventory.topology import uplink_of
from request_tracker.capacity.waiting_list import WaitingRequest, wished
from request_tracker.cases import Allocation, Case, Desk
from request_tracker.cases.events import from_row
from request_tracker.cases.fold import OF_THE_WISH, fold
from request_tracker.evidence.forecast import Forecast, forecast
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.trend import MONTH_DAYS, Trend, Value
from request_tracker.evidence.use import WAYS
from request_tracker.ledger import allocations
from request_tracker.ledger.allocation import rates_of
from request_tracker.store.chain import stamp

# What is asked of every outlook: 100 Mbit/s, the step in which lines of a city are bought.
MORE = 12_500_000
# Only the events that say what is wanted, in one statement: a city's year has thousands of open requests, and to read
# each whole took two seconds of processor beside the pages.
_WISHES = (
    "SELECT e.* FROM cases c JOIN events e ON e.case_id = c.id"
    " WHERE c.opened_at <= ? AND (c.ended_at IS NULL OR c.ended_at > ?) AND c.kind = 'request' AND c.opd IS NOT NULL"
    f" AND e.kind IN {OF_THE_WISH} ORDER BY c.id, e.seq"
)
# Three budgets ahead; ninety days say nothing of what comes later.
HORIZON_DAYS = 3 * 365
# A week is finer than any interval of such a date.
_STEP_DAYS = 7


@dataclass(frozen=True)
class FullDate:
    """The day on which a line is full, and the two ends of its 95 % interval; None is beyond the horizon."""

    day: date | None
    earliest: date | None
    latest: date | None


@dataclass(frozen=True)
class PendingNeed:
    """What open and waiting requests ask for beyond what their OPDs hold: the sum, and of how many OPDs."""

    rate: int
    opds: int


@dataclass(frozen=True, kw_only=True)
class LineOutlook:
    """One direction of an uplink; the dates are None where nothing is forecast.

    ``with_pending`` is the date once all pending requests are granted and used; ``more`` and ``more_with_pending`` are
    the same with 100 Mbit/s more line.
    """

    uplink: str
    way: str
    capacity: int
    use: Forecast
    growth: Value | None
    pending: PendingNeed
    as_it_is: FullDate | None = None
    with_pending: FullDate | None = None
    more: FullDate | None = None
    more_with_pending: FullDate | None = None


def outlooks(
    desk: Desk, prometheus: Prometheus, waiting: Iterable[WaitingRequest], now: datetime
) -> tuple[LineOutlook, ...]:
    """Every direction of every uplink, as of ``now``: page, metric and evaluation say what this one says.

    A silent Prometheus is said in ``use.problem``.
    """
    needs = pending_needs(desk, waiting, now)
    lines = []
    for uplink in desk.city.uplinks:
        for way in WAYS:
            use = forecast(prometheus, uplink, now.timestamp(), way)
            lines.append(_outlook((uplink.name, way), capacity_of(uplink, way), use, needs[uplink.name, way]))
    return tuple(lines)


def pending_needs(
    desk: Desk, waiting: Iterable[WaitingRequest], now: datetime
) -> defaultdict[tuple[str, str], PendingNeed]:
    """By uplink and direction. An OPD counts once, with the largest of its wishes; less than it holds is nothing.

    Requests are those that were open at ``now``, as they stood then.
    """
    wishes = [(str(case.opd), _wish(desk, case, now)) for case in _as_they_stood(desk, now)]
    wishes += [(entry.opd, entry.wished) for entry in waiting if entry.since <= now]
    at_ceiling = {row["opd"]: allocations.allocation_in(row) for row in allocations.rows_in_force(desk.store, now)}
    most: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for opd, wish in wishes:
        for way in WAYS if wish else ():
            mine = rates_of(at_ceiling[opd], way).ceiling if opd in at_ceiling else 0
            lack = rates_of(wish, way).ceiling - mine if wish else 0
            of_line = most[uplink_of(desk.city, opd), way]
            if lack > 0:
                of_line[opd] = max(lack, of_line.get(opd, 0))
    answer_rows = {key: PendingNeed(sum(lacks.values()), len(lacks)) for key, lacks in most.items()}
    return defaultdict(lambda: PendingNeed(0, 0), answer_rows)


def _as_they_stood(desk: Desk, at: datetime) -> Iterator[Case]:
    """The open requests by the events that were written until then; the first stands even where its clock was ahead."""
    rows = desk.store.each(_WISHES, [stamp(at)] * 2)
    for _, events in groupby(rows, key=itemgetter("case_id")):
        first, *later = map(from_row, events)
        yield fold((first, *(event for event in later if event.written_at <= at)))


def _wish(desk: Desk, case: Case, now: datetime) -> Allocation | None:
    """What officials have set in a case counts; before that what is asked for."""
    return case.proposal.proposal.allocation if case.proposal else wished(desk, case, now)


def _outlook(of: tuple[str, str], capacity: int, use: Forecast, pending: PendingNeed) -> LineOutlook:
    uplink, way = of
    line, last = use.line, use.last
    if line is None or last is None:
        return LineOutlook(uplink=uplink, way=way, capacity=capacity, use=use, growth=None, pending=pending)
    full = full_dates(line, datetime.fromtimestamp(last, UTC).date())
    slope = line.slope
    return LineOutlook(
        uplink=uplink,
        way=way,
        capacity=capacity,
        use=use,
        growth=Value(*(end * MONTH_DAYS for end in (slope.value, slope.low, slope.high))),
        pending=pending,
        as_it_is=full(usable(capacity)),
        with_pending=full(usable(capacity) - pending.rate),
        more=full(usable(capacity + MORE)),
        more_with_pending=full(usable(capacity + MORE) - pending.rate),
    )


def full_dates(line: Trend, begin: date) -> Callable[[float], FullDate]:
    """When a line, which begins on a day, reaches a rate: asked for several rates, it is drawn once."""
    ahead = range(0, HORIZON_DAYS + _STEP_DAYS, _STEP_DAYS)
    course = [line.at(days) for days in ahead]

    def reached(values: Sequence[float], rate: float) -> date | None:
        above = np.array(values) >= rate
        if not above.any():
            return None
        place = int(above.argmax())
        if place == 0:
            return begin
        low, high = values[place - 1], values[place]
        return begin + timedelta(days=round(ahead[place - 1] + _STEP_DAYS * (rate - low) / (high - low)))

    def full(rate: float) -> FullDate:
        # The upper end of the interval is there first.
        day, earliest, latest = (
            reached([getattr(value, key) for value in course], rate) for key in ("value", "high", "low")
        )
        return FullDate(day, earliest, latest)

    return full
