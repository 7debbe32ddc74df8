"""HTB's own structures (linux/pkt_sched.h): a Class in, netlink options out, and back. Pure.

``buffer`` is a time in ticks of 64 ns; sending linklayer Ethernet spares the rate tables. Rates from 2^32 on travel in
the 64-bit attributes.
"""

import struct

from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.rtnetlink import attribute, attributes
from shaping.queues import Count

PARMS, INIT, RATE64, CEIL64 = 1, 2, 6, 7
_ETHERNET = 1
_TICK_NANOSECONDS = 64
_HIGHEST_32 = 0xFFFFFFFF
_STATS_BASIC, _STATS_QUEUE, _STATS_BASIC_HW, _STATS_PKT64 = 1, 3, 7, 8


def root_options(default: int) -> bytes:
    """``tc_htb_glob``: version 3, rate2quantum 10, the class of what is not mapped."""
    return attribute(INIT, struct.pack("=IIIII", 3, 10, default, 0, 0))


def class_options(one: Class) -> bytes:
    """``tc_htb_opt`` of a class."""
    rate, ceil = _spec(one.rate), _spec(one.ceil)
    buffers = struct.pack("=III", _ticks(one.burst, one.rate), _ticks(one.cburst, one.ceil), one.quantum)
    options = attribute(PARMS, rate + ceil + buffers + struct.pack("=II", 0, 0))
    for number, value in ((RATE64, one.rate), (CEIL64, one.ceil)):
        options += attribute(number, struct.pack("=Q", value)) if value > _HIGHEST_32 else b""
    return options


def read_class(minor: int, options: bytes, queue: int) -> Class:
    """The class the kernel tells; ``queue`` is the limit of its leaf."""
    found = attributes(options)
    parms = found[PARMS]
    rate, ceil = (struct.unpack_from("=I", parms, place + 8)[0] for place in (0, 12))
    buffer, cbuffer, quantum = struct.unpack_from("=III", parms, 24)
    rate = struct.unpack("=Q", found[RATE64])[0] if RATE64 in found else rate
    ceil = struct.unpack("=Q", found[CEIL64])[0] if CEIL64 in found else ceil
    return Class(minor, rate, ceil, _bytes(buffer, rate), _bytes(cbuffer, ceil), quantum, queue)


def same(one: Class, other: Class) -> bool:
    """Equal but for what ticks round away from the bursts."""
    exact = ("minor", "rate", "ceil", "quantum", "queue")
    near = all(abs(getattr(one, key) - getattr(other, key)) <= 16 + one.ceil // 10**6 for key in ("burst", "cburst"))
    return near and all(getattr(one, key) == getattr(other, key) for key in exact)


def counted(stats: bytes) -> Count:
    """``TCA_STATS2`` of a class."""
    found = attributes(stats)
    size, packets = struct.unpack_from("=QI", found[_STATS_BASIC]) if _STATS_BASIC in found else (0, 0)
    if _STATS_PKT64 in found:
        packets = struct.unpack_from("=Q", found[_STATS_PKT64])[0]
    _, backlog, drops = struct.unpack_from("=III", found[_STATS_QUEUE]) if _STATS_QUEUE in found else (0, 0, 0)
    return Count(size, packets, drops, backlog)


def _spec(rate: int) -> bytes:
    return struct.pack("=BBHhHI", 0, _ETHERNET, 0, 0, 0, min(rate, _HIGHEST_32))


def _ticks(size: int, rate: int) -> int:
    return min(_HIGHEST_32, size * 10**9 // rate // _TICK_NANOSECONDS)


def _bytes(ticks: int, rate: int) -> int:
    return ticks * _TICK_NANOSECONDS * rate // 10**9
