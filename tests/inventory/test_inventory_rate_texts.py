"""Rates as offices write them: what is read, what is guessed and said, what is refused with the next step."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.rate_texts import read_one_rate, read_rate, unit_of
from inventory.rates import exact_rate, parse_rate
from inventory.sentences import MisreadError


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("50 Mbps", "50 Mbit/s"),
        ("50 Mbit/s", "50 Mbit/s"),
        ("50Mb", "50 Mbit/s"),
        ("50M", "50 Mbit/s"),
        ("50 M", "50 Mbit/s"),
        ("50 MBPS", "50 Mbit/s"),
        ("50\u00a0Mbps.", "50 Mbit/s"),
        ("10 Mb/s", "10 Mbit/s"),
        ("10 Mb/dtk", "10 Mbit/s"),
        ("50 Mbs", "50 Mbit/s"),
        ("50 mega", "50 Mbit/s"),
        ("50 Megabit per detik", "50 Mbit/s"),
        ("512 Kbps", "512 kbit/s"),
        ("1 Gbps", "1 Gbit/s"),
        ("1,5 Gbps", "1.5 Gbit/s"),
        ("1.5 Gig", "1.5 Gbit/s"),
        ("1.234,5 Mbps", "1.2345 Gbit/s"),
        ("1,234.5 Mbps", "1.2345 Gbit/s"),
        ("1.234.567 kbps", "1.234567 Gbit/s"),
        ("50.000 Kbps", "50 Mbit/s"),
        ("0,512 Mbps", "512 kbit/s"),
        ("1.234 Gbps", "1234 Mbit/s"),
        ("50 Mbps dedicated", "50 Mbit/s"),
        ("50/20 Mbps", "50 Mbit/s / 20 Mbit/s"),
        ("50 Mbps/20 Mbps", "50 Mbit/s / 20 Mbit/s"),
        ("50M/20M", "50 Mbit/s / 20 Mbit/s"),
        ("50 Mbps (down) / 20 Mbps (up)", "50 Mbit/s / 20 Mbit/s"),
        ("UL 20 / DL 50 Mbps", "50 Mbit/s / 20 Mbit/s"),
        ("unduh 50 unggah 20 Mbps", "50 Mbit/s / 20 Mbit/s"),
        ("50 Mbps - dedicated", "50 Mbit/s"),
        ("Dedicated - 50 Mbps", "50 Mbit/s"),
        ("Mbps 50", "50 Mbit/s"),
        ("Kbps: 512", "512 kbit/s"),
    ],
)
def test_a_rate_is_understood_as_the_office_means_it(text: str, echo: str) -> None:
    reading = read_rate(text)
    assert (str(reading), reading.guesses) == (echo, ())


@pytest.mark.parametrize(
    ("text", "echo", "guess"),
    [
        ("50", "50 Mbit/s", "'50' has no unit, Mbit/s was taken"),
        ("51200", "51.2 Mbit/s", "'51200' has no unit, kbit/s was taken"),
        ("50 MB", "50 Mbit/s", "'MB' means bytes, it was read as bits (Mbit/s)"),
        ("50 MBps", "50 Mbit/s", "'MBps' means bytes, it was read as bits (Mbit/s)"),
        ("1:4 50 Mbps", "50 Mbit/s", "'1:4' was left out"),
        ("up to 50 Mbps", "50 Mbit/s", "'up to' was left out"),
        ("s/d 50 Mbps", "50 Mbit/s", "'s/d' was left out"),
        ("50 Mbps Astinet", "50 Mbit/s", "'Astinet' was left out"),
        ("1.000 Mbps", "1 Gbit/s", "'1.000' was read as 1000, not as 1.000"),
        ("50 Mbps, 20 Mbps", "50 Mbit/s / 20 Mbit/s", "the first was read as download, the second as upload"),
        ("20/50 Mbps", "20 Mbit/s / 50 Mbit/s", "the first was read as download, the second as upload"),
    ],
)
def test_what_is_not_certain_is_guessed_and_said(text: str, echo: str, guess: str) -> None:
    reading = read_rate(text)
    assert str(reading) == echo
    assert guess in [sentence.english for sentence in reading.guesses]
    with pytest.raises(MisreadError):
        read_one_rate(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("٥٠ Mbps", "holds the digit '٥'; write it with the digits 0 to 9"),
        ("５０ Mbps", "holds the digit"),
        ("½ Gbps", "holds the digit"),
        ("9,999,999 Gbit/s", "is more than 1 Tbit/s; look at the number and its unit"),
        ("9999999 Gbit/s", "is more than 1 Tbit/s"),
        ("50 Mbps/1 Gbps", "mixes units"),
        ("2 Gbps 500 Mbps", "mixes units"),
        ("50 megabyte", "is in bytes; rates are counted in bits"),
        ("1024", "has no unit; write for example 1024 kbit/s or 1024 Mbit/s"),
        ("50000000", "has no unit"),
        ("20-50 Mbps", "is not a rate"),
        ("50 Mbps s/d 100 Mbps", "is not a rate"),
        ("2 x 50 Mbps", "is not a rate"),
        ("50 20 Mbps", "is not a rate"),
        ("50 Mbps/MBps", "is not a rate"),
        ("-50 Mbps", "is not a rate"),
        ("1e3 Mbit/s", "is not a rate"),
        ("5O Mbps", "is not a rate"),
        ("10-Mei", "is not a rate"),
        ("2026-05-10 00:00:00", "is not a rate"),
        ("10.30.1.0/24", "is not a rate"),
        ("lantai 2", "is not a rate"),
        ("unlimited", "is not a rate"),
        ("Rp 50 Mbps", "is not a rate"),
        ("Rp50.000", "is not a rate"),
        ("IDR 500", "is not a rate"),
        ("50%", "is not a rate"),
        ("50 GB per bulan", "is not a rate"),
        ("", "is not a rate"),
        ("1" * 5000, "is not a rate"),
        ("0", "is not a possible rate"),
        ("1 bit/s", "is not a possible rate"),
    ],
)
def test_what_is_no_rate_is_refused_in_both_languages(text: str, reason: str) -> None:
    with pytest.raises(MisreadError) as refusal:
        read_rate(text)
    assert reason in refusal.value.sentence.english
    assert refusal.value.sentence.indonesian != refusal.value.sentence.english


def test_the_unit_of_a_heading_or_a_form_is_that_of_a_bare_number() -> None:
    assert (read_one_rate("50", "Mbit/s"), read_one_rate("51200", "kbps")) == (6_250_000, 6_400_000)
    assert read_one_rate("1,5 Gbps", "Mbps") == 187_500_000
    assert read_one_rate("50/50", "Mbps") == 6_250_000
    with pytest.raises(MisreadError, match="is two rates"):
        read_one_rate("50/20", "Mbps")
    with pytest.raises(MisreadError, match="more than 1 Tbit/s"):
        read_one_rate("9999999", "Mbps")


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("BANDWIDTH (Mbps)", "Mbps"),
        ("Kecepatan (kbps)", "kbps"),
        ("BW (M)", "M"),
        ("Mbit/s", "Mbit"),
        ("Bandwidth", ""),
    ],
)
def test_a_heading_names_its_unit(heading: str, unit: str) -> None:
    assert unit_of(heading) == unit


@given(st.integers(min_value=1, max_value=10**12 // 8))
def test_every_rate_is_echoed_so_that_it_is_read_back_the_same(rate: int) -> None:
    assert parse_rate(exact_rate(rate)) == read_one_rate(exact_rate(rate)) == rate


def test_no_echo_can_be_taken_for_thousands() -> None:
    assert [exact_rate(rate) for rate in (256_000, 154_250_000, 6_250_000)] == [
        "2048 kbit/s",
        "1234 Mbit/s",
        "50 Mbit/s",
    ]
    with pytest.raises(ValueError, match="is no rate"):
        exact_rate(0)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(MisreadError):
        assert read_rate(text).receive > 0
