"""The qdisc in which a class's packets wait: its kind and ceiling in, netlink options out, and its limit back. Pure.

HTB decides when a packet goes, the leaf which one, and when one is too many. The first of ``KINDS`` that this kernel
has is used (``probing``). What is compared afterwards is the kind and the limit: every other option a kernel may round.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shaping.drivers.linux.rtnetlink import attribute, attributes

# A leaf without drops by delay holds 50 ms of the ceiling: 47 ms of delay under load were measured, 1,864 ms with the
# default pfifo.
_QUEUE_SECONDS = 0.05

# Ten full frames: 50 ms of the lowest rate would hold one, and drop the second of any burst.
_LOWEST_QUEUE = 16_000

# cake and fq_codel drop by delay, so their limit is only one of memory, which the kernel counts with its own head on
# each packet (truesize, up to twice its bytes): 100 ms of the ceiling, 256 kB at least, fq_codel's default at most.
_MEMORY_SECONDS, _LOWEST_MEMORY, _HIGHEST_MEMORY = 0.2, 256_000, 32 << 20

# A whole frame, in which sfq counts (net/sched/sch_sfq.c: 127 packets in each of 128 flows at most).
_FRAME, _SFQ_FLOWS, _SFQ_PACKETS = 1514, 128, 127 * 128

# CoDel's 5 ms and 100 ms (RFC 8289, 4.2 and 4.3); its target must hold a frame and a half, or a slow class drops all.
_TARGET_MICROSECONDS, _INTERVAL_MICROSECONDS = 5_000, 100_000

# linux/pkt_sched.h: TCA_FQ_CODEL_TARGET, _INTERVAL, _ECN, _MEMORY_LIMIT.
_FQ_TARGET, _FQ_INTERVAL, _FQ_ECN, _FQ_MEMORY = 1, 3, 4, 9
# linux/pkt_sched.h: TCA_CAKE_BASE_RATE64 (0: HTB shapes, not cake), _DIFFSERV_MODE, _RTT, _TARGET, _MEMORY; and
# CAKE_DIFFSERV_BESTEFFORT: an office's own marks decide nothing.
_CAKE_RATE, _CAKE_DIFFSERV, _CAKE_RTT, _CAKE_TARGET, _CAKE_MEMORY, _CAKE_BESTEFFORT = 2, 3, 7, 8, 10, 3


@dataclass(frozen=True)
class LeafKind:
    """``limit`` of a ceiling, ``options`` of a limit and a ceiling, ``read``: the limit in what the kernel tells."""

    limit: Callable[[int], int]
    options: Callable[[int, int], bytes]
    read: Callable[[bytes], int]


def _fifo_limit(ceil: int) -> int:
    return max(_LOWEST_QUEUE, int(ceil * _QUEUE_SECONDS))


def _memory(ceil: int) -> int:
    return min(_HIGHEST_MEMORY, max(_LOWEST_MEMORY, int(ceil * _MEMORY_SECONDS)))


def _sfq_limit(ceil: int) -> int:
    return min(_SFQ_PACKETS, _fifo_limit(ceil) // _FRAME) * _FRAME


def _word(value: int) -> bytes:
    return struct.pack("=I", value)


def _first_word(options: bytes) -> int:
    return int(struct.unpack_from("=I", options)[0]) if len(options) >= 4 else 0


def _times(ceil: int) -> tuple[bytes, bytes]:
    """CoDel's target and interval, microseconds; the interval grows with the target as sqm-scripts have it."""
    target = max(_TARGET_MICROSECONDS, _FRAME * 3 // 2 * 10**6 // ceil)
    return _word(target), _word(_INTERVAL_MICROSECONDS - _TARGET_MICROSECONDS + target)


def _cake_options(limit: int, ceil: int) -> bytes:
    target, interval = _times(ceil)
    return (
        attribute(_CAKE_RATE, struct.pack("=Q", 0))
        + attribute(_CAKE_DIFFSERV, _word(_CAKE_BESTEFFORT))
        + attribute(_CAKE_RTT, interval)
        + attribute(_CAKE_TARGET, target)
        + attribute(_CAKE_MEMORY, _word(limit))
    )


def _fq_codel_options(limit: int, ceil: int) -> bytes:
    target, interval = _times(ceil)
    return (
        attribute(_FQ_TARGET, target)
        + attribute(_FQ_INTERVAL, interval)
        + attribute(_FQ_ECN, _word(1))
        + attribute(_FQ_MEMORY, _word(limit))
    )


def _sfq_options(limit: int, ceil: int) -> bytes:
    # struct tc_sfq_qopt: quantum (0: a frame), seconds until flows are mixed anew, packets, divisor, flows.
    # The flows are always said: a small limit lowers them, and then no later limit could be larger than that many.
    return struct.pack("=IiIII", 0, 10, limit // _FRAME, 0, _SFQ_FLOWS)


def _sfq_read(options: bytes) -> int:
    return int(struct.unpack_from("=I", options, 8)[0]) * _FRAME if len(options) >= 12 else 0


# The best first: cake and fq_codel keep a call clear of the same office's download, sfq takes turns among flows, bfifo
# only keeps the delay short. bfifo is in every kernel that has HTB.
KINDS: Mapping[str, LeafKind] = {
    "cake": LeafKind(_memory, _cake_options, lambda options: _first_word(attributes(options).get(_CAKE_MEMORY, b""))),
    "fq_codel": LeafKind(_memory, _fq_codel_options, lambda got: _first_word(attributes(got).get(_FQ_MEMORY, b""))),
    "sfq": LeafKind(_sfq_limit, _sfq_options, _sfq_read),
    "bfifo": LeafKind(_fifo_limit, lambda limit, ceil: _word(limit), _first_word),
}
LAST = "bfifo"
