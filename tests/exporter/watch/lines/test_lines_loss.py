"""Where loss begins, on simulated trees: the ill link is named, an innocent one in no run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from watched_trees import CITY, TREES, node

from exporter.watch.decide import Node
from exporter.watch.lines.loss import FEWEST_REQUESTS, Tally, where_loss_begins

RUNS = 60
SENT = 600
"""Five minutes of two requests a second."""
STEPS = 3000
"""The same five minutes in tenths of a second, for bursts."""
Bits = NDArray[np.bool_]


@dataclass(frozen=True)
class Bursts:
    """Gilbert and Elliott: a share of the time, in bursts of so many seconds on average, all is lost."""

    share: float
    seconds: float

    def lost(self, chance: np.random.Generator) -> Bits:
        leave = 0.1 / self.seconds
        enter = leave * self.share / (1 - self.share)
        draws, bad, out = chance.random(STEPS), chance.random() < self.share, np.zeros(STEPS, dtype=bool)
        for step in range(STEPS):
            bad = draws[step] >= leave if bad else draws[step] < enter
            out[step] = bad
        return out


Ills = Mapping[str, "float | Bursts"]


def tallies(
    nodes: tuple[Node, ...], ills: Ills, seed: int, limited: Mapping[str, float] | None = None
) -> dict[str, Tally]:
    """What five minutes of requests count; ``limited`` routers answer only a share of their own."""
    chance = np.random.default_rng(seed)
    passes: dict[str, float] = {}
    bursts: dict[str, Bits] = {}
    gone = {name: ill.lost(chance) for name, ill in ills.items() if isinstance(ill, Bursts)}
    counted = {}
    for number, each in enumerate(nodes):
        above = (passes.get(each.parent or "", 1.0), bursts.get(each.parent or "", np.zeros(STEPS, dtype=bool)))
        ill = ills.get(each.name, 0.0)
        passes[each.name] = above[0] * (1.0 if isinstance(ill, Bursts) else 1 - ill)
        bursts[each.name] = above[1] | gone[each.name] if each.name in gone else above[1]
        own = (limited or {}).get(each.name, 1.0)
        asked = ~bursts[each.name][number % 5 :: 5]
        passed = int((asked & (chance.random(SENT) < passes[each.name] * own)).sum())
        counted[each.name] = Tally(SENT, SENT - passed)
    return counted


def named(nodes: tuple[Node, ...], counted: Mapping[str, Tally]) -> set[str]:
    return {lossy.link for lossy in where_loss_begins(nodes, counted)}


@pytest.mark.parametrize("size", TREES)
@pytest.mark.parametrize(
    ("place", "loss"),
    [(1, 0.05), (1, 0.1), (1, 0.3), (1, 0.6), (2, 0.05), (2, 0.1), (2, 0.3), (2, 0.6), (3, 0.1), (3, 0.3), (3, 0.6)],
)
def test_a_lossy_link_alone_is_named_within_five_minutes(size: str, place: int, loss: float) -> None:
    nodes, ill = TREES[size][0], str(TREES[size][place])
    runs = [named(nodes, tallies(nodes, {ill: loss}, seed)) for seed in range(RUNS)]
    assert [found for found in runs if found - {ill}] == []
    assert sum(found == {ill} for found in runs) >= 0.99 * RUNS


@pytest.mark.parametrize("size", TREES)
def test_an_office_that_loses_five_in_a_hundred_accuses_no_innocent(size: str) -> None:
    nodes, *_, office = TREES[size]
    runs = [named(nodes, tallies(nodes, {str(office): 0.05}, seed)) for seed in range(RUNS)]
    assert [found for found in runs if found - {office}] == []
    assert sum(found == {office} for found in runs) >= 0.8 * RUNS


@pytest.mark.parametrize("size", TREES)
def test_a_trunk_and_an_office_behind_it_are_both_named_and_nobody_else(size: str) -> None:
    nodes, trunk, _, office = TREES[size]
    ills = {str(trunk): 0.2, str(office): 0.3}
    assert [found for seed in range(RUNS) if (found := named(nodes, tallies(nodes, ills, seed))) != set(ills)] == []


@pytest.mark.parametrize("size", TREES)
def test_two_offices_of_one_router_are_two_and_not_their_trunk(size: str) -> None:
    nodes, _, router, office = TREES[size]
    other = next(n.name for n in nodes if n.parent == router and n.name != office)
    ills = {str(office): 0.3, other: 0.3}
    assert [found for seed in range(RUNS) if (found := named(nodes, tallies(nodes, ills, seed))) != set(ills)] == []


@pytest.mark.parametrize("size", TREES)
def test_a_healthy_city_in_which_every_node_loses_one_in_a_hundred_accuses_nobody(size: str) -> None:
    nodes = TREES[size][0]
    limited = dict.fromkeys((n.name for n in nodes), 0.99)
    assert [found for seed in range(RUNS) if (found := named(nodes, tallies(nodes, {}, seed, limited)))] == []


@pytest.mark.parametrize("size", TREES)
@pytest.mark.parametrize("seconds", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_loss_in_bursts_is_named_like_any_other(size: str, seconds: float, place: int) -> None:
    nodes, ill = TREES[size][0], str(TREES[size][place])
    for seed in range(RUNS):
        counted = tallies(nodes, {ill: Bursts(0.1, seconds)}, seed)
        found = named(nodes, counted)
        assert found <= {ill}, seed
        assert found or counted[ill].lost < 0.06 * SENT, seed


@pytest.mark.parametrize("size", TREES)
@pytest.mark.parametrize("answers", [0.2, 0.5, 0.8])
def test_a_router_that_limits_its_answers_accuses_nobody_and_hides_nobody(size: str, answers: float) -> None:
    nodes, _, router, office = TREES[size]
    for seed in range(RUNS):
        assert named(nodes, tallies(nodes, {}, seed, {str(router): answers})) == set(), seed
        assert named(nodes, tallies(nodes, {str(office): 0.3}, seed, {str(router): answers})) == {office}, seed


def test_a_link_says_its_own_loss_with_an_interval_that_holds_it() -> None:
    held = 0
    for seed in range(RUNS):
        trunk, office = where_loss_begins(CITY, tallies(CITY, {"core-agg": 0.2, "timur-rsud": 0.3}, seed))
        held += (trunk.low <= 0.2 <= trunk.high) + (office.low <= 0.3 <= office.high)
    assert held >= 0.9 * 2 * RUNS


trees = st.lists(st.integers(0, 30), min_size=1, max_size=14)


@settings(max_examples=150)
@given(trees, st.data(), st.sampled_from([0.1, 0.2, 0.4, 0.6]), st.integers(0, 2**16))
def test_on_any_tree_the_one_ill_link_is_named_alone(
    parents: list[int], data: st.DataObject, loss: float, seed: int
) -> None:
    nodes = (node("n0", None, 0), *(node(f"n{n}", f"n{p % n}", n) for n, p in enumerate(parents, 1)))
    ill = data.draw(st.sampled_from([each.name for each in nodes]))
    assert named(nodes, tallies(nodes, {ill: loss}, seed)) == {ill}


def test_too_few_requests_say_nothing() -> None:
    few = {each.name: Tally(FEWEST_REQUESTS - 1, FEWEST_REQUESTS - 1) for each in CITY}
    assert where_loss_begins(CITY, few) == ()
    assert where_loss_begins(CITY, {}) == ()


def test_right_after_a_start_the_core_is_not_named_for_its_trunk() -> None:
    def named(sent: int) -> list[str]:
        well = {each.name for each in CITY if each.name == "core" or each.name.startswith("isp-")}
        lost = {each.name: 0 if each.name in well else sent // 20 for each in CITY}
        return [lossy.link for lossy in where_loss_begins(CITY, {name: Tally(sent, lost[name]) for name in lost})]

    assert named(100) == [] and named(SENT) == ["core-agg"]
