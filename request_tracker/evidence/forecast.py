"""An uplink's use in a year (KTM-CT): the daily p95 of the last ninety days in, a straight line with its interval out.

Below fourteen measured days there is no forecast, only how many days were measured. Rates are bytes per second.
"""

from dataclasses import dataclass, field

import numpy as np

from request_tracker.evidence.direction import LEAST_OF_A_DAY
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.evidence.steps import DAY_SECONDS, line_of_link, means_query, p95_over_days
from request_tracker.evidence.trend import MONTH_DAYS, Trend, trend

# A quarter shows growth through its noise; the budget is made for the twelve months to come.
DAYS, MONTHS = 90, 12


@dataclass(frozen=True)
class Forecast:
    """``p95`` is the line on the last measured day, ``next_year`` twelve months further along it, never below nothing.

    Both are of a day of middling use, a working day where five of seven are. Below fourteen days ``p95`` is the middle
    of the measured ones. ``half_width`` is half the 95 % interval of ``next_year``; None where nothing is forecast.
    ``line`` is the line itself, ``last`` the measured day on which it begins (Unix seconds).
    """

    days: int
    p95: float | None
    next_year: float | None
    half_width: float | None
    query: str
    problem: str | None = None
    line: Trend | None = field(default=None, compare=False, repr=False)
    last: float | None = None


def forecast(prometheus: Prometheus, uplink: str, at: float, way: str = "receive") -> Forecast:
    """One direction of one uplink; a silent Prometheus is said."""
    query = _daily(line_of_link(uplink, way).means(samples=1))
    try:
        means = means_query(prometheus, line_of_link(uplink, way), at, DAYS)
        query = _daily(means) if means else query
        points = prometheus.series(query, at - (DAYS - 1) * DAY_SECONDS, at, DAY_SECONDS)
    except NoData as error:
        return Forecast(0, None, None, None, query, str(error))
    if not points:
        return Forecast(0, None, None, None, query)
    days, values = (np.array(column) for column in zip(*points, strict=True))
    line = trend((days // DAY_SECONDS).astype(int), values)
    if line is None:
        return Forecast(len(points), float(np.median(values)), None, None, query)
    later = line.at(MONTHS * MONTH_DAYS)
    return Forecast(
        len(points),
        line.at(0).value,
        max(0.0, later.value),
        later.half_width,
        query,
        line=line,
        last=float(days[-1]),
    )


def _daily(means: str) -> str:
    """The p95 of each day of which at least half was measured."""
    return f"max({p95_over_days(means, 1)} and count_over_time(({means})[1d:5m]) >= {LEAST_OF_A_DAY})"
