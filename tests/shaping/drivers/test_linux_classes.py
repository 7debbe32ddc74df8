"""Classes survive the kernel's form and keep their numbers."""

import pytest
from htb_classes import htb_class
from hypothesis import given
from hypothesis import strategies as st
from ledgers import revision

from shaping.drivers.linux.classes import (
    FIRST,
    LEAF_OFFSET,
    MAJOR,
    MANAGEMENT,
    PARENT,
    UNMAPPED,
    assign_minors,
    compile_classes,
)
from shaping.drivers.linux.htb import class_options, read_class, same
from shaping.errors import ShapingError


@given(st.integers(32_000, 2_000_000_000), st.integers(0, 2_000_000_000))
def test_a_class_survives_the_kernels_form(rate: int, more: int) -> None:
    one = htb_class(rate, rate + more, burst=1600 + rate // 500)
    assert same(read_class(0x10, class_options(one), 16_000), one)


def test_known_offices_keep_their_class_and_new_ones_get_the_lowest_free() -> None:
    assert assign_minors({"a": 0x10, "b": 0x11}, {"b", "c"}) == {"b": 0x11, "c": 0x12}


WANTED = revision(dinkes=(32_000, 2_500_000), rsud=(3_200_000, 3_200_000)).queues
CLASSES = compile_classes(WANTED, {"dinkes": 0x10, "rsud": 0x11}, "receive", 25_000_000)


def test_the_reserve_of_the_line_goes_to_management_and_to_nobodys_traffic() -> None:
    assert (CLASSES[UNMAPPED].rate, CLASSES[UNMAPPED].ceil) == (250_000, 250_000)
    assert (CLASSES[MANAGEMENT].rate, CLASSES[MANAGEMENT].ceil) == (1_000_000, 25_000_000)
    assert (CLASSES[PARENT].rate, CLASSES[PARENT].queue) == (25_000_000, 0)


def test_excess_follows_the_guarantee_within_what_htb_takes() -> None:
    assert (CLASSES[0x11].quantum, CLASSES[0x10].quantum) == (60_000, 1514)


def test_a_queue_holds_fifty_milliseconds_and_a_burst_two_and_neither_less_than_frames() -> None:
    assert (CLASSES[0x10].queue, CLASSES[0x10].burst) == (125_000, 5_000)
    slow = compile_classes(revision(dinkes=(32_000, 64_000)).queues, {"dinkes": 0x10}, "receive", 25_000_000)[0x10]
    assert (slow.queue, slow.burst) == (16_000, 1600)


def test_the_number_whose_leaf_would_have_the_roots_handle_is_given_to_nobody() -> None:
    minors = assign_minors({}, {f"opd-{n}" for n in range(500)})
    assert len(set(minors.values())) == 500
    assert MAJOR - LEAF_OFFSET not in minors.values()
    assert assign_minors({"old": MAJOR - LEAF_OFFSET}, {"old"}) == {"old": FIRST}


def test_more_offices_than_the_kernel_can_number_are_refused() -> None:
    with pytest.raises(ShapingError, match="more classes than the kernel can number"):
        assign_minors({}, {str(n) for n in range(65_300)})
