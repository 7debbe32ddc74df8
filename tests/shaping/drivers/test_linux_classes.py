"""Classes survive the kernel's form and keep their numbers."""

import pytest
from htb_classes import htb_class
from hypothesis import given
from hypothesis import strategies as st
from ledgers import revision

from shaping.drivers.linux.classes import Class, LineClasses, compile_classes
from shaping.drivers.linux.handles import (
    FIRST,
    HIGHEST,
    LEAF_OFFSET,
    MAJOR,
    MANAGEMENT,
    PARENT,
    STRAY,
    UNMAPPED,
    assign_minors,
    class_handle,
    leaf_handle,
    root_handle,
)
from shaping.drivers.linux.htb import class_options, read_class, same
from shaping.errors import ShapingError
from shaping.queues import Queue


@given(st.integers(32_000, 2_000_000_000), st.integers(0, 2_000_000_000))
def test_a_class_survives_the_kernels_form(rate: int, more: int) -> None:
    one = htb_class(rate, rate + more, burst=1600 + rate // 500)
    assert same(read_class(0x10, class_options(one), ("bfifo", 16_000)), one)


def test_known_offices_keep_their_class_and_new_ones_get_the_lowest_free() -> None:
    assert assign_minors({"a": 0x10, "b": 0x11}, {"b", "c"}) == {"b": 0x11, "c": 0x12}


WANTED = revision(dinkes=(32_000, 2_500_000), rsud=(3_200_000, 3_200_000)).queues
CLASSES = compile_classes(WANTED, {"dinkes": 0x10, "rsud": 0x11}, "receive", LineClasses(25_000_000))


def test_the_reserve_of_the_line_goes_to_management_and_to_nobodys_traffic() -> None:
    assert (CLASSES[UNMAPPED].rate, CLASSES[UNMAPPED].ceil) == (250_000, 250_000)
    assert (CLASSES[MANAGEMENT].rate, CLASSES[MANAGEMENT].ceil) == (1_000_000, 25_000_000)
    assert (CLASSES[PARENT].rate, CLASSES[PARENT].queue) == (25_000_000, 0)


def test_excess_follows_the_guarantee_within_what_htb_takes() -> None:
    assert (CLASSES[0x11].quantum, CLASSES[0x10].quantum) == (32_000, 1514)
    # 60 / 40 / 20 Mbit/s, as measured under contention, in proportion; the kernel warns above 200,000.
    line = LineClasses(25_000_000)
    assert [line.quantum(rate) for rate in (7_500_000, 5_000_000, 2_500_000)] == [75_000, 50_000, 25_000]
    assert line.quantum(10**9) == 200_000
    # On a line of 20 Mbit/s guarantees are small, and still in proportion.
    assert [LineClasses(2_500_000).quantum(rate) for rate in (62_500, 250_000)] == [6_000, 24_000]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(32_000, 20_000_000), min_size=2))
def test_one_offices_change_touches_its_own_class_and_no_other(guarantees: dict[str, int]) -> None:
    minors = assign_minors({}, set(guarantees))

    def classes(rates: dict[str, int]) -> dict[int, Class]:
        queues = [Queue(opd, "receive", rate, 25_000_000) for opd, rate in rates.items()]
        return compile_classes(queues, minors, "receive", LineClasses(25_000_000))

    one = min(guarantees)
    before, after = classes(guarantees), classes({**guarantees, one: 20_000_001})
    assert {minor for minor in before if before[minor] != after[minor]} == {minors[one]}


def test_nobodys_addresses_get_what_was_decided_and_stray_ones_never_more_than_the_reserve() -> None:
    decided = compile_classes(WANTED, {"dinkes": 0x10, "rsud": 0x11}, "receive", LineClasses(25_000_000, 5_000_000))
    assert (decided[UNMAPPED].rate, decided[UNMAPPED].ceil) == (250_000, 5_000_000)
    for ceiling, told in ((1, 250_000), (10**9, 25_000_000)):
        assert compile_classes([], {}, "receive", LineClasses(25_000_000, ceiling))[UNMAPPED].ceil == told
    assert decided[STRAY].ceil == 250_000 and decided[STRAY].rate < 32_000


def test_a_queue_holds_fifty_milliseconds_and_a_burst_two_and_neither_less_than_frames() -> None:
    assert (CLASSES[0x10].queue, CLASSES[0x10].burst) == (125_000, 5_000)
    slow = compile_classes(
        revision(dinkes=(32_000, 64_000)).queues, {"dinkes": 0x10}, "receive", LineClasses(25_000_000)
    )[0x10]
    assert (slow.queue, slow.burst) == (16_000, 1600)


@pytest.mark.parametrize("offices", [1, 12, 219, 220, 500, 2000, HIGHEST - FIRST + 1])
def test_no_handle_meets_another_whatever_the_number_of_offices(offices: int) -> None:
    minors = assign_minors({}, {f"opd-{n}" for n in range(offices)})
    assert len(set(minors.values())) == offices
    classes = [PARENT, UNMAPPED, MANAGEMENT, STRAY, *minors.values()]
    qdiscs = [root_handle(), *(leaf_handle(minor) for minor in classes if minor != PARENT)]
    assert len({handle.number for handle in qdiscs}) == len(qdiscs)
    # From 8000: on the kernel numbers qdiscs itself, below 10: people do.
    assert all(0xF < handle.major < 0x8000 and handle.minor == 0 for handle in qdiscs)
    assert len({class_handle(minor).number for minor in classes}) == len(classes)


def test_a_number_that_cannot_be_is_given_to_nobody_whatever_the_file_says() -> None:
    assert MAJOR - LEAF_OFFSET not in assign_minors({}, {f"opd-{n}" for n in range(500)}).values()
    for wrong in (MAJOR - LEAF_OFFSET, PARENT, UNMAPPED, STRAY, HIGHEST + 1, "16", True, None):
        assert assign_minors({"old": wrong}, {"old"}) == {"old": FIRST}  # type: ignore[dict-item]  # Read from a file.
    with pytest.raises(ValueError, match="has no leaf"):
        leaf_handle(PARENT)


def test_two_offices_that_a_file_gives_one_number_get_two() -> None:
    assert assign_minors({"a": 0x10, "b": 0x10}, {"a", "b"}) == {"a": 0x10, "b": 0x11}


def test_more_offices_than_the_kernel_can_number_are_refused() -> None:
    with pytest.raises(ShapingError, match="more classes than the kernel can number"):
        assign_minors({}, {str(n) for n in range(65_300)})
