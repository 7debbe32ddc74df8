"""HTB's own structures (linux/pkt_sched.h): a Class in, netlink options out, and back. Pure.

``buffer`` is a time in ticks of 64 ns; sending linklayer Ethernet spares the rate tables. Rates from 2^32 on travel in
the 64-bit attributes.
"""

import struct
from operator import attrgetter

from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.handles import PARENT
from shaping.drivers.linux.rtnetlink import attribute, attributes
from shaping.queues import Count

# TCA_HTB_PARMS, TCA_HTB_INIT, TCA_HTB_RATE64, TCA_HTB_CEIL64.
PARMS, INIT, RATE64, CEIL64 = 1, 2, 6, 7

# TC_LINKLAYER_ETHERNET: the kernel then computes times itself and asks for no rate table.
_ETHERNET = 1

# PSCHED_SHIFT is 6: one tick of the scheduler is 2^6 ns (net/pkt_sched.h).
_TICK_NANOSECONDS = 64

_HIGHEST_32 = 0xFFFFFFFF
# TCA_STATS_BASIC, TCA_STATS_QUEUE, TCA_STATS_APP, TCA_STATS_PKT64 (linux/gen_stats.h).
_STATS_BASIC, _STATS_QUEUE, _STATS_APP, _STATS_PKT64 = 1, 3, 4, 8
# struct tc_htb_xstats: lends, borrows, giants, tokens, ctokens (linux/pkt_sched.h).
_XSTATS = struct.Struct("=IIIii")
_QUEUE = struct.Struct("=IIIII")

# What a burst loses on its way through ticks of 64 ns: 16 bytes at 2 Gbit/s; a millionth of the rate above.
_TICKS_ROUND_BYTES = 16

# What is compared to the byte.
_exactly = attrgetter("minor", "rate", "ceil", "quantum", "leaf", "queue", "prio", "parent")


def root_options(default: int) -> bytes:
    """``tc_htb_glob``: version 3, rate2quantum 10, the class of what is not mapped."""
    # The last two are debug and direct_pkts, which the kernel fills. rate2quantum would derive quanta from rates; it
    # only has to be there, because every class of ours brings its own quantum.
    return attribute(INIT, struct.pack("=IIIII", 3, 10, default, 0, 0))


def class_options(htb: Class) -> bytes:
    """``tc_htb_opt`` of a class."""
    # HTB keeps a burst as the time that it lasts at its rate, so the same bytes are other ticks under another rate.
    rate, ceil = _spec(htb.rate), _spec(htb.ceil)
    buffers = struct.pack("=III", _ticks(htb.burst, htb.rate), _ticks(htb.cburst, htb.ceil), htb.quantum)
    # The last two words are level, which the kernel computes, and prio: 0 in all of ours, so that borrowers take turns
    # by quantum.
    options = attribute(PARMS, rate + ceil + buffers + struct.pack("=II", 0, htb.prio))
    # A kernel that reads RATE64 takes it before the 32-bit field, which _spec has filled with its highest value.
    for number, value in ((RATE64, htb.rate), (CEIL64, htb.ceil)):
        options += attribute(number, struct.pack("=Q", value)) if value > _HIGHEST_32 else b""
    return options


def default_class(options: bytes) -> int:
    """The class of a root's unmapped packets, by its minor."""
    nest = attributes(options)
    # struct tc_htb_glob: version, rate2quantum, defcls.
    return int(struct.unpack_from("=I", nest[INIT], 8)[0]) if INIT in nest else 0


def read_class(minor: int, options: bytes, leaf: tuple[str, int], parent: int = PARENT) -> Class:
    """The class the kernel tells; ``leaf`` is the kind and the limit of its leaf."""
    nest = attributes(options)
    parms = nest[PARMS]
    # struct tc_htb_opt: two tc_ratespec of 12 bytes (the rate is their last u32), then buffer, cbuffer, quantum, level,
    # prio.
    rate, ceil = (struct.unpack_from("=I", parms, place + 8)[0] for place in (0, 12))
    buffer, cbuffer, quantum, _, prio = struct.unpack_from("=IIIII", parms, 24)
    rate = struct.unpack("=Q", nest[RATE64])[0] if RATE64 in nest else rate
    ceil = struct.unpack("=Q", nest[CEIL64])[0] if CEIL64 in nest else ceil
    bursts = {"burst": _bytes(buffer, rate), "cburst": _bytes(cbuffer, ceil)}
    return Class(
        minor=minor,
        rate=rate,
        ceil=ceil,
        quantum=quantum,
        leaf=leaf[0],
        queue=leaf[1],
        prio=prio,
        parent=parent,
        **bursts,
    )


def same(htb: Class, other: Class) -> bool:
    """Equal but for what ticks round away from the bursts."""
    if _exactly(htb) != _exactly(other):
        return False
    # Comparing exactly would find a difference in every reading, and the agent would change its classes for ever.
    rounded = _TICKS_ROUND_BYTES + htb.ceil // 10**6
    return abs(htb.burst - other.burst) <= rounded and abs(htb.cburst - other.cburst) <= rounded


def counted(stats: bytes) -> Count:
    """``TCA_STATS2`` of a class."""
    nest = attributes(stats)
    # struct gnet_stats_basic: u64 bytes, u32 packets; unpadded, so that eight and four bytes are all there is.
    size, packets = struct.unpack_from("=QI", nest[_STATS_BASIC]) if _STATS_BASIC in nest else (0, 0)
    # Kernels from 5.5 on add it where the 32 bits have overflowed.
    if _STATS_PKT64 in nest:
        packets = struct.unpack_from("=Q", nest[_STATS_PKT64])[0]
    # struct gnet_stats_queue: qlen, backlog, drops, requeues, overlimits. HTB counts one where a packet leaves its
    # class below zero, which may then send no other before its ceiling allows it (htb_change_class_mode).
    queue = _QUEUE.unpack_from(nest[_STATS_QUEUE]) if _STATS_QUEUE in nest else (0, 0, 0, 0, 0)
    own = nest.get(_STATS_APP, b"")
    if len(own) < _XSTATS.size:
        return Count(size, packets, queue[2], queue[1])
    # As they were right after the last packet: nothing is added to them until the next.
    ticks = max(0, -_XSTATS.unpack_from(own)[4])
    return Count(size, packets, queue[2], queue[1], queue[4], ticks * _TICK_NANOSECONDS / 10**9)


def _spec(rate: int) -> bytes:
    # struct tc_ratespec: u8 cell_log, u8 linklayer, u16 overhead, s16 cell_align, u16 mpu, u32 rate. No overhead: rates
    # are of layer 2 as the kernel sees a frame, and so are the counters that prove them.
    return struct.pack("=BBHhHI", 0, _ETHERNET, 0, 0, 0, min(rate, _HIGHEST_32))


def _ticks(size: int, rate: int) -> int:
    return min(_HIGHEST_32, size * 10**9 // rate // _TICK_NANOSECONDS)


def _bytes(ticks: int, rate: int) -> int:
    # Rounded up, because ``_ticks`` rounds down: so what was read and is written again is the same, however often. Both
    # down, a burst lost a byte with every undo.
    return -(-ticks * _TICK_NANOSECONDS * rate // 10**9)
