"""Every figure of one direction of use: 5-minute means in, p95, peak, hours and growth out. Pure.

Whoever has the points gets the same figures. What was not measured is left out, never guessed. Bytes per second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from request_tracker.calendar.working_time import Calendar
from request_tracker.evidence.ceilings import Ceilings, Numbers, ceilings_at
from request_tracker.evidence.trend import MONTH_DAYS, Trend, trend

Points = Sequence[tuple[float, float]]
_HOUR_SECONDS, _DAY_SECONDS, _HOURS, _WEEKDAYS = 3600, 86_400, 24, 7
# Of a day: half of its 288 points. The p95 of a day of which less was measured is that of some of its hours.
LEAST_OF_A_DAY = 144
# The share of a ceiling at which a direction is near its end, and at it: what tables print; the advice has its own.
_NEAR, _AT = 0.80, 0.95


@dataclass(frozen=True)
class Direction:
    """One direction: shares are of the measured time in which a ceiling was in force.

    ``hours`` are means by hour of the office's day; ``week`` is the same for each of the seven days, Monday first.
    ``growth`` is the change per month of the line through the daily p95, with the half width of its 95 % interval; both
    None below fourteen measured days. ``hourly`` holds (moment, highest 5-minute mean) for the graph, ``ceilings`` the
    ceilings in force with their begins. ``ceiling_share``: of how much of the measured time the shares and
    ``days_at_ceiling`` are, that in which a ceiling was known; None where nothing was measured.
    """

    p50: float | None = None
    p95: float | None = None
    office_p95: float | None = None
    peak: float | None = None
    peak_at: float | None = None
    above_80: float | None = None
    above_95: float | None = None
    hours: tuple[float | None, ...] = (None,) * _HOURS
    week: tuple[tuple[float | None, ...], ...] = ()
    growth: float | None = None
    growth_interval: float | None = None
    hourly: tuple[tuple[float, float], ...] = ()
    rest_p95: float | None = None
    days_at_ceiling: int | None = None
    ceilings: tuple[tuple[float, float], ...] = ()
    ceiling_share: float | None = None


@dataclass(frozen=True)
class HoursNear:
    """``hours`` at a share of the ceiling then in force, of the ``days`` measured in which one was known.

    ``hours`` is None where none was: what is not known is not nought.
    """

    hours: float | None
    days: float


def summary(points: Points, ceiling: Ceilings | float | None, calendar: Calendar) -> Direction:
    """Every figure of one direction; ``ceiling`` is one for all the time, or each with its begin."""
    if not points:
        return Direction()
    times, values = np.array(points).T
    ceilings: Ceilings = ceiling if isinstance(ceiling, Sequence) else [(0.0, ceiling)] if ceiling else []
    shares = values / ceilings_at(ceilings, times)
    office, hour, day = _local(times, calendar)
    weekday = (day - 1) % _WEEKDAYS
    highest = int(values.argmax())
    growth = line_of(day, values)
    return Direction(
        p50=float(np.quantile(values, 0.5)),
        p95=p95(values),
        office_p95=p95(values[office]) if office.any() else None,
        peak=float(values[highest]),
        peak_at=float(times[highest]),
        above_80=_share(shares, _NEAR),
        above_95=_share(shares, _AT),
        hours=_by_hour(hour, values),
        week=tuple(_by_hour(hour[weekday == d], values[weekday == d]) for d in range(_WEEKDAYS)),
        growth=growth.slope.value * MONTH_DAYS if growth else None,
        growth_interval=growth.slope.half_width * MONTH_DAYS if growth else None,
        hourly=hourly(points),
        rest_p95=p95(values[~office]) if not office.all() else None,
        days_at_ceiling=len(np.unique(day[shares >= _AT])) if ceilings else None,
        ceilings=tuple(ceilings),
        ceiling_share=float((~np.isnan(shares)).mean()),
    )


def p95(values: Numbers) -> float:
    """The rate that 5 % of these means are above, as providers bill; over the means that were measured."""
    return float(np.quantile(values, 0.95))


def hours_above(points: Points, ceilings: Ceilings, share: float) -> HoursNear:
    """Hours, of those that were measured, in which a direction was at this share of the ceiling then in force."""
    if not points:
        return HoursNear(None, 0.0)
    times, values = np.array(points).T
    shares = values / ceilings_at(ceilings, times)
    judged = shares[~np.isnan(shares)]
    # Twelve means of five minutes are an hour.
    return HoursNear(float((judged >= share).sum()) / 12 if len(judged) else None, _days(len(judged)))


def _days(means: int) -> float:
    return round(means / (2 * LEAST_OF_A_DAY), 2)


def line_of(days: Numbers, values: Numbers) -> Trend | None:
    """The line through the p95 of each day of which enough was measured; ``days`` says the day of each value."""
    each, counts = np.unique(days, return_counts=True)
    # Where a day has few points because they stand further apart (recordings, tests), the fullest day is a whole one.
    whole = each[counts >= min(LEAST_OF_A_DAY, counts.max() / 2)]
    return trend(whole, np.array([p95(values[days == day]) for day in whole]))


def _share(shares: Numbers, least: float) -> float | None:
    judged = shares[~np.isnan(shares)]
    return float((judged >= least).mean()) if len(judged) else None


def _local(times: Numbers, calendar: Calendar) -> tuple[Numbers, Numbers, Numbers]:
    """For each moment: whether the office works, the hour of its day, and the number of its day."""
    # Quarters of an hour, the finest in which any zone or working time changes: a third of the points' conversions.
    quarters, place = np.unique(times // 900, return_inverse=True)
    local = [calendar.local(datetime.fromtimestamp(quarter * 900, UTC)) for quarter in quarters]
    # Working hours are the calendar's of that very day: they differ by weekday, and a holiday has none.
    spans = {moment.date(): calendar.spans(moment.date()) for moment in local}
    office = [any(a <= moment.time() < b for a, b in spans[moment.date()]) for moment in local]
    columns = office, [moment.hour for moment in local], [moment.toordinal() for moment in local]
    working, hour, day = (np.array(column)[place] for column in columns)
    return working, hour, day


def _by_hour(hour: Numbers, values: Numbers) -> tuple[float | None, ...]:
    """The mean of each hour of the day; None where it has no point."""
    return tuple(float(values[hour == h].mean()) if (hour == h).any() else None for h in range(_HOURS))


def hourly(points: Points) -> tuple[tuple[float, float], ...]:
    """The highest 5-minute mean of each hour that has one, at the hour's begin: what a graph of a month shows."""
    if not points:
        return ()
    times, values = np.array(points).T
    hours = (times // _HOUR_SECONDS).astype(int)
    each, begins = np.unique(hours, return_index=True)
    highest = np.maximum.reduceat(values, begins)
    return tuple((float(hour * _HOUR_SECONDS), float(value)) for hour, value in zip(each, highest, strict=True))
