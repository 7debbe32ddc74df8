"""What a frame costs on the line beside what the kernel sees of it: bytes in, the size table of a root out, and back.

A tag that a switch adds, PPPoE behind a modem, preamble and gap: rates are of the line, so they count. They stand in
the root's size table (``stab``) and not in each class, because then HTB's counters count them too, and what a class was
promised is compared with what it counted. Pure.
"""

import struct
from dataclasses import dataclass

from shaping.drivers.linux.rtnetlink import STAB, attribute, attributes

# linux/pkt_sched.h: TCA_STAB_BASE, TCA_STAB_DATA.
_BASE, _DATA = 1, 2
# struct tc_sizespec: u8 cell_log, u8 size_log, s16 cell_align, s32 overhead, u32 linklayer, mpu, mtu, tsize.
_SIZESPEC = struct.Struct("=BBhiIIII")
# TC_LINKLAYER_ETHERNET: lines of ATM cells are not written here.
_ETHERNET = 1
# A row for each length of a whole frame, so that none is rounded; longer ones (bundles of GRO, jumbo frames) are taken
# as multiples of it (net/sched/sch_api.c, __qdisc_calculate_pkt_len).
_ROWS = 2048


@dataclass(frozen=True)
class FrameSize:
    """Bytes that the line adds to each frame, and the least that any frame takes there."""

    overhead: int = 0
    smallest: int = 0

    @property
    def text(self) -> str:
        """For people."""
        return f"{self.overhead} bytes beside each frame, {self.smallest} at least"


# As the kernel sees it.
BARE = FrameSize()


def size_table(frame: FrameSize) -> bytes:
    """The attribute that sets it; nothing at all is how the kernel is told to take it away."""
    if frame == BARE:
        return b""
    rows = struct.pack(f"={_ROWS}H", *(max(length, frame.smallest) for length in range(1, _ROWS + 1)))
    return attribute(STAB, attribute(_BASE, _spec(frame)) + attribute(_DATA, rows))


def read_size_table(stab: bytes) -> FrameSize:
    """What the kernel tells of a root; one that is not made as ours is none of ours, whatever it says."""
    if (spec := attributes(stab).get(_BASE, b"")) == b"":
        return BARE
    _, _, _, overhead, _, smallest, _, _ = _SIZESPEC.unpack_from(spec)
    frame = FrameSize(overhead, smallest)
    return frame if spec[: _SIZESPEC.size] == _spec(frame) else FrameSize(overhead, -1)


def _spec(frame: FrameSize) -> bytes:
    # cell_align -1: a row is found by the length less one, so that the first row is that of one byte.
    return _SIZESPEC.pack(0, 0, -1, frame.overhead, _ETHERNET, frame.smallest, _ROWS, _ROWS)
