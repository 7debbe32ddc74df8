"""Where delay begins, on simulated trees: the slow link is named, an innocent one in no run."""

from array import array
from collections.abc import Mapping
from ipaddress import ip_address

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from watched_trees import CITY, TREES, node

from exporter.watch.decide import Node
from exporter.watch.lines.delay import FEWEST_ANSWERS, LOWER_SHARE, UPPER_SHARE, Trips, where_delay_begins
from exporter.watch.lines.windows import STEPS, quantile, step_of

RUNS, SLOW, TENTHS = 20, 0.3, 3000
"""What the rule calls slow, and five minutes in tenths of a second, in which each node is asked 600 times."""
Seconds = NDArray[np.float64]


def steady(seconds: float) -> Seconds:
    return np.full(TENTHS, seconds)


def bursts(seconds: float, share: float, lasting: float, seed: int) -> Seconds:
    """Gilbert and Elliott: a share of the time, in bursts of so many seconds on average, all is late."""
    chance = np.random.default_rng(seed)
    leave = 0.1 / lasting
    enter = leave * share / (1 - share)
    draws, late, out = chance.random(TENTHS), chance.random() < share, np.zeros(TENTHS)
    for step in range(TENTHS):
        late = draws[step] >= leave if late else draws[step] < enter
        out[step] = seconds * late
    return out


def trips(
    nodes: tuple[Node, ...], slow: Mapping[str, Seconds], seed: int, routers: Mapping[str, tuple[float, float]] = {}
) -> dict[str, Trips]:
    """What the windows of five minutes hold; ``routers`` answer a share of their own pings only, and so much later."""
    chance = np.random.default_rng(seed)
    way: dict[str, Seconds] = {}
    counted = {}
    for number, each in enumerate(nodes):
        way[each.name] = way.get(each.parent or "", steady(0.0)) + slow.get(each.name, 0.0)
        share, own = routers.get(each.name, (1.0, 0.0))
        asked = way[each.name][number % 5 :: 5]
        answered = asked[chance.random(asked.size) < share] + own + 0.002 + chance.exponential(0.001)
        steps, times = np.unique(answered, return_counts=True)
        counts = array("I", [0] * STEPS)
        for seconds, amount in zip(steps, times, strict=True):
            counts[step_of(float(seconds))] += int(amount)
        within = (quantile(counts, answered.size, share) for share in (LOWER_SHARE, UPPER_SHARE))
        counted[each.name] = Trips(answered.size, *within)
    return counted


def named(nodes: tuple[Node, ...], counted: Mapping[str, Trips]) -> set[str]:
    return {name for name, seconds in where_delay_begins(nodes, counted).items() if seconds > SLOW}


@pytest.mark.parametrize("size", TREES)
@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("seconds", [0.35, 0.6, 1.5])
def test_a_slow_link_alone_is_named(size: str, place: int, seconds: float) -> None:
    nodes, slow = TREES[size][0], str(TREES[size][place])
    begun = where_delay_begins(nodes, trips(nodes, {slow: steady(seconds)}, place))
    assert {name for name, begins in begun.items() if begins > SLOW} == {slow}
    # Round trips are counted in steps: a figure is off by at most nine in a hundred.
    assert 0.9 * seconds < begun[slow] < 1.1 * (seconds + 0.01)


@pytest.mark.parametrize("size", TREES)
def test_two_slow_links_at_once_are_both_named_and_nobody_else(size: str) -> None:
    nodes, trunk, router, office = TREES[size]
    other = next(n.name for n in nodes if n.parent == router and n.name != office)
    for first, second in ((str(trunk), str(office)), (str(office), other)):
        slow = {first: steady(0.5), second: steady(0.8)}
        assert named(nodes, trips(nodes, slow, 1)) == {first, second}


