"""Datagrams that the network delivered twice: a batch in, the same without the copies out, and whose they were.

A copy has the address, the length and the first bytes (header with sequence number and time, and most of a record) of
one of the last second. Only where a stream's sequence numbers do not rise is there something to compare: there, and
where a stream begins, the sums of whole datagrams too, for an exporter may give all of them one number. A copy leaves
its stream where it was, so that each of a burst of copies is met. What names no UDP port comes from a file.
"""

import zlib
from collections import Counter, deque
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from exporter.flows.account.loss import MODULO
from exporter.flows.decode.batches import DatagramBatch, Integers
from exporter.flows.decode.columns import Bytes

# Seconds in which a copy comes, at most: networks copy within milliseconds.
COPY_SECONDS = 1.0

# Datagrams that are remembered: the second before at 16,000 a second, less at more; 1 MB.
_MOST = 16_384

# Bytes that are compared: a header of at most 28, and most of a record.
_HEAD = 64

# By the first 16 bits, in words of 32: where the domain and the sequence number stand. sFlow's version has 32 bits, and
# the word after it says of what length its agent's address is (1: IPv4, 2: IPv6; -1: no such word).
_PLACES = {9: ((-1, 4, 3),), 10: ((-1, 3, 2),), 5: ((-1, 5, 4),), 0: ((1, 3, 4), (2, 6, 7))}
_V5, _V5_RATE_BITS = 5, 16


# A number further ahead than this is one of before the numbers of 32 bits began again; further behind than so much, a
# stream began anew (as in ``loss``).
_HALF, _LATE = 1 << 31, 1 << 12

# A source's address, the length, and the first bytes.
Mark = tuple[str, int, bytes]

# A source's address, and a stream's version and domain in one number of 40 bits.
StreamName = tuple[str, int]


class RememberedBatch(NamedTuple):
    """A batch that came: what is compared of it, and the names of its sources.

    ``sums``: a number that whole datagrams of other bytes hardly share; 0 where none was made.
    """

    when: float
    heads: Bytes
    lengths: Integers
    origin: Integers
    sequence: Integers
    sources: tuple[str, ...]
    sums: Integers

    def mark(self, row: int) -> Mark:
        """What tells a datagram from all others of its second, but for ``sums``."""
        return self.sources[int(self.origin[row])], int(self.lengths[row]), self.heads[row].tobytes()

    def like(self, other: "RememberedBatch", row: int) -> Integers:
        """The rows with the length and the first bytes of that row of another batch."""
        rows = np.flatnonzero((self.sequence == other.sequence[row]) & (self.lengths == other.lengths[row]))
        return np.asarray(rows[(self.heads[rows] == other.heads[row]).all(axis=1)], np.int64)


