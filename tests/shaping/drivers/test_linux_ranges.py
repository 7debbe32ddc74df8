"""Ranges are disjoint and say what the longest prefix says."""

from ipaddress import IPv4Network, ip_address
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from ledgers import CITY

from shaping.drivers.linux.nft import compile_map
from shaping.drivers.linux.ranges import disjoint

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


def test_the_map_of_the_city_gives_nested_prefixes_and_the_management_network_their_class() -> None:
    found = compile_map(CITY, {"rsud": 0x10})
    owners = {r.owner for r in found.ranges[4]}
    assert owners == {"16", "3"}
    assert found.hash == compile_map(CITY, {"rsud": 0x10}).hash
