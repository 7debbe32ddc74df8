"""The office day: pure numbers."""

import pytest

from lab.day import DayClock, busy, peak, rate


def test_the_clock_runs_as_fast_as_it_is_told() -> None:
    assert DayClock(hour=9, set_at=1000, speed=60).hour_at(1060) == pytest.approx(10)


def test_the_clock_goes_round_at_midnight() -> None:
    assert DayClock(hour=23.5, set_at=0, speed=3600).hour_at(1) == pytest.approx(0.5)


def test_a_clock_survives_its_file() -> None:
    clock = DayClock(hour=9, set_at=1000, speed=60, scale=0.5)
    assert DayClock.from_json(clock.to_json()) == clock


def test_offices_are_busiest_in_the_morning_and_idle_at_night() -> None:
    assert busy(10.5) == 1 and busy(2) < 0.1 and busy(12) < busy(13.5)


def test_the_same_office_is_equally_busy_every_day() -> None:
    assert peak("rsud", "dinkes") == peak("rsud", "dinkes") < peak("dinkes", "dinkes")


@pytest.mark.parametrize("hour", [0, 6, 10.5, 12, 17, 24])
def test_no_office_ever_exceeds_its_allocation(hour: float) -> None:
    assert 0 < rate(1_000_000, "dinkes", "dinkes", hour, scale=100) <= 900_000
