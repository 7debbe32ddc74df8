"""Prefixes as offices write them in one cell: what is read, what is guessed and said, what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.prefix_texts import read_prefixes
from inventory.sentences import MisreadError


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("10.1.2.0/24 & 10.1.3.0/24", "10.1.2.0/24 10.1.3.0/24"),
        ("10.1.4.0/24, 10.1.5.0/24", "10.1.4.0/24 10.1.5.0/24"),
        ("10.1.4.0/24;10.1.5.0/24", "10.1.4.0/24 10.1.5.0/24"),
        ("10.1.6.0/24 dan 10.1.7.0/24", "10.1.6.0/24 10.1.7.0/24"),
        ("10.1.8.0/24\n10.1.9.0/24", "10.1.8.0/24 10.1.9.0/24"),
        ("10.1.8.0/24 / 10.1.9.0/24", "10.1.8.0/24 10.1.9.0/24"),
        ("10.30.2.0 /24", "10.30.2.0/24"),
        ("10.30.3.0/255.255.255.0", "10.30.3.0/24"),
        ("10.30.3.0 / 255.255.255.128", "10.30.3.0/25"),
        ("10.30.3.0 netmask 255.255.255.0", "10.30.3.0/24"),
        ("LAN: 10.30.3.0/24", "10.30.3.0/24"),
        ("10.30.5.0 - 10.30.5.255", "10.30.5.0/24"),
        ("10.1.2.0/24 s/d 10.1.3.0/24", "10.1.2.0/23"),
        ("2001:db8::/48 & 10.1.0.0/24", "2001:db8::/48 10.1.0.0/24"),
        ("10.1.1.0/24, 10.1.1.0/24", "10.1.1.0/24"),
        ("10.1.2.0/24/10.1.3.0/24", "10.1.2.0/24 10.1.3.0/24"),
        ("10.1.2.0/24dan10.1.3.0/24", "10.1.2.0/24 10.1.3.0/24"),
        ("1. 10.1.2.0/24 2. 10.1.9.0/24", "10.1.2.0/24 10.1.9.0/24"),
        ("a) 10.1.2.0/24\nb) 10.1.9.0/24", "10.1.2.0/24 10.1.9.0/24"),
        ("- 10.1.2.0/24\n- 10.1.9.0/24", "10.1.2.0/24 10.1.9.0/24"),
        ("10.30.1.0\\24", "10.30.1.0/24"),
        ("10.30.1.0\uff0f24", "10.30.1.0/24"),
        ("10.1.1.0/24*", "10.1.1.0/24"),
    ],
)
def test_the_networks_of_a_cell_are_understood(text: str, networks: str) -> None:
    reading = read_prefixes(text)
    assert (str(reading), reading.guesses) == (networks, ())


@pytest.mark.parametrize(
    ("text", "networks", "guess"),
    [
        ("10.30.1.1/24", "10.30.1.0/24", "10.30.1.1/24 was read as 10.30.1.0/24"),
        ("10.30.4.0", "10.30.4.0/24", "10.30.4.0 was read as 10.30.4.0/24"),
        ("10.30.4.5", "10.30.4.5/32", "10.30.4.5 was read as 10.30.4.5/32"),
        ("10.30.5.1 - 10.30.5.254", "10.30.5.0/24", "10.30.5.1-10.30.5.254 was read as 10.30.5.0/24"),
        ("10.30.5.1 – 126", "10.30.5.0/25", "10.30.5.1-126 was read as 10.30.5.0/25"),
        ("10.30.5.2 sampai dengan 10.30.5.254/24", "10.30.5.0/24", "10.30.5.2-10.30.5.254/24 was read as 10.30.5.0/24"),
        ("10.30.1.x", "10.30.1.0/24", "10.30.1.x was read as 10.30.1.0/24"),
        ("10.1.1.0/24 (Wifi)", "10.1.1.0/24", "'Wifi' was left out"),
        ("VLAN10: 10.1.1.0/24", "10.1.1.0/24", "'VLAN10:' was left out"),
        ("10.1.1.0/24 -> mt1", "10.1.1.0/24", "'mt1' was left out"),
        ("10.30.1/24", "10.30.1.0/24", "10.30.1/24 was read as 10.30.1.0/24"),
        ("10.30.1.X/24", "10.30.1.0/24", "10.30.1.X/24 was read as 10.30.1.0/24"),
        ("10.30.1.xxx", "10.30.1.0/24", "10.30.1.xxx was read as 10.30.1.0/24"),
        ("10.30.1.1 s.d. 10.30.1.254", "10.30.1.0/24", "10.30.1.1-10.30.1.254 was read as 10.30.1.0/24"),
        ("10.30.1.1~254", "10.30.1.0/24", "10.30.1.1-254 was read as 10.30.1.0/24"),
        ("10.30.1.1..10.30.1.254", "10.30.1.0/24", "10.30.1.1-10.30.1.254 was read as 10.30.1.0/24"),
        ("10.30.1.0/24 gw 10.30.1.1", "10.30.1.0/24", "'10.30.1.1' was left out"),
    ],
)
def test_what_is_not_certain_is_guessed_and_said(text: str, networks: str, guess: str) -> None:
    reading = read_prefixes(text)
    assert str(reading) == networks
    assert [sentence.english for sentence in reading.guesses] == [guess]


@pytest.mark.parametrize(
    "text",
    [
        *("10.30.1.0/33", "10.30.1.300/24", "010.030.001.000/24", "10.1.1.0/24/25", "0.0.0.0/0", "dinas", "-", ""),
        *(
            "10.1.1.5 - 10.1.1.1",
            "10.1.1.1-2001:db8::1",
            "10.0.0.1 - 10.255.3.200",
            "vlan 10 10.1.1.0/24",
            "2001:db8::",
        ),
        *("١٠.١.٠.٠/٢٤", "50 Mbps", "10.1.0.0/24 " * 1000),
        *("10.30/24", "10.30.x/24", "mt1", "0.0.0.0/8", "169.254.1.0/24", "224.0.0.0/4", "fe80::/64"),
    ],
)
def test_what_is_no_network_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(
        MisreadError, match=r"is not a network|no office's address|whole internet|holds the digit"
    ) as refusal:
        read_prefixes(text)
    assert refusal.value.sentence.indonesian != refusal.value.sentence.english


def test_the_mask_of_a_column_beside_is_that_of_an_address_without_one() -> None:
    assert str(read_prefixes("10.1.2.0", "255.255.255.0")) == "10.1.2.0/24"
    assert str(read_prefixes("10.1.2.0, 10.1.3.0/26", "/25")) == "10.1.2.0/25 10.1.3.0/26"


@given(st.text(max_size=40) | st.text("0123456789./-x :&", max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(MisreadError):
        assert all(network.prefixlen > 0 for network in read_prefixes(text).networks)
