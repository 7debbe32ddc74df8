"""One rule for the tracker and the shaper: the lowest rate, the order of rates, the committed share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_rules import rule_files
from inventory import admission
from inventory.admission import LOWEST_BYTES_PER_SECOND, RatePair, capacity_for, capacity_of, commitment, possible
from inventory.reading import read_city

CAPACITY = 25_000_000
amounts = st.integers(1, 2**50)


def test_what_is_promised_of_a_line_is_added_up() -> None:
    found = commitment(CAPACITY, (RatePair(1_000_000, 20_000_000), RatePair(2_000_000, 10_000_000)))
    assert (found.guaranteed, found.ceilings) == (3_000_000, 30_000_000)
    assert (found.usable, found.reserve, found.room) == (23_750_000, 1_250_000, 20_750_000)
    assert found.oversubscribed and not found.overcommitted


@pytest.mark.parametrize(("over", "refused"), [(0, False), (1, True)])
def test_the_last_byte_of_the_committed_share_may_be_promised_and_no_more(over: int, refused: bool) -> None:
    assert commitment(CAPACITY, [RatePair(23_750_000 + over, CAPACITY)]).overcommitted is refused


@pytest.mark.parametrize(("over", "above"), [(0, False), (1, True)])
def test_ceilings_may_fill_the_line_before_a_reason_is_needed(over: int, above: bool) -> None:
    assert commitment(CAPACITY, [RatePair(1, CAPACITY + over)]).oversubscribed is above


@pytest.mark.parametrize(
    ("guaranteed", "ceiling", "allowed"),
    [
        (LOWEST_BYTES_PER_SECOND, LOWEST_BYTES_PER_SECOND, True),
        (LOWEST_BYTES_PER_SECOND - 1, CAPACITY, False),
        (CAPACITY, CAPACITY, True),
        (CAPACITY, CAPACITY + 1, False),
        (2_000_000, 1_999_999, False),
    ],
)
def test_a_rate_lies_between_the_lowest_and_the_capacity(guaranteed: int, ceiling: int, allowed: bool) -> None:
    assert possible(RatePair(guaranteed, ceiling), CAPACITY) is allowed


@given(amounts, amounts)
def test_the_share_is_exact_in_whole_numbers_however_large(capacity: int, guaranteed: int) -> None:
    found = commitment(capacity, [RatePair(guaranteed, guaranteed)])
    assert found.overcommitted == (guaranteed * 100 > capacity * 95)
    assert found.usable + found.reserve == capacity


def test_the_share_is_whole_bytes_rounded_down() -> None:
    assert [(admission.usable(capacity), type(admission.usable(capacity))) for capacity in (1, 21, 99)] == [
        (0, int),
        (19, int),
        (94, int),
    ]


@given(amounts)
def test_a_line_bought_for_a_need_may_carry_it(guaranteed: int) -> None:
    assert capacity_for(guaranteed) * 0.95 == pytest.approx(guaranteed)


def test_the_directions_of_a_line_have_their_own_capacities() -> None:
    uplink = read_city("inventory/example/city.yaml").uplinks[0].model_copy(update={"receive_capacity": 1})
    assert [capacity_of(uplink, way) for way in admission.DIRECTIONS] == [1, CAPACITY]
    assert admission.RESERVE_RATIO == 0.05


def test_the_alert_on_too_many_promises_has_the_same_share() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in rule_files())
    assert f"uplink:committed:ratio > {1 - admission.RESERVE_RATIO}\n" in text
