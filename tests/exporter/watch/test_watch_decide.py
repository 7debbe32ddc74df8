"""Root causes: one cut is one root, whatever the tree and whatever the phase; a short loss is none."""

from collections.abc import Mapping
from ipaddress import ip_address

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.watch.decide import Node, Seat, decide, watched
from inventory.reading import read_city

CITY = read_city("inventory/example/city.yaml")
NODES = watched(CITY)
NEED = 3


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
    state: Mapping[str, Seat] = seats or {}
    opened: list[tuple[str, ...]] = []
    for at, answered in enumerate(answers):
        result = decide(nodes, state, answered, float(at), NEED)
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
    seats: Mapping[str, Seat] = {"isp-utama": Seat(3, 0, True, 1.0)}
    first = decide(NODES, seats, everybody, 5.0, NEED)
    second = decide(NODES, first.seats, everybody, 6.0, NEED)
    assert (first.closed, second.closed) == ((), ("isp-utama",))
