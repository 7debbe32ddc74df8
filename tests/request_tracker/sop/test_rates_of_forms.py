"""Rates in forms: read as people write them, echoed, and refused with the next step where they are not certain."""

from typing import Any

import pytest

from request_tracker.errors import Refused
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import check_values, rates_of
from request_tracker.web.shell.formats import typed_rate

DOWN = Field("wanted_receive", "Kecepatan unduh", "Download rate", "rate")
UP = Field("wanted_transmit", "Kecepatan unggah", "Upload rate", "rate", required=False)


@pytest.mark.parametrize("text", ["50", "50 Mbps", "50M", "0,05 Gbps", "50.000 kbps", "50 Mbps dedicated", 6_250_000])
def test_a_field_takes_every_spelling_of_the_one_reader(text: Any) -> None:
    assert check_values((DOWN, UP), {"wanted_receive": text}) == {"wanted_receive": 6_250_000}


def test_down_and_up_in_one_field_fill_both_and_are_echoed() -> None:
    typed = {"wanted_receive": "50/20 Mbps", "wanted_transmit": ""}
    assert check_values((DOWN, UP), typed) == {"wanted_receive": 6_250_000, "wanted_transmit": 2_500_000}
    assert rates_of((DOWN, UP), typed) == [(DOWN, 6_250_000), (UP, 2_500_000)]
    assert typed == {"wanted_receive": "50/20 Mbps", "wanted_transmit": ""}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"wanted_receive": "50/20", "wanted_transmit": "30"}, "adalah dua kecepatan"),
        ({"wanted_receive": "50 MB"}, "belum pasti: “MB” berarti byte"),
        ({"wanted_receive": "1.000 Mbps"}, "“1.000” dibaca 1000, bukan 1.000. Tulis misalnya 1 Gbit/s"),
        ({"wanted_receive": "٥٠"}, "tulis dengan angka 0 sampai 9"),
        ({"wanted_receive": "9.999.999 Gbit/s"}, "lebih dari 1 Tbit/s"),
        ({"wanted_receive": "50 Mbps/1 Gbps"}, "mencampur satuan"),
        ({"wanted_receive": "cepat"}, "bukan kecepatan"),
    ],
)
def test_what_is_not_certain_is_refused_with_its_field_and_what_to_write(typed: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_values((DOWN, UP), typed)
    assert reason in refusal.value.text("id") and "Kecepatan unduh" in refusal.value.text("id")


@pytest.mark.parametrize("rate", [6_250_000, 256_000, 125_000_000, 1_543_210])
def test_a_rate_that_stands_in_a_field_is_read_back_the_same(rate: int) -> None:
    assert check_values((DOWN,), {"wanted_receive": typed_rate(rate)}) == {"wanted_receive": rate}


def test_what_stands_in_the_field_is_in_its_unit() -> None:
    assert [typed_rate(rate) for rate in (6_250_000, 256_000, 0)] == ["50", "2048 kbit/s", "0"]
