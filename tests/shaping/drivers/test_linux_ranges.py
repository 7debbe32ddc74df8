"""Ranges are disjoint and say what the longest prefix says."""

from ipaddress import IPv4Network, ip_address
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from ledgers import CITY

from shaping.drivers.linux.nft import compile_map
from shaping.drivers.linux.ranges import disjoint, without

networks = st.tuples(st.integers(0, 2**10 - 1), st.integers(22, 32)).map(
    lambda pair: IPv4Network((pair[0] << (32 - pair[1]) & 0xFFFFFFFF, pair[1]), strict=False)
)


@given(st.dictionaries(networks, st.sampled_from("abc"), max_size=10), st.integers(0, 2**12))
def test_ranges_are_disjoint_and_say_what_the_longest_prefix_says(owned: dict[IPv4Network, str], offset: int) -> None:
    ranges = disjoint(list(owned.items()))
    assert all(a.last < b.first for a, b in pairwise(ranges))
    for address in {offset, *(int(n.network_address) for n in owned), *(int(n.broadcast_address) for n in owned)}:
        holding = [network for network in owned if ip_address(address) in network]
        expected = owned[max(holding, key=lambda network: network.prefixlen)] if holding else None
        assert next((r.owner for r in ranges if r.first <= address <= r.last), None) == expected


@given(st.sets(networks, max_size=8), st.sets(networks, max_size=8))
def test_what_is_cut_out_is_out_and_all_else_is_left(whole: set[IPv4Network], holes: set[IPv4Network]) -> None:
    left = without(disjoint((network, "a") for network in whole), disjoint((network, "b") for network in holes))
    assert all(a.last < b.first for a, b in pairwise(left))
    for network in whole | holes:
        for address in (network.network_address, network.broadcast_address):
            expected = any(address in one for one in whole) and not any(address in one for one in holes)
            assert any(row.first <= int(address) <= row.last for row in left) is expected


def test_the_map_of_the_city_gives_nested_prefixes_and_the_management_network_their_class() -> None:
    found = compile_map(CITY, {"rsud": 0x10})
    owners = {row.owner for kind in ("opds", "managed") for row in found.ranges(kind, 4)}
    assert owners == {"16", "3"}
    assert found.hash == compile_map(CITY, {"rsud": 0x10}).hash


def test_the_longest_prefix_wins_between_an_office_and_the_management_network_around_it() -> None:
    settings = CITY.city.model_copy(update={"management": (IPv4Network("10.0.0.0/8"),)})
    found = compile_map(CITY.model_copy(update={"city": settings}), {"rsud": 0x10})
    address = int(ip_address("10.30.1.5"))
    of = [kind for kind in ("opds", "managed", "stray") for r in found.ranges(kind, 4) if r.first <= address <= r.last]
    assert of == ["opds"]
