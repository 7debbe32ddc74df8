"""Windows of loss and round trip: what an hour of answers says, in a few kilobytes."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.watch.lines.windows import SHORTEST_SECONDS, STEPS, Window, bound_of, step_of


def test_a_window_says_loss_median_p95_and_jitter() -> None:
    window = Window(60.0, 6, 0.0)
    for number in range(40):
        now = number * 0.5
        if number % 4 == 3:
            window.lost(now)
        else:
            window.answered(step_of(0.010), 0.002, now)
    figures = window.figures(20.0)
    assert (figures.sent, figures.lost, figures.loss) == (40, 10, 0.25)
    assert figures.median == pytest.approx(0.010, rel=0.1) and figures.p95 == pytest.approx(0.010, rel=0.1)
    assert figures.jitter == pytest.approx(0.002)


def test_what_is_older_than_the_window_is_gone_and_what_is_younger_is_all_there() -> None:
    window = Window(300.0, 10, 0.0)
    for second in range(1000):
        window.lost(float(second)) if second < 500 else window.answered(step_of(0.001), None, float(second))
    assert window.counted(999.0)[1] == 0
    assert 269 <= window.counted(999.0)[0] <= 300
    assert window.counted(5000.0) == (0, 0)


def test_an_empty_window_says_nothing_rather_than_nought() -> None:
    figures = Window(60.0, 6, 0.0).figures(1.0)
    assert (figures.loss, figures.median, figures.p95, figures.jitter) == (None, None, None, None)


@given(st.floats(SHORTEST_SECONDS * 1.01, 3.0))
def test_a_round_trip_lies_within_its_step(seconds: float) -> None:
    step = step_of(seconds)
    assert 0 <= step < STEPS
    assert bound_of(step - 1) * 0.999 <= seconds <= bound_of(step) * 1.001


@given(st.integers(0, 2**16), st.sampled_from([0.5, 0.95]))
def test_a_quantile_is_off_by_no_more_than_its_step(seed: int, share: float) -> None:
    chance, window = random.Random(seed), Window(60.0, 6, 0.0)
    trips = sorted(chance.lognormvariate(-4.5, 0.5) for _ in range(100))
    for trip in trips:
        window.answered(step_of(trip), None, 1.0)
    figures = window.figures(2.0)
    quantile = figures.median if share == 0.5 else figures.p95
    assert quantile == pytest.approx(trips[round(share * 100) - 1], rel=0.2)
