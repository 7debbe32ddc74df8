"""The line through daily figures: where it is, where it goes, and how often its interval covers the truth."""

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest

from request_tracker.evidence.ceilings import Numbers
from request_tracker.evidence.trend import LEAST_DAYS, trend

# Of 200 series the covered share scatters by 1.5 of a hundred itself; docs/why/evidence.md has 2,000 of each kind.
SERIES, SLOPE, LEVEL, SCATTER, DEPENDENCE = 200, 0.3, 100.0, 5.0, 0.6
# Days ahead of the outlook: twelve months.
YEAR = 360
Noise = Callable[[np.random.Generator, int], Numbers]


def independent(random: np.random.Generator, days: int) -> Numbers:
    """Each day by itself."""
    return np.array(random.normal(0, SCATTER, days), dtype=float)


def weekly(random: np.random.Generator, days: int) -> Numbers:
    """Weekends 30 lower, each day by itself besides."""
    lower: Numbers = 30.0 * (np.arange(days) % 7 >= 5)
    return np.array(independent(random, days) - lower)


def depending(random: np.random.Generator, days: int) -> Numbers:
    """AR(1): six tenths of a day's deviation stay for the next."""
    fresh = random.normal(0, SCATTER * sqrt(1 - DEPENDENCE**2), days)
    noise = [random.normal(0, SCATTER)]
    for one in fresh[1:]:
        noise.append(DEPENDENCE * noise[-1] + one)
    return np.array(noise)


@pytest.mark.parametrize("days", [30, 90])
@pytest.mark.parametrize("noise", [independent, weekly, depending])
def test_the_95_percent_interval_covers_the_truth_in_93_to_97_of_100_series(noise: Noise, days: int) -> None:
    random = np.random.default_rng(2026)
    slopes = years = 0
    for _ in range(SERIES):
        line = trend(np.arange(days), LEVEL + SLOPE * np.arange(days) + noise(random, days))
        assert line is not None
        slope, year = line.slope, line.at(YEAR)
        slopes += slope.low <= SLOPE <= slope.high
        years += year.low <= LEVEL + SLOPE * (days - 1 + YEAR) <= year.high
    assert 0.93 * SERIES <= slopes <= 0.97 * SERIES
    assert 0.93 * SERIES <= years <= 0.97 * SERIES


def test_the_outlook_begins_where_the_line_ends_and_not_at_the_middle_of_the_days() -> None:
    """Ninety days that grow 10 Mbit/s a month up to 132: in a year 252."""
    days = np.arange(90)
    noise = np.random.default_rng(3).normal(0, 1.0, 90)
    line = trend(days, 132 - (89 - days) / 3 + noise)
    assert line is not None
    assert line.at(0).value == pytest.approx(132, abs=1.0)
    later = line.at(YEAR)
    assert later.low <= 252 <= later.high and later.half_width < 8


def test_a_day_of_middling_use_is_a_working_day_and_weekends_do_not_widen_the_interval() -> None:
    days = np.arange(60)
    noise = np.random.default_rng(4).normal(0, 1.0, 60)
    plain, weekends = trend(days, 100 + noise), trend(days, 100 + noise - 60 * (days % 7 >= 5))
    assert plain is not None and weekends is not None
    assert weekends.at(0).value == pytest.approx(100, abs=1.5)
    assert weekends.slope.half_width == pytest.approx(plain.slope.half_width, rel=0.05)


def test_days_that_were_not_measured_are_a_gap_and_no_days() -> None:
    days = np.array([day for day in range(60) if not 20 <= day < 29])
    line = trend(days, 100 + days / 2)
    assert line is not None and line.slope.value == pytest.approx(0.5)
    assert line.slope.half_width == pytest.approx(0, abs=1e-6)


def test_below_two_weeks_there_is_no_line_and_few_days_make_a_wide_one() -> None:
    days = np.arange(LEAST_DAYS)
    assert trend(days[1:], days[1:] * 1.0) is None
    noise = np.random.default_rng(5).normal(0, 1.0, 90)
    few, many = trend(days, noise[:LEAST_DAYS]), trend(np.arange(90), noise)
    assert few is not None and many is not None
    # A seventh of the days makes it about fifteen times as wide; Student's t of six degrees of freedom the rest.
    assert few.slope.half_width > 15 * many.slope.half_width
