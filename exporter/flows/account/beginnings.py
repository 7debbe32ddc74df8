"""Two heads of datagrams in; out, whether the later goes on with the stream of the earlier or begins anew. Pure.

An exporter that was started again may mean another layout by the same template number. NetFlow v9 tells it by the
milliseconds since it began, which fall, and a sequence number that does not go on; IPFIX by the sequence number alone.
"""

import math
from typing import NamedTuple

from exporter.flows.account.loss import MODULO

# A jump ahead by no more is loss, not another stream (as in ``loss``): a million units.
_LARGEST_GAP = 1 << 20

# v9: a datagram that the network held back is some milliseconds older than the one before it, never five seconds.
_LATE_MILLISECONDS = 5000

# v9: the milliseconds have 32 bits and begin at 0 again after 49.7 days; a fall from within its last hour is that.
_WRAP_MILLISECONDS = MODULO - 3_600_000

# IPFIX: records that a datagram may be behind by and yet be a late one (as in ``loss``), and the seconds by which its
# export time then cannot be ahead.
_LATE_RECORDS, _LATE_SECONDS = 4096, 2

# Seconds without a datagram: what then begins at 0 was started again, and is none that the network held back.
_SILENT_SECONDS = 5.0

# Datagrams between two of one stream that come by two sockets: of a chassis whose line cards number them together.
_BETWEEN_PACKETS = 16

# IPFIX counts records: of 16 datagrams, in each of which there are at most some 64.
_BETWEEN_RECORDS = _BETWEEN_PACKETS * 64


class StreamHead(NamedTuple):
    """What a header says of where it stands (``stamp`` as ``wire.Packet`` has it), and when it came, in seconds."""

    stamp: int
    sequence: int
    when: float = -math.inf


def begins_anew(version: int, before: StreamHead, head: StreamHead) -> bool:
    """True where the exporter was started again between the two."""
    ahead = (head.sequence - before.sequence) % MODULO
    if version == 9:
        # Its milliseconds alone say so, unless the numbers go on: of line cards that each began when they did.
        fell = head.stamp + _LATE_MILLISECONDS < before.stamp < _WRAP_MILLISECONDS
        return fell and not 1 <= ahead <= _BETWEEN_PACKETS
    if head.sequence == before.sequence == 0:
        # Its first datagram, again: what the network held back is not as old.
        return head.stamp - before.stamp >= _LATE_SECONDS and head.when - before.when >= _SILENT_SECONDS
    if ahead <= _LARGEST_GAP:
        return False
    # A jump ahead is an exporter that sent much while nobody listened.
    back = before.sequence - head.sequence
    silent = head.sequence == 0 and head.when - before.when >= _SILENT_SECONDS
    return back > 0 and (back > _LATE_RECORDS or silent or head.stamp - before.stamp >= _LATE_SECONDS)


def goes_on(version: int, before: StreamHead, head: StreamHead) -> bool:
    """True where two datagrams of one address that came from two ports are of one stream by their numbers."""
    between = _BETWEEN_PACKETS if version == 9 else _BETWEEN_RECORDS
    ahead = (head.sequence - before.sequence) % MODULO
    return ahead <= between or MODULO - ahead <= between
