"""An uplink's use in a year (KTM-CT): the daily p95 of the last ninety days in, a straight line with its interval out.

Below fourteen measured days there is no forecast, only how many days were measured. Rates are bytes per second.
"""

from dataclasses import dataclass, field

import numpy as np

from inventory.model import Uplink
from request_tracker.evidence.ceilings import Numbers
from request_tracker.evidence.direction import LEAST_OF_A_DAY, p95
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, Points, line_of_link, on_the_grid
from request_tracker.evidence.trend import MONTH_DAYS, Trend, trend
from request_tracker.evidence.use import read_uplink

# A quarter shows growth through its noise; the budget is made for the twelve months to come.
DAYS, MONTHS = 90, 12


@dataclass(frozen=True)
class Forecast:
    """``p95`` is the line on the last measured day, ``next_year`` twelve months further along it, never below nothing.

    Both are of a day of middling use, a working day where five of seven are. Below fourteen days both are
    None. ``half_width`` is half the 95 % interval of ``next_year``; None where nothing is forecast.
    ``line`` is the line itself, ``last`` the end of the measured day on which it begins (Unix seconds). ``query`` is
    that of the 5-minute means of which each day's p95 is made.
    """

    days: int
    p95: float | None
    next_year: float | None
    half_width: float | None
    query: str
    problem: str | None = None
    line: Trend | None = field(default=None, compare=False, repr=False)
    last: float | None = None


def forecast(prometheus: Prometheus, uplink: Uplink, at: float, way: str = "receive") -> Forecast:
    """One direction of one uplink; a silent Prometheus is said."""
    end = on_the_grid(at)
    try:
        use = read_uplink(prometheus, uplink, (way, end, DAYS))
    except NoData as error:
        return Forecast(0, None, None, None, line_of_link(uplink.name, way).means(samples=1), str(error))
    query = use.query
    ends, values = _daily(use.points, end)
    if not len(ends):
        return Forecast(0, None, None, None, query)
    growth = trend((ends // DAY_SECONDS).astype(int), values)
    if growth is None:
        return Forecast(len(ends), None, None, None, query)
    later = growth.at(MONTHS * MONTH_DAYS)
    return Forecast(
        len(ends),
        growth.at(0).value,
        max(0.0, later.value),
        later.half_width,
        query,
        line=growth,
        last=float(ends[-1]),
    )


def _daily(points: Points, end: float) -> tuple[Numbers, Numbers]:
    """The end and the p95 of each day, counted back from ``end``, of which at least half was measured.

    Prometheus could tell them by subqueries; over ninety days of one line those take it longer than all points.
    """
    if not points:
        return np.array([]), np.array([])
    times, values = np.array(points).T
    # A point stands at the begin of its five minutes: the last of a day is just before its end.
    back = np.ceil((end - times) / DAY_SECONDS).astype(int)
    days, counts = np.unique(back, return_counts=True)
    whole = days[counts >= LEAST_OF_A_DAY][::-1]
    return end - (whole - 1.0) * DAY_SECONDS, np.array([p95(values[back == day]) for day in whole])
