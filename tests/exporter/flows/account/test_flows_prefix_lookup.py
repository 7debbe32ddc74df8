"""Longest prefix match over nested prefixes of any length: the tables against brute force."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exporter.errors import ExporterError
from exporter.flows.account.prefix_lookup import PrefixLookup, prefix_lookup

Network = IPv4Network | IPv6Network
MAPPED = IPv6Network("::ffff:0:0/96")


def networks(bits: int, around: int) -> st.SearchStrategy[Network]:
    """Prefixes that nest: all near one address, of every length."""
    kind = IPv4Network if bits == 32 else IPv6Network
    near = st.tuples(st.integers(0, 2**20), st.sampled_from([0, 1, 8, 56, 64, 90]), st.integers(0, bits))

    def made(row: tuple[int, int, int]) -> Network:
        offset, shift, length = row
        return kind(((around + (offset << min(shift, bits - 21))) % (1 << bits), length), strict=False)

    return near.map(made)


def made(rows: Sequence[Network]) -> PrefixLookup:
    return prefix_lookup(tuple(str(one) for one in rows[:1000]), [(one, number) for number, one in enumerate(rows)])


def brute(rows: Sequence[Network], address: int) -> int:
    found = [
        (one.prefixlen, number)
        for number, one in enumerate(rows)
        if int(one.network_address) <= address <= int(one.broadcast_address)
    ]
    return max(found)[1] if found else -1


def edges(rows: Sequence[Network], bits: int) -> list[int]:
    ends = [int(end) + step for one in rows for end in (one[0], one[-1]) for step in (-1, 0, 1)]
    return [end % (1 << bits) for end in ends] + [0, (1 << bits) - 1]


@given(st.lists(networks(32, 0x0A1E0000), unique=True, max_size=12))
@example([ip_network("0.0.0.0/0"), ip_network("255.255.255.255/32")])
def test_rule_14_ipv4_is_found_at_every_edge(rows: list[Network]) -> None:
    asked = edges(rows, 32)
    found = made(rows).of4(np.array(asked, ">u4").view(np.uint8).reshape(-1, 4))
    assert found.tolist() == [brute(rows, address) for address in asked]


@given(st.lists(networks(128, int(ip_address("2001:db8::"))), unique=True, max_size=12))
@example([ip_network("::/0"), ip_network("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128")])
def test_rule_14_ipv6_is_found_at_every_edge(rows: list[Network]) -> None:
    asked = edges(rows, 128)
    raw = np.frombuffer(b"".join(address.to_bytes(16, "big") for address in asked), np.uint8).reshape(-1, 16)
    assert made(rows).of6(raw).tolist() == [brute(rows, address) for address in asked]


def test_more_divided_blocks_than_the_table_holds_are_refused() -> None:
    with pytest.raises(ExporterError, match="divided"):
        made([IPv4Network((number << 8, 25)) for number in range(40_000)])


@given(st.lists(networks(32, 0x0A1E0000), unique=True, max_size=12), st.lists(networks(128, 0xFFFF << 32), max_size=4))
@example([ip_network("0.0.0.0/0")], [ip_network("::/0")])
@example([], [ip_network("::/0")])
def test_ipv4_mapped_into_ipv6_is_whose_the_ipv4_address_is(rows: list[Network], others: list[Network]) -> None:
    asked = edges(rows, 32)
    raw = b"".join((0xFFFF << 32 | address).to_bytes(16, "big") for address in asked)
    outside = [other for other in others if not other.overlaps(MAPPED) or other.prefixlen < MAPPED.prefixlen]
    found = made([*rows, *outside]).of6(np.frombuffer(raw, np.uint8).reshape(-1, 16))
    assert found.tolist() == [brute(rows, address) for address in asked]
