"""Rates and prefixes, also against brute force."""

from ipaddress import IPv4Address, IPv4Network, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.prefixes import overlaps, whose
from inventory.rates import format_rate, parse_rate
from inventory.reading import read_city


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20 Mbit/s", 2_500_000), ("2,5 Gbit/s", 312_500_000), ("256 kbit/s", 32_000), ("1.5 Mbit/s", 187_500)],
)
def test_a_rate_is_read_in_bytes(text: str, expected: int) -> None:
    assert parse_rate(text) == expected


@pytest.mark.parametrize("text", ["20", "20 Mbps", "-1 Mbit/s", "0 Mbit/s", "1 bit/s", "", "NaN Mbit/s", "1e3 Mbit/s"])
def test_what_is_no_rate_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        parse_rate(text)


@given(st.integers(min_value=1, max_value=125_000_000).map(lambda n: n * 1000))
def test_a_rate_of_four_digits_survives_writing_and_reading(rate: int) -> None:
    assert abs(parse_rate_or_zero(format_rate(rate)) - rate) <= rate / 1000


def parse_rate_or_zero(text: str) -> float:
    number, unit = text.split()
    return float(number) * {"bit/s": 1, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9, "Tbit/s": 1e12}[unit] / 8


networks = st.tuples(st.integers(0, 2**12 - 1), st.integers(20, 32)).map(
    lambda pair: IPv4Network((pair[0] << (32 - pair[1]) & 0xFFFFFFFF, pair[1]), strict=False)
)


@given(st.lists(networks, max_size=12))
def test_overlaps_are_those_that_brute_force_finds(drawn: list[IPv4Network]) -> None:
    rows = [(network, str(place), place) for place, network in enumerate(drawn)]
    found = {(first[2], second[2]) for first, second in overlaps(rows)}
    expected = {(a, b) for a in range(len(drawn)) for b in range(a + 1, len(drawn)) if drawn[a].overlaps(drawn[b])}
    assert found == expected


def test_the_longest_prefix_says_whose_an_address_is() -> None:
    city = read_city("inventory/example/city.yaml")
    found = whose(city, IPv4Address("10.30.1.5"))
    assert found is not None
    assert (found[0], str(found[1])) == ("rsud", "10.30.1.0/26")
    assert whose(city, ip_address("2001:db8:3::9")) == ("dukcapil", city.opd("dukcapil").prefixes[1])
    assert whose(city, ip_address("192.0.2.1")) is None