class RecentDatagrams:
    """What came in the last second, and where each stream (source, version, domain) stood."""

    def __init__(self) -> None:
        self._recent: deque[RememberedBatch] = deque()
        self._last: dict[StreamName, int] = {}

    def without_copies(self, batch: DatagramBatch, now: float) -> tuple[DatagramBatch, Counter[str]]:
        """The batch without copies, and how many there were of each address; ``now``: when it came, in seconds."""
        if batch.ports is None or not batch.ports.any():
            return batch, Counter()
        heads = _heads(batch)
        stream, sequence = _streams(heads)
        sums = np.zeros(len(sequence), np.int64)
        news = RememberedBatch(now, heads, batch.lengths, batch.origin, sequence, batch.sources, sums)
        rows = self._doubtful(batch, news, stream)
        self._forget(now)
        copies = np.zeros(len(sequence), np.bool_)
        if len(rows):
            # What came before of their numbers, with its sums: what is met again is a copy.
            marks: dict[Mark, set[int]] = {}
            for before in self._recent:
                for row in np.flatnonzero(np.isin(before.sequence, sequence[rows])).tolist():
                    marks.setdefault(before.mark(row), set()).add(int(before.sums[row]))
            for row in rows.tolist():
                name = batch.sources[int(batch.origin[row])], int(stream[row])
                last, number, mark = self.last(name), int(sequence[row]), news.mark(row)
                if last < 0 or doubtful(last, number):
                    sums[row] = checksum(batch, row)
                    copies[row] = batch.ports[row] > 0 and last >= 0 and _has(marks.get(mark, set()), int(sums[row]))
                marks.setdefault(mark, set()).add(int(sums[row]))
                if not copies[row]:
                    self.follow(((name, further(last, number)),))
        self._recent.append(news)
        if not copies.any():
            return batch, Counter()
        return batch.only(~copies), Counter(batch.sources[origin] for origin in batch.origin[copies].tolist())

    def last(self, stream: StreamName) -> int:
        """The sequence number of the last datagram of a stream; -1 before the first."""
        return self._last.get(stream, -1)

    def follow(self, rows: Iterable[tuple[StreamName, int]]) -> None:
        """Streams went on: their last sequence numbers."""
        if len(self._last) > _MOST:
            # Hostile datagrams may name any number of streams.
            self._last.clear()
        self._last.update(rows)

    def has(self, batch: RememberedBatch, row: int) -> bool:
        """True where a datagram of a batch came before: in the batches remembered, or in its own before it."""
        self._forget(batch.when)
        source, number = batch.sources[int(batch.origin[row])], int(batch.sums[row])
        for before in (batch, *self._recent):
            rows = before.like(batch, row)
            rows = rows[rows < row] if before is batch else rows
            same = (
                int(before.sums[each]) for each in rows.tolist() if before.sources[int(before.origin[each])] == source
            )
            if _has(set(same), number):
                return True
        return False

    def remember(self, batch: RememberedBatch) -> None:
        """Datagrams that are no copies came."""
        self._forget(batch.when)
        self._recent.append(batch)

    def _doubtful(self, batch: DatagramBatch, news: RememberedBatch, stream: Integers) -> Integers:
        """The datagrams, in their order, of streams in which some number does not rise; all other streams went on."""
        key = (news.origin << 40) | stream
        order = np.argsort(key, kind="stable")
        keys, sequence = key[order], news.sequence[order]
        first = np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)]
        starts = np.flatnonzero(first)
        names = [(news.sources[n >> 40], n & ((1 << 40) - 1)) for n in keys[starts].tolist()]
        lasts = np.array([self.last(name) for name in names], np.int64)
        before = np.concatenate(([-1], sequence[:-1]))[: len(keys)]
        before[starts] = lasts
        falls = (sequence <= before) | ((sequence - before > _HALF) & (before >= 0))
        doubts = np.logical_or.reduceat(falls, starts) if len(starts) else np.zeros(0, np.bool_)
        for row in order[starts[(lasts < 0) & ~doubts]].tolist():
            news.sums[row] = checksum(batch, row)
        ends = np.append(starts[1:], len(keys)) - 1
        rows = zip(names, sequence[ends].tolist(), doubts.tolist(), strict=True)
        self.follow((name, number) for name, number, doubt in rows if not doubt)
        return np.sort(order[np.repeat(doubts, np.diff(np.append(starts, len(keys))))])

    def _forget(self, now: float) -> None:
        """Leave out what came before the last second; a clock that went back began anew."""
        while self._recent and not 0 <= now - self._recent[0].when <= COPY_SECONDS:
            self._recent.popleft()
        while sum(len(batch.lengths) for batch in self._recent) > _MOST:
            self._recent.popleft()


def doubtful(last: int, number: int) -> bool:
    """True where a datagram of a stream that got to ``last`` may be a copy: its number does not rise."""
    return last >= 0 and (number <= last or number - last > _HALF)


def further(last: int, number: int) -> int:
    """How far a stream got that got to ``last``: a late datagram leaves it there, one that began anew does not."""
    return last if last >= 0 and 0 < (last - number) % MODULO <= _LATE else number


def checksum(batch: DatagramBatch, row: int) -> int:
    """A number of a whole datagram."""
    return zlib.crc32(batch.datagram(row)) + 1


def _has(sums: set[int], number: int) -> bool:
    """True where that number is there, or one that was not made."""
    return number in sums or 0 in sums or (number == 0 and bool(sums))


def _heads(batch: DatagramBatch) -> Bytes:
    """The first bytes of each datagram; noughts where it is shorter."""
    heads = np.zeros((len(batch.lengths), _HEAD), np.uint8)
    heads[:, : batch.data.shape[1]] = batch.data[:, :_HEAD]
    if len(heads) and int(batch.lengths.min()) < _HEAD:
        # What stands behind a short datagram is of an earlier one.
        heads[np.arange(_HEAD) >= batch.lengths[:, None]] = 0
    return heads


def _streams(heads: Bytes) -> tuple[Integers, Integers]:
    """The stream (version and domain) and the sequence number of each datagram, of whatever version it is."""
    words, version = heads.view(">u4"), heads.view(">u2")[:, 0]
    domain, number = np.zeros(len(heads), np.int64), np.zeros(len(heads), np.int64)
    for each in set(version.tolist()):
        rows = version == each
        for kind, domain_at, number_at in _PLACES.get(each, ()):
            same = rows if kind < 0 else rows & (words[:, 1] == kind)
            np.copyto(domain, words[:, domain_at], where=same, casting="unsafe")
            np.copyto(number, words[:, number_at], where=same, casting="unsafe")
    # A v5 header's engine, its domain, shares a word with the rate, which tells no streams apart.
    domain[version == _V5] >>= _V5_RATE_BITS
    # Of a version that is none, the lower byte: hostile ones may have any 16 bits.
    return ((version.astype(np.int64) & 0xFF) << 32) | domain, number
