"""The kernel's formats: built as the headers say, read back whole, and never past the end of what came."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from shaping.drivers.linux.htb import counted, root_options
from shaping.drivers.linux.rtnetlink import (
    KIND,
    NEWCLASS,
    OPTIONS,
    ROOT,
    STATS2,
    QueueMessage,
    attribute,
    attributes,
    read_message,
    tcmsg,
)
from shaping.queues import Count


@given(st.dictionaries(st.integers(1, 0x3FFF), st.binary(max_size=40), max_size=6))
def test_attributes_come_back_whatever_they_hold(contents: dict[int, bytes]) -> None:
    packed = b"".join(attribute(number, content) for number, content in contents.items())
    assert len(packed) % 4 == 0 and attributes(packed) == contents


@given(st.binary(max_size=64))
def test_bytes_that_are_no_attributes_end_the_reading_and_never_raise(data: bytes) -> None:
    assert all(len(content) <= len(data) for content in attributes(data).values())


def test_flags_of_an_attribute_are_no_part_of_its_number() -> None:
    assert attributes(struct.pack("=HH", 5, 0x8000 | 3) + b"x\0\0\0") == {3: b"x"}


def test_a_request_is_read_back_as_it_was_written() -> None:
    body = tcmsg(7, 0x1EB0010, ROOT, "htb", b"opts") + attribute(STATS2, b"")
    assert read_message(NEWCLASS, body) == QueueMessage(
        type=NEWCLASS, interface=7, handle=0x1EB0010, parent=ROOT, kind="htb", options=b"opts", stats=b""
    )
    assert set(attributes(body[20:])) == {KIND, OPTIONS, STATS2}


def test_a_request_without_kind_is_the_bare_header_of_twenty_bytes() -> None:
    assert len(tcmsg(1)) == 20


def test_the_root_sends_what_is_not_mapped_to_its_default_class() -> None:
    (glob,) = attributes(root_options(2)).values()
    assert struct.unpack("=IIIII", glob) == (3, 10, 2, 0, 0)


def test_a_class_counts_bytes_packets_drops_and_what_waits() -> None:
    basic = attribute(1, struct.pack("=QI", 5_000_000_000, 7))
    queue = attribute(3, struct.pack("=IIIII", 4, 6_000, 9, 0, 0))
    assert counted(basic + queue) == Count(5_000_000_000, 7, 9, 6_000)
    many = attribute(8, struct.pack("=Q", 5_000_000_000))
    assert counted(basic + queue + many).packets == 5_000_000_000
    assert counted(b"") == Count(0, 0, 0, 0)


def test_a_class_that_has_spent_its_ceiling_says_for_how_long() -> None:
    """struct tc_htb_xstats: lends, borrows, giants, tokens, ctokens (ticks of 64 ns); too short, it says nothing."""
    queue = attribute(3, struct.pack("=IIIII", 4, 6_000, 9, 0, 77))
    for ctokens, seconds in ((-1_000_000, 0.064), (0, 0.0), (5, 0.0)):
        said = counted(queue + attribute(4, struct.pack("=IIIii", 1, 2, 3, -9, ctokens)))
        assert (said.stops, said.stop_seconds, said.backlog, said.drops) == (77, seconds, 6_000, 9)
    assert counted(queue + attribute(4, b"\0" * 16)).stops is None
