"""Who calls whom again and again: pairs of a minute in, the calls of the last two hours out. Pure.

A call is a minute in which a host of an office sent little to a host outside of whose network nobody else in the city
heard in that minute. A pair is kept as long as its calls are of one size and nobody else calls that network: what many
use (updates, a push service, a resolver) falls out by itself. ``beacons`` judges what is left.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exporter.flows.history.host_pairs import HostPairs
from exporter.flows.history.key_sums import HOST, LOW_WORD, PORT_BIT, PORT_MASK, REMOTE, keyed
from exporter.flows.history.usage_rows import MAPPED, network_words

# Minutes that are remembered: ten calls ten minutes apart (``beacons``), and a few more.
WINDOW = 128
# Pairs: 50,000 are 4 MB on disk, written each minute. Of more, those with the fewest calls are forgotten.
MOST_PAIRS = 50_000
# Minutes without a call after which a pair is forgotten: ten are the longest period, and two for jitter.
_SILENT = 12
# A check-in is a few hundred bytes to a few packets; whoever fetches or sends more is at work.
MOST_CALL_BYTES = 20_000
# Calls of one size: TCP's own headers and a repeated packet make a quarter's difference.
_SAME_SIZE = 1.25
# Whoever is called (an office's own server that a monitoring service looks at) sends far more than it receives.
_CALLERS_SHARE = 2
# Name and time servers are called by the clock all day long (RFC 1035, RFC 5905).
_REGULAR_BY_TRADE = (53, 123)
# Words of a key: host and remote side, the OPD's number, the service.
_KEY = 6
# Bytes of a word or a size on disk.
_WORD = 8
_MINUTE = 60
_BYTE, _SECOND_BYTE, _IPV4_BIT = np.uint64(0xFF), np.uint64(8), np.uint64(32)

Rows = NDArray[Any]


class RegularCalls(NamedTuple):
    """``keys``: (6, rows); ``calls``: (rows, WINDOW), the newest minute first; ``smallest`` and ``largest`` call."""

    minute: int
    keys: Rows
    calls: Rows
    smallest: Rows
    largest: Rows

    def at(self, rows: Rows) -> "RegularCalls":
        """Those rows, by their places or by flags."""
        return RegularCalls(self.minute, self.keys[:, rows], self.calls[rows], self.smallest[rows], self.largest[rows])


class _Networks(NamedTuple):
    """Networks that were called in a minute, sorted: the caller of each, where ``several`` is not set."""

    network: Rows
    caller: Rows
    several: Rows

    def others(self, network: Rows, caller: Rows) -> Rows:
        """Whether somebody else called these networks."""
        if not len(self.network):
            return np.zeros(len(network), np.bool_)
        place = np.minimum(np.searchsorted(self.network, network), len(self.network) - 1)
        called = self.network[place] == network
        flags: Rows = called & (self.several[place] | (self.caller[place] != caller))
        return flags


def no_calls(minute: int) -> RegularCalls:
    """Nothing remembered."""
    nothing = np.empty(0, np.float64)
    return RegularCalls(minute, np.empty((_KEY, 0), np.uint64), np.zeros((0, WINDOW), np.bool_), nothing, nothing)


def after_minute(before: RegularCalls, minute: int, pairs: HostPairs) -> RegularCalls:
    """What is remembered after a minute (Unix seconds). Of a minute that is older nothing is learned."""
    if minute < before.minute:
        return before
    outward = pairs.at(np.flatnonzero((pairs.sent > 0) & _public(pairs.words)))
    networks = _callers(outward)
    small = _small(outward) & ~networks.others(*_network_and_caller(outward.words))
    calls = _calls(outward.at(np.flatnonzero(small)), minute)
    memory = _aged(before, minute)
    busy = _hashes(_keys(outward.at(np.flatnonzero(~small))))
    gone = networks.others(*_network_and_caller(memory.keys)) | np.isin(_hashes(memory.keys), busy)
    return _bounded(_merged(memory.at(~gone & memory.calls[:, :_SILENT].any(axis=1)), calls))


def calls_bytes(calls: RegularCalls, codes: Sequence[str]) -> bytes:
    """As a file: a line of JSON, then the columns as they lie in memory. OPDs are numbers of ``codes``."""
    head = {"minute": calls.minute, "codes": list(codes), "rows": len(calls.smallest)}
    packed = np.packbits(calls.calls, axis=1)
    columns = (calls.keys.tobytes(), packed.tobytes(), calls.smallest.tobytes(), calls.largest.tobytes())
    return b"".join((json.dumps(head).encode(), b"\n", *columns))


def read_calls(content: bytes, codes: Sequence[str], minute: int) -> RegularCalls:
    """The same back; nothing remembered where it is cut off, of other OPDs, or of a clock that was ahead."""
    line, _, body = content.partition(b"\n")
    try:
        head = json.loads(line)
        rows, opds, at = int(head["rows"]), tuple(head["codes"]), int(head["minute"])
    except (ValueError, TypeError, KeyError):
        return no_calls(minute)
    sizes = (rows * _KEY * _WORD, rows * WINDOW // 8, rows * _WORD, rows * _WORD)
    # A minute that is tried again comes after younger ones; hours ahead is a clock that was wrong.
    if opds != tuple(codes) or rows < 0 or len(body) != sum(sizes) or at > minute + WINDOW * _MINUTE:
        return no_calls(minute)
    ends = np.cumsum(sizes)
    keys, packed, smallest, largest = (body[end - size : end] for end, size in zip(ends, sizes, strict=True))
    calls = np.unpackbits(np.frombuffer(packed, np.uint8).reshape(rows, WINDOW // 8), axis=1).astype(np.bool_)
    floats = (np.frombuffer(column, np.float64) for column in (smallest, largest))
    return RegularCalls(at, np.frombuffer(keys, np.uint64).reshape(_KEY, rows), calls, *floats)


def _small(pairs: HostPairs) -> Rows:
    port = pairs.service >> PORT_BIT & PORT_MASK
    little = (pairs.sent <= MOST_CALL_BYTES) & (pairs.received <= MOST_CALL_BYTES)
    calls = (pairs.received == 0) | (pairs.sent <= _CALLERS_SHARE * pairs.received)
    flags: Rows = little & calls & ~np.isin(port, _REGULAR_BY_TRADE)
    return flags


def _public(words: Rows) -> Rows:
    """Whether the remote side is no private, local or multicast address (RFC 1918, 6598, 3927, 4193, 4291, 5771)."""
    first, second = (words[word] for word in REMOTE)
    mapped = (first == 0) & (second & LOW_WORD == MAPPED)
    # Words hold the bytes in their own order, the first one lowest.
    address = np.where(mapped, second >> _IPV4_BIT, first)
    head, then = address & _BYTE, address >> _SECOND_BYTE & _BYTE
    own4 = np.isin(head, (10, 127)) | ((head == 192) & (then == 168)) | ((head == 169) & (then == 254))
    own4 |= ((head == 172) & (then >> 4 == 1)) | ((head == 100) & (then >> 6 == 1)) | (head >= 224)
    own6 = (head & 0xFE == 0xFC) | ((head == 0xFE) & (then & 0xC0 == 0x80)) | (head == 0xFF)
    flags: Rows = np.where(mapped, ~own4, ~own6)
    return flags


def _keys(pairs: HostPairs) -> Rows:
    return np.vstack((pairs.words, pairs.opd.astype(np.uint64), pairs.service))


def _hashes(words: Rows) -> Rows:
    return keyed(np.ascontiguousarray(words), np.empty(0, np.uint64)).hashes


def _network_and_caller(words: Rows) -> tuple[Rows, Rows]:
    network = np.vstack(network_words(*(words[word] for word in REMOTE)))
    return _hashes(network), _hashes(words[list(HOST)])


def _callers(pairs: HostPairs) -> _Networks:
    network, caller = _network_and_caller(pairs.words)
    names, place = np.unique(network, return_inverse=True)
    lowest, highest = np.full(len(names), np.iinfo(np.uint64).max), np.zeros(len(names), np.uint64)
    np.minimum.at(lowest, place, caller)
    np.maximum.at(highest, place, caller)
    return _Networks(names, lowest, lowest != highest)


def _calls(pairs: HostPairs, minute: int) -> RegularCalls:
    calls = np.zeros((len(pairs.sent), WINDOW), np.bool_)
    calls[:, 0] = True
    return RegularCalls(minute, _keys(pairs), calls, pairs.sent, pairs.sent)


def _aged(before: RegularCalls, minute: int) -> RegularCalls:
    age = min(WINDOW, (minute - before.minute) // _MINUTE)
    calls = np.zeros_like(before.calls)
    calls[:, age:] = before.calls[:, : WINDOW - age]
    return before._replace(minute=minute, calls=calls)


def _merged(memory: RegularCalls, new: RegularCalls) -> RegularCalls:
    _, old, again = np.intersect1d(_hashes(memory.keys), _hashes(new.keys), return_indices=True)
    # Of a minute that is told in two parts (the collector was started anew), or written again, the first one holds.
    fresh = ~memory.calls[old, 0]
    old, again_fresh = old[fresh], again[fresh]
    smallest = np.minimum(memory.smallest[old], new.smallest[again_fresh])
    largest = np.maximum(memory.largest[old], new.largest[again_fresh])
    alike = largest <= _SAME_SIZE * smallest
    calls, sizes = memory.calls.copy(), (memory.smallest.copy(), memory.largest.copy())
    # A call of another size begins anew.
    calls[old[~alike]] = False
    calls[old, 0] = True
    for column, size in zip(sizes, (smallest, largest), strict=True):
        column[old] = np.where(alike, size, new.smallest[again_fresh])
    first = new.at(np.setdiff1d(np.arange(len(new.smallest)), again))
    return RegularCalls(
        new.minute,
        np.concatenate((memory.keys, first.keys), axis=1),
        np.concatenate((calls, first.calls)),
        np.concatenate((sizes[0], first.smallest)),
        np.concatenate((sizes[1], first.largest)),
    )


def _bounded(calls: RegularCalls) -> RegularCalls:
    if len(calls.smallest) <= MOST_PAIRS:
        return calls
    # Most first: a scan brings pairs of one call each, which push out no caller that is remembered.
    return calls.at(np.argsort(-calls.calls.sum(axis=1), kind="stable")[:MOST_PAIRS])
