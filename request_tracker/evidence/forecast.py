"""An uplink's use in a year (KTM-CT): the daily p95 of the last ninety days in, a straight line with its interval out.

Below fourteen measured days there is no forecast, only how many days were measured. Rates are bytes per second.
"""

from dataclasses import dataclass

import numpy as np

from request_tracker.evidence.bandwidth import LEAST_DAYS_FOR_GROWTH, growth
from request_tracker.evidence.prometheus import NoData, Prometheus

# A quarter shows growth through its noise; the budget is made for the twelve months to come.
DAYS, DAY_SECONDS, MONTHS = 90, 86400.0, 12


@dataclass(frozen=True)
class Forecast:
    """``p95`` is the median of the daily ones, ``next_year`` it after twelve months of the measured growth.

    ``half_width`` is that of the 95 % interval of the growth over those months; None where nothing is forecast.
    """

    days: int
    p95: float | None
    next_year: float | None
    half_width: float | None
    query: str
    problem: str | None = None


def forecast(prometheus: Prometheus, uplink: str, at: float) -> Forecast:
    """The download of one uplink; a silent Prometheus is said."""
    line = f'rate(lebarpita_link_receive_bytes_total{{link="{uplink}"}}[5m])'
    query = f"max(quantile_over_time(0.95, {line}[1d:5m]))"
    try:
        points = prometheus.series(query, at - (DAYS - 1) * DAY_SECONDS, at, DAY_SECONDS)
    except NoData as error:
        return Forecast(0, None, None, None, query, str(error))
    if not points:
        return Forecast(0, None, None, None, query)
    values = np.array([value for _, value in points])
    p95 = float(np.median(values))
    if len(points) < LEAST_DAYS_FOR_GROWTH:
        return Forecast(len(points), p95, None, None, query)
    days = np.array([int(moment // DAY_SECONDS) for moment, _ in points])
    slope, width = growth(days, values)
    assert slope is not None and width is not None, "fourteen days have a slope"
    return Forecast(len(points), p95, max(0.0, p95 + MONTHS * slope), MONTHS * width, query)