def test_a_way_that_is_slow_by_two_links_has_one_warning_at_the_one_that_adds_most() -> None:
    """Neither is slow by itself; the offices behind both would be told of else, each by itself."""
    for first, second, blamed in ((0.25, 0.12, "agg-timur"), (0.12, 0.25, "timur-rsud"), (0.2, 0.2, "agg-timur")):
        slow = {"agg-timur": steady(first), "timur-rsud": steady(second)}
        assert [named(CITY, trips(CITY, slow, seed)) for seed in range(RUNS)] == [{blamed}] * RUNS


@pytest.mark.parametrize("share", [0.3, 0.45, 0.5, 0.55, 0.7])
@pytest.mark.parametrize("lasting", [0.1, 0.3, 3.0, 20.0])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_bursts_accuse_no_innocent(share: float, lasting: float, place: int) -> None:
    slow = str(TREES["city"][place])
    for seed in range(RUNS):
        wait = bursts(0.8, share, lasting, seed)
        found = named(CITY, trips(CITY, {slow: wait}, seed))
        assert found <= {slow}, seed
        # What is late most of the time is slow, what is late now and then is not.
        late = float((wait > 0).mean())
        assert found or late < 0.7, seed
        assert not found or late > 0.5, seed


@pytest.mark.parametrize("answers", [(1.0, 0.9), (0.4, 0.0), (0.5, 0.9), (0.1, 0.9)])
def test_a_router_that_answers_late_or_seldom_accuses_nobody_and_hides_nobody(answers: tuple[float, float]) -> None:
    for seed in range(RUNS):
        routers = {"agg-timur": answers, "core-agg": answers}
        assert named(CITY, trips(CITY, {}, seed, routers)) == set(), seed
        slow = {"timur-rsud": steady(0.5)}
        assert named(CITY, trips(CITY, slow, seed, routers)) == {"timur-rsud"}, seed


def test_a_queue_whose_wait_wanders_is_named_by_itself() -> None:
    for seed in range(RUNS):
        queue = np.random.default_rng(seed).uniform(0.3, 1.2, TENTHS)
        assert named(CITY, trips(CITY, {"agg-timur": queue}, seed)) == {"agg-timur"}, seed


def test_a_healthy_city_whose_ways_differ_accuses_nobody() -> None:
    for seed in range(RUNS):
        chance = np.random.default_rng(seed)
        ways = {each.name: steady(float(chance.uniform(0.0, 0.06))) for each in CITY}
        assert named(CITY, trips(CITY, ways, seed)) == set(), seed


trees = st.lists(st.integers(0, 30), min_size=1, max_size=14)


@settings(max_examples=60)
@given(trees, st.data(), st.sampled_from([0.4, 0.7, 1.5]), st.integers(0, 2**16))
def test_on_any_tree_the_slow_links_are_named_alone(
    parents: list[int], data: st.DataObject, seconds: float, seed: int
) -> None:
    nodes = (node("n0", None, 0), *(node(f"n{n}", f"n{p % n}", n) for n, p in enumerate(parents, 1)))
    slow = data.draw(st.sets(st.sampled_from([each.name for each in nodes]), min_size=1, max_size=2))
    assert named(nodes, trips(nodes, dict.fromkeys(slow, steady(seconds)), seed)) == slow


def test_few_answers_say_nothing_and_a_link_without_an_address_says_what_is_behind_it() -> None:
    few = {each.name: Trips(FEWEST_ANSWERS - 1, 0.9, 0.9) for each in CITY}
    assert where_delay_begins(CITY, few) == {}
    mute = Node("mute", "link", "top", "x", "x", None, "", ())
    office = Node("office", "opd", "mute", "x", "x", ip_address("10.0.0.9"), "office", ("office",))
    nodes = (node("top", None, 0), mute, office)
    begun = where_delay_begins(nodes, {"top": Trips(600, 0.01, 0.01), "office": Trips(600, 0.5, 0.5)})
    # Which of the two it is nobody can tell: the nearer one is named, once.
    assert begun == {"top": 0.01, "mute": pytest.approx(0.49 + 0.01), "office": 0.0}
