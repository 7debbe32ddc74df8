"""JSON from outside: plain data with finite numbers, or an error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.finite_json import parse

FINITE = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | FINITE | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_what_json_says_is_read_as_python_reads_it(value: object) -> None:
    assert parse(json.dumps(value)) == value


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
@pytest.mark.parametrize("place", ["{}", '{{"read_at": {}}}', "[1, {}]"])
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(number: str, place: str) -> None:
    with pytest.raises(ValueError, match=r"is no number of JSON|larger than any number"):
        parse(place.format(number))


def test_the_words_in_a_text_are_a_text() -> None:
    assert parse(b'["NaN", "Infinity", 1.5e3]') == ["NaN", "Infinity", 1500.0]
