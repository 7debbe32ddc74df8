"""A month under other promises: known demands in, who gains and who loses and for how long out."""

import numpy as np
import pytest

from inventory.admission import RatePair
from request_tracker.capacity.demands import Demands
from request_tracker.capacity.predictor import LinePromises
from request_tracker.capacity.replay import HourRange, ShareChange, replay, with_rates

# A line of 100 for two: one may have 50 of it, the other all of it.
LINE = LinePromises(100, [RatePair(25, 50), RatePair(25, 100)])
# Two hours in which both want much, one in which the second wants little, one in which the first was not measured.
FIRST = [50.0] * 24 + [50.0] * 12 + [np.nan] * 12
SECOND = [50.0] * 24 + [10.0] * 12 + [90.0] * 12


def demands() -> Demands:
    use = np.array([FIRST, SECOND]).T
    return Demands(("a", "b"), use, use >= 0.95 * np.array([50, 100]), np.ones(use.shape, dtype=bool))


def test_who_was_at_its_ceiling_may_gain_and_the_other_loses_only_where_the_line_is_full() -> None:
    wider = with_rates(LINE, ("a", "b"), {"a": RatePair(50, 100)})
    a, b = replay(demands(), LINE, wider).changes
    # With the use as the demand there is nothing to gain: 50 was used and 50 got through.
    assert a.gains == HourRange(0, 3) and a.loses == HourRange(0, 0)
    # Had the first wanted all it may have in the two full hours, two thirds of the rest would have been its.
    assert b.loses == HourRange(0, 2) and b.gains == HourRange(0, 0)
    assert b.most_lost == pytest.approx(50 - (25 + 25 / 3))


def test_less_for_one_is_less_for_that_one_and_may_be_more_for_whom_the_full_line_held() -> None:
    lower = with_rates(LINE, ("a", "b"), {"a": RatePair(25, 40)})
    a, b = replay(demands(), LINE, lower).changes
    assert a == ShareChange("a", HourRange(0, 0), HourRange(3, 3), 10.0)
    # In the two full hours its use was what the line left to it; in the third it had what it wanted.
    assert b == ShareChange("b", HourRange(0, 2), HourRange(0, 0), 0.0)


def test_who_stays_within_its_guarantee_or_has_all_it_wants_is_not_held_by_a_full_line() -> None:
    # Two hours of a full line of 100: the first is far above its guarantee, the second a little, the third below.
    use = np.tile([[70.0, 22.0, 8.0]], (24, 1))
    line = LinePromises(100, [RatePair(20, 100), RatePair(20, 100), RatePair(10, 100)])
    lower = with_rates(line, ("a", "b", "c"), {"a": RatePair(20, 40)})
    found = replay(
        Demands(("a", "b", "c"), use, np.zeros((24, 3), dtype=bool), np.ones((24, 3), dtype=bool)), line, lower
    )
    assert [(change.opd, change.loses) for change in found.changes] == [("a", HourRange(2, 2))]


def test_a_month_is_the_sum_of_its_days() -> None:
    month = demands()
    days = Demands(month.opds, *(np.tile(rows, (30, 1)) for rows in (month.use, month.at_ceiling, month.bounded)))
    wider = with_rates(LINE, ("a", "b"), {"a": RatePair(50, 100)})
    a, b = replay(days, LINE, wider).changes
    assert a.gains == HourRange(0, 90) and b.loses == HourRange(0, 60)


def test_the_same_promises_change_nothing() -> None:
    same = replay(demands(), LINE, LINE)
    assert same.changes == () and same.full == HourRange(2, 2)


def test_what_was_not_measured_is_in_no_sum() -> None:
    nothing = Demands(("a", "b"), np.full((48, 2), np.nan), *(np.zeros((48, 2), dtype=bool) for _ in range(2)))
    found = replay(nothing, LINE, with_rates(LINE, ("a", "b"), {"a": RatePair(1, 1)}))
    assert found.changes == () and found.full == HourRange(0, 0)
    assert list(nothing.measured) == [0, 0]
