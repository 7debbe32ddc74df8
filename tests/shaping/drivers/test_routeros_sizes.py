"""From one office to 500: groups beyond a hundred, prefixes inside one another, changes that touch little."""

from dataclasses import replace
from ipaddress import IPv4Network, ip_network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import CITY
from routeros_fakes import VERSIONS, converge, routed

from inventory.admission import DIRECTIONS
from inventory.generate import generate_city
from inventory.model import City
from inventory.reading import parse_city
from shaping.drivers.routeros.fake.queue_rules import MOST_CHILDREN
from shaping.drivers.routeros.fake.tables import Make
from shaping.drivers.routeros.targets import MOST_TARGETS, disjoint_targets, parents_of
from shaping.errors import ShapingError
from shaping.queues import Queue

# The address that a target's owner is asked for, at both ends and around the prefixes inside.
OWN = [opd.code for opd in CITY.opds]


def queues(city: City, offices: int) -> list[Queue]:
    return [Queue(opd.code, way, 40_000, 100_000) for opd in city.opds[:offices] for way in DIRECTIONS]


@pytest.mark.parametrize("offices", [1, 100, 101, 220, 500])
def test_no_parent_has_more_children_than_a_router_takes(offices: int, tmp_path: Path) -> None:
    city = parse_city(generate_city(offices + 1))
    wanted = queues(city, offices)
    with routed(tmp_path, Make(VERSIONS[0]), city, uplink="isp-1") as (driver, scene):
        converge(driver, wanted)
        rows = scene.queues()
        parents = [row["parent"] for row in rows]
        # Each has two prefixes, and a group takes a hundred of them.
        assert len(rows) - offices == 1 + max(0, -(-(offices - 100) // 50))
        assert max(parents.count(name) for name in set(parents)) <= MOST_CHILDREN
        assert set(driver.read(wanted).queues.values()) == set(wanted)
        # A new office and a change touch themselves, and at most the group they stand in.
        more = queues(city, offices + 1)
        named = {operation.opd for operation in driver.plan(more).operations}
        assert named <= {city.opds[offices].code, None} and city.opds[offices].code in named
        higher = [replace(wanted[0], ceiling_bytes_per_second=200_000), *wanted[1:]]
        assert len(driver.plan(higher).operations) == 1


def test_a_prefix_inside_another_office_s_is_cut_out_of_it() -> None:
    opds = (
        CITY.opds[0].model_copy(update={"code": "wide", "prefixes": (ip_network("10.1.0.0/16"),)}),
        CITY.opds[1].model_copy(update={"code": "narrow", "prefixes": (ip_network("10.1.128.0/17"),)}),
    )
    targets = disjoint_targets(CITY.model_copy(update={"opds": opds}), ["wide", "narrow"])
    assert targets == {"wide": frozenset({"10.1.0.0/17"}), "narrow": frozenset({"10.1.128.0/17"})}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(OWN), st.integers(0, 255), st.integers(24, 32)), min_size=1, max_size=12))
def test_each_address_is_its_longest_prefix_s_and_nobody_else_s(rows: list[tuple[str, int, int]]) -> None:
    owners = {IPv4Network((f"10.9.0.{low}", length), strict=False): code for code, low, length in rows}
    by_code = {code: tuple(net for net, owner in owners.items() if owner == code) for code in set(owners.values())}
    opds = tuple(CITY.opds[0].model_copy(update={"code": code, "prefixes": nets}) for code, nets in by_code.items())
    oracle = {int(address): owners[net] for net in sorted(owners, key=lambda net: net.prefixlen) for address in net}
    if set(oracle.values()) != set(by_code):
        with pytest.raises(ShapingError, match="every prefix of it lies in another's"):
            disjoint_targets(CITY.model_copy(update={"opds": opds}), by_code)
        return
    targets = disjoint_targets(CITY.model_copy(update={"opds": opds}), by_code)
    pairs = [(int(address), code) for code, nets in targets.items() for net in nets for address in IPv4Network(net)]
    # Each address once, and the right one's.
    assert len(pairs) == len(oracle) and dict(pairs) == oracle


def test_an_office_of_too_many_pieces_is_refused_with_what_to_do() -> None:
    prefixes = tuple(ip_network(f"10.{number}.1.0/24") for number in range(MOST_TARGETS + 1))
    opds = (CITY.opds[0].model_copy(update={"prefixes": prefixes}),)
    with pytest.raises(ShapingError, match="join its prefixes in the city file, or use driver: linux"):
        disjoint_targets(CITY.model_copy(update={"opds": opds}), [opds[0].code])


def test_who_stands_somewhere_stays_there() -> None:
    targets = {f"opd-{number:03}": frozenset({f"10.0.{number}.0/24"}) for number in range(150)}
    first = parents_of({}, targets, "top")
    assert (list(first.values()).count("top"), list(first.values()).count("top-01")) == (100, 50)
    without = {opd: nets for opd, nets in targets.items() if opd != "opd-000"}
    again = parents_of(first, {**without, "a-new-one": frozenset({"10.1.0.0/24"})}, "top")
    assert {opd: name for opd, name in again.items() if opd in without} == {opd: first[opd] for opd in without}
    assert again["a-new-one"] == "top"
