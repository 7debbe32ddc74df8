"""Announced work as a metric: a series for each link or device on which it runs now, and none before or after."""

from datetime import datetime, timedelta

from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.metrics import TrackerFigures
from request_tracker.outages.maintenance import announce, finish
from request_tracker.outages.work_figures import WORK, work_figures


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def roots(desk: Desk, at: datetime) -> list[str]:
    (figures,) = work_figures(desk.store, at)
    return [sample.labels["root"] for sample in figures.samples if sample.value == 1]


def test_work_has_a_series_while_it_runs_and_none_before_or_after(desk: Desk) -> None:
    announce(desk.store, "agg-timur", (minutes(10), minutes(70)), "ganti serat", "user:1")
    assert [roots(desk, minutes(at)) for at in (9, 10, 69, 70)] == [[], ["agg-timur"], ["agg-timur"], []]


def test_two_windows_on_the_same_root_are_one_series(desk: Desk) -> None:
    for reason in ("ganti serat", "ganti sakelar"):
        announce(desk.store, "agg-timur", (minutes(0), minutes(60)), reason, "user:1")
    assert roots(desk, minutes(5)) == ["agg-timur"]


def test_work_that_ended_early_has_none_any_more(desk: Desk) -> None:
    number = announce(desk.store, "agg-timur", (minutes(0), minutes(60)), "ganti serat", "user:1")
    finish(desk.store, number, minutes(20))
    assert roots(desk, minutes(30)) == []


def test_the_tracker_serves_it(desk: Desk) -> None:
    assert WORK.name in {family.name for family in TrackerFigures(desk).collect()}
