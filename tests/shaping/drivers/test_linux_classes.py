"""Classes survive the kernel's form and keep their numbers."""

from hypothesis import given
from hypothesis import strategies as st

from shaping.drivers.linux.classes import Class, assign_minors
from shaping.drivers.linux.htb import class_options, read_class, same


@given(st.integers(32_000, 2_000_000_000), st.integers(0, 2_000_000_000))
def test_a_class_survives_the_kernels_form(rate: int, more: int) -> None:
    one = Class(0x10, rate, rate + more, 1600, 1600 + rate // 500, 1514, 16_000)
    assert same(read_class(0x10, class_options(one), 16_000), one)


def test_known_offices_keep_their_class_and_new_ones_get_the_lowest_free() -> None:
    assert assign_minors({"a": 0x10, "b": 0x11}, {"b", "c"}) == {"b": 0x11, "c": 0x12}
