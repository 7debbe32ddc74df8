"""Root causes: one cut is one root, whatever the tree and whatever the phase; a short loss is none."""

from collections.abc import Mapping
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.watch.decide import NEVER, Answers, Node, Seat, Silence, decide, watched
from inventory.reading import read_city

CITY = read_city("inventory/example/city.yaml")
NODES = watched(CITY)
LASTING = 2.0
"""Three misses in a row: a round is a second here."""
SURE = 7.0
"""The weight of a miss on a line that loses one request in a thousand."""


def tree(parents: list[int]) -> list[Node]:
    """Node 0 is the root router; every other hangs under an earlier one."""
    nodes = [Node("n0", "device", None, "n0", "", ip_address("10.0.0.1"), "", ())]
    for number, parent in enumerate(parents, 1):
        name = f"n{parent % number}"
        nodes.append(Node(f"n{number}", "link", name, name, "x", ip_address(f"10.0.1.{number}"), "", ()))
    return nodes


def behind(nodes: list[Node], cut: str) -> set[str]:
    found = {cut}
    for node in nodes:
        if node.parent in found:
            found.add(node.name)
    return found


def play(nodes: list[Node], answers: list[set[str]], seats: Mapping[str, Seat] | None = None) -> list[tuple[str, ...]]:
    """Rounds of a second, in each of which everybody is asked once; what each of them opened."""
    state: Mapping[str, Seat] = seats or {}
    misses: dict[str, int] = {}
    last: dict[str, float] = {}
    opened: list[tuple[str, ...]] = []
    for at, answered in enumerate(answers):
        misses = {node.name: misses.get(node.name, 0) + 1 for node in nodes if node.name not in answered}
        last |= dict.fromkeys(answered, float(at))
        silent = {name: Silence(float(at - count + 1), float(at), SURE * count) for name, count in misses.items()}
        result = decide(nodes, state, Answers(silent, last, {}), float(at), LASTING)
        state, opened = result.seats, [*opened, result.opened]
    return opened


trees = st.lists(st.integers(0, 30), min_size=1, max_size=12).map(tree)


@given(trees, st.data())
def test_one_cut_is_exactly_one_root(nodes: list[Node], data: st.DataObject) -> None:
    everybody = {node.name for node in nodes}
    cut = data.draw(st.sampled_from([node.name for node in nodes[1:]]))
    gone = behind(nodes, cut)
    torn = everybody - data.draw(st.sets(st.sampled_from(sorted(gone))))
    rounds = [everybody, torn, *[everybody - gone] * 6]
    siblings = [n for n in nodes if n.parent == next(m.parent for m in nodes if m.name == cut)]
    expected = {name for group in play(nodes, rounds) for name in group}
    assert len(expected) == 1
    assert expected == {cut} or siblings


@settings(max_examples=200)
@given(trees, st.data())
def test_independent_cuts_are_as_many_roots(nodes: list[Node], data: st.DataObject) -> None:
    everybody = {node.name for node in nodes}
    cuts = data.draw(st.sets(st.sampled_from([node.name for node in nodes[1:]]), min_size=1, max_size=3))
    gone = set().union(*(behind(nodes, cut) for cut in cuts))
    opened = [name for group in play(nodes, [everybody, *[everybody - gone] * 6]) for name in group]
    assert len(opened) == len(set(opened))
    assert set(opened) <= cuts | {"n0"}
    assert opened


@given(trees, st.data(), st.integers(1, 2))
def test_a_loss_of_fewer_rounds_than_needed_is_no_outage(nodes: list[Node], data: st.DataObject, lost: int) -> None:
    everybody = {node.name for node in nodes}
    gone = behind(nodes, data.draw(st.sampled_from([node.name for node in nodes[1:]])))
    rounds = [everybody, *[everybody - gone] * lost, *[everybody] * 3] * 5
    assert play(nodes, rounds) == [()] * len(rounds)


