"""Numbers in Indonesian words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from request_tracker.letters.press.terbilang import LARGEST, terbilang


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (17, "tujuh belas"),
        (100, "seratus"),
        (1001, "seribu satu"),
        (2_026, "dua ribu dua puluh enam"),
        (111_000_000, "seratus sebelas juta"),
        (1_000_000_000_000, "satu triliun"),
    ],
)
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert terbilang(number) == words


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_no_two_numbers_have_the_same_words(one: int, other: int) -> None:
    assert (terbilang(one) == terbilang(other)) == (one == other)


def test_a_number_beyond_words_is_refused() -> None:
    with pytest.raises(ValueError, match="has no words"):
        terbilang(-1)
