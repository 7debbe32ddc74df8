"""What the line adds to a frame, as the kernel's size table: reckoned as it reckons, read back as it was sent."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from shaping.drivers.linux.changes import changes_between, made_first, plan_hash
from shaping.drivers.linux.frames import BARE, FrameSize, read_size_table, size_table
from shaping.drivers.linux.kernel import State
from shaping.drivers.linux.owners import Map
from shaping.drivers.linux.rtnetlink import attributes

FRAMES = st.builds(FrameSize, st.integers(-64, 256), st.integers(0, 256)).filter(lambda frame: frame != BARE)


def reckoned(stab: bytes, length: int) -> int:
    """net/sched/sch_api.c, __qdisc_calculate_pkt_len, line by line."""
    nest = attributes(attributes(stab)[8])
    cell_log, size_log, align, overhead, _, _, _, rows = struct.unpack("=BBhiIIII", nest[1])
    data = struct.unpack(f"={rows}H", nest[2])
    slot = max(0, length + overhead + align) >> cell_log
    size = data[slot] if slot < rows else data[rows - 1] * (slot // rows) + data[slot % rows]
    return int(max(1, size << size_log))


@given(FRAMES, st.integers(60, 1782))
def test_each_frame_counts_its_length_with_what_the_line_adds(frame: FrameSize, length: int) -> None:
    # Of a frame that would count nothing or less the kernel counts a byte.
    assert reckoned(size_table(frame), length) == max(length + frame.overhead, frame.smallest, 1)


@given(FRAMES, st.integers(9_000, 65_536))
def test_a_bundle_counts_overhead_once_and_is_wrong_by_less_than_a_small_frame(frame: FrameSize, length: int) -> None:
    assert 0 <= reckoned(size_table(frame), length) - (length + frame.overhead) <= frame.smallest


@given(FRAMES)
def test_a_size_is_read_back_and_one_made_otherwise_is_never_taken_for_it(frame: FrameSize) -> None:
    stab = attributes(size_table(frame))[8]
    assert read_size_table(stab) == frame
    # cell_log 2, as tc makes its own: rounded up to four bytes.
    other = stab[:4] + b"\2" + stab[5:]
    assert read_size_table(other) == FrameSize(frame.overhead, -1) != frame


def test_without_anything_there_is_no_table_and_none_is_read() -> None:
    assert size_table(BARE) == b"" and read_size_table(b"") == BARE


def test_a_change_of_it_is_in_the_plan_and_in_what_a_person_confirms() -> None:
    nothing, tagged = Map({}), FrameSize(4)
    present = State({"lan": {}}, {}, nothing, "listing", frozenset({"lan"}), frames={"lan": tagged})
    changes = changes_between(present, {"lan": {}}, nothing, "listing", FrameSize(8))
    assert changes.resized == ("lan",) and made_first(changes) == ("lan", "lan: overhead")
    assert changes_between(present, {"lan": {}}, nothing, "listing", tagged).resized == ()
    assert plan_hash(changes, "") != plan_hash(changes_between(present, {"lan": {}}, nothing, "listing", BARE), "")
    # A root that is made anew counts nothing yet.
    spoiled = State({"lan": {}}, {}, nothing, "listing", spoiled=frozenset({"lan"}), frames={"lan": tagged})
    assert changes_between(spoiled, {"lan": {}}, nothing, "listing", tagged).resized == ("lan",)