def test_children_do_not_flash_as_roots_while_their_parent_comes_back() -> None:
    everybody = {node.name for node in NODES}
    gone = behind(list(NODES), "agg-timur")
    slow = everybody - {"timur-rsud", "timur-dishub"}
    opened = play(list(NODES), [everybody, *[everybody - gone] * 5, slow, slow, everybody, everybody])
    assert [group for group in opened if group] == [("agg-timur",)]


def test_a_second_failure_behind_the_first_is_found_when_the_first_is_mended() -> None:
    everybody = {node.name for node in NODES}
    gone = behind(list(NODES), "agg-timur")
    opened = play(list(NODES), [everybody, *[everybody - gone] * 5, *[everybody - {"timur-rsud"}] * 5])
    assert [group for group in opened if group] == [("agg-timur",), ("timur-rsud",)]


def test_a_silent_router_that_still_forwards_is_no_outage() -> None:
    everybody = {node.name for node in NODES}
    assert not any(play(list(NODES), [everybody - {"agg-timur"}] * 8))


def test_the_dead_core_is_one_root_with_everybody() -> None:
    everybody = {node.name for node in NODES}
    opened = play(list(NODES), [everybody, *[set()] * 5])
    assert [group for group in opened if group] == [("core",)]
    assert len(NODES[0].opds) == 12


def test_an_outage_ends_after_two_answers_in_a_row() -> None:
    everybody = {node.name for node in NODES}
    seats: Mapping[str, Seat] = {"isp-utama": Seat(open=True, since=1.0)}
    first = decide(NODES, seats, Answers({}, dict.fromkeys(everybody, 5.0), {}), 5.0, LASTING)
    second = decide(NODES, first.seats, Answers({}, dict.fromkeys(everybody, 6.0), {}), 6.0, LASTING)
    assert (first.closed, second.closed) == ((), ("isp-utama",))


def one_look(silent: dict[str, Silence], answered: dict[str, float], at: float) -> tuple[str, ...]:
    known = {node.name: Seat(passing_since=0.0) for node in NODES}
    heard = {node.name: at for node in NODES} | dict.fromkeys(silent, NEVER) | answered
    return decide(NODES, known, Answers(silent, heard, {}), at, LASTING).opened


@pytest.mark.parametrize(("length", "weight", "cut"), [(2.1, 21.0, True), (1.9, 90.0, False), (2.1, 20.0, False)])
def test_a_silence_is_a_cut_when_it_outlasts_a_flap_and_is_improbable_for_its_line(
    length: float, weight: float, cut: bool
) -> None:
    run = Silence(100.0, 100.0 + length, weight)
    assert one_look({"timur-rsud": run}, {}, 103.0) == (("timur-rsud",) if cut else ())


def test_ten_seconds_without_an_answer_are_a_cut_of_whatever_line() -> None:
    assert one_look({"timur-rsud": Silence(100.0, 110.0, 0.5)}, {}, 110.1) == ("timur-rsud",)


def test_a_trunk_is_not_blamed_for_its_one_dead_line_while_the_others_lose_much_by_chance() -> None:
    gone = {name: Silence(100.0, 102.2, 2.0) for name in behind(list(NODES), "agg-timur")}
    assert one_look(gone | {"timur-rsud": Silence(100.0, 102.2, 80.0)}, {}, 102.3) == ()
    two = gone | {"timur-rsud": Silence(100.0, 102.2, 80.0), "timur-dpupr": Silence(100.0, 102.2, 80.0)}
    assert one_look(two, {}, 102.3) == ("agg-timur",)


def test_a_child_waits_until_somebody_behind_its_parent_answered_after_it_fell_silent() -> None:
    run, slow = Silence(100.0, 102.2, 80.0), sorted(behind(list(NODES), "agg-timur") - {"timur-rsud"})
    before, after = dict.fromkeys(slow, 99.5), dict.fromkeys(slow, 100.5)
    assert one_look({"timur-rsud": run}, before, 102.3) == ()
    assert one_look({"timur-rsud": run}, after, 102.3) == ("timur-rsud",)
