"""What a full line gives to whom, beside a plain reckoning in exact fractions that satisfies one OPD after another."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inventory.admission import RatePair
from request_tracker.capacity.predictor import LinePromises, predict

MOST = 10**9
# Rates are whole bytes; sums of a few of them are exact to far below one.
CLOSE = 1e-3


@st.composite
def lines(draw: st.DrawFn) -> tuple[list[int], LinePromises]:
    """Demands of up to eight OPDs and a line that may be far too small for them."""
    count = draw(st.integers(1, 8))
    demands, rates = [], []
    for _ in range(count):
        guaranteed = draw(st.integers(0, MOST))
        rates.append(RatePair(guaranteed, draw(st.integers(guaranteed, 2 * MOST))))
        demands.append(draw(st.one_of(st.just(0), st.integers(0, 3 * MOST))))
    return demands, LinePromises(draw(st.integers(1, 4 * MOST)), rates)


def plain_share(wishes: list[Fraction], weights: list[int], room: Fraction) -> list[Fraction]:
    """Who wants no more than its part is satisfied and leaves; the rest is parted anew until nobody leaves."""
    shares, open_to = [Fraction(0)] * len(wishes), set(range(len(wishes)))
    while open_to:
        level = room / sum(weights[one] for one in open_to)
        modest = {one for one in open_to if wishes[one] <= level * weights[one]}
        for one in modest or open_to:
            shares[one] = wishes[one] if modest else level * weights[one]
        room -= sum(wishes[one] for one in modest)
        open_to = open_to - modest if modest else set()
    return shares


def plain(demands: list[int], line: LinePromises) -> list[Fraction]:
    """The same rule a second time, an OPD at a time."""
    weights = [max(1, rate.guaranteed) for rate in line.rates]
    wanted = [Fraction(min(demand, rate.ceiling)) for demand, rate in zip(demands, line.rates, strict=True)]
    if sum(wanted) <= line.capacity:
        return wanted
    first = [min(wish, Fraction(rate.guaranteed)) for wish, rate in zip(wanted, line.rates, strict=True)]
    if sum(first) >= line.capacity:
        return plain_share(first, weights, Fraction(line.capacity))
    more = [wish - part for wish, part in zip(wanted, first, strict=True)]
    shares = plain_share(more, weights, line.capacity - sum(first, Fraction(0)))
    return [part + share for part, share in zip(first, shares, strict=True)]


def one_moment(demands: list[int], line: LinePromises) -> list[float]:
    return [float(value) for value in predict(np.array([demands], dtype=float), line)[0]]


@given(lines())
def test_it_is_what_a_plain_reckoning_says(scene: tuple[list[int], LinePromises]) -> None:
    demands, line = scene
    for got, right in zip(one_moment(demands, line), plain(demands, line), strict=True):
        assert abs(got - float(right)) <= CLOSE + 1e-9 * float(right)


@given(lines())
def test_nobody_gets_more_than_he_wants_and_the_line_is_used_as_far_as_it_goes(
    scene: tuple[list[int], LinePromises],
) -> None:
    demands, line = scene
    got = one_moment(demands, line)
    wanted = [min(demand, rate.ceiling) for demand, rate in zip(demands, line.rates, strict=True)]
    assert all(one <= wish + CLOSE for one, wish in zip(got, wanted, strict=True))
    assert abs(sum(got) - min(line.capacity, sum(wanted))) <= CLOSE + 1e-9 * line.capacity


@given(lines())
def test_guarantees_that_the_line_carries_are_kept(scene: tuple[list[int], LinePromises]) -> None:
    demands, line = scene
    promised = [min(demand, rate.guaranteed) for demand, rate in zip(demands, line.rates, strict=True)]
    if sum(promised) <= line.capacity:
        assert all(one >= part - CLOSE for one, part in zip(one_moment(demands, line), promised, strict=True))


@given(lines(), st.integers(1, MOST))
def test_a_larger_line_takes_nothing_from_anybody(scene: tuple[list[int], LinePromises], more: int) -> None:
    demands, line = scene
    larger = one_moment(demands, LinePromises(line.capacity + more, line.rates))
    assert all(
        one <= other + CLOSE + 1e-9 * other for one, other in zip(one_moment(demands, line), larger, strict=True)
    )


@given(st.lists(st.lists(st.integers(0, MOST), min_size=3, max_size=3), min_size=1, max_size=6))
def test_each_moment_is_answered_for_itself(moments: list[list[int]]) -> None:
    line = LinePromises(MOST, [RatePair(10**8, 10**9), RatePair(2 * 10**8, 10**9), RatePair(0, 5 * 10**8)])
    together = predict(np.array(moments, dtype=float), line)
    assert [list(row) for row in together] == [one_moment(moment, line) for moment in moments]


def test_what_is_left_follows_the_guarantees() -> None:
    line = LinePromises(100, [RatePair(10, 100), RatePair(20, 100), RatePair(10, 15)])
    # 40 are guaranteed, of 60 left 5 end at a ceiling, and 55 go one to two.
    assert one_moment([100, 100, 100], line) == [10 + 55 / 3, 20 + 110 / 3, 15]


def test_nobody_and_no_moment_are_answers_too() -> None:
    assert predict(np.zeros((0, 1)), LinePromises(1, [RatePair(1, 1)])).shape == (0, 1)
    assert predict(np.zeros((2, 0)), LinePromises(1, [])).shape == (2, 0)
