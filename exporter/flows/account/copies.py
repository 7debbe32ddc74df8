"""Datagrams that the network delivered twice: a batch in, the same without the copies out, and whose they were.

A copy has the address, the length and the first bytes (header with sequence number and time, and most of a record) of
one of the last second. Only where a stream's sequence numbers do not rise is there something to compare. What names no
UDP port comes from a file, not from a network.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

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


# A source's address, and a stream's version and domain in one number of 40 bits.
StreamName = tuple[str, int]


class RememberedBatch(NamedTuple):
    """A batch that came: what is compared of it, and the names of its sources."""

    when: float
    heads: Bytes
    lengths: Integers
    origin: Integers
    sequence: Integers
    sources: tuple[str, ...]

    def mark(self, row: int) -> tuple[str, int, bytes]:
        """What tells a datagram from all others of its second."""
        return self.sources[int(self.origin[row])], int(self.lengths[row]), self.heads[row].tobytes()


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
        news = RememberedBatch(now, heads, batch.lengths, batch.origin, sequence, batch.sources)
        doubtful = self._not_rising(news, stream)
        self._forget(now)
        copies = np.zeros(len(sequence), np.bool_)
        if len(doubtful):
            # What came before, each once: what is met again is a copy.
            marks = {mark for batch_before in self._recent for mark in _marks(batch_before, sequence[doubtful])}
            rows = np.flatnonzero(np.isin(sequence, sequence[doubtful]) & (batch.ports > 0))
            # Whether a datagram is looked at depends on its own stream alone, not on what came with it in a batch.
            those = set(doubtful.tolist())
            for row in rows.tolist():
                mark = news.mark(row)
                copies[row] = row in those and mark in marks
                marks.add(mark)
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
        sequence, mark = batch.sequence[row : row + 1], batch.mark(row)
        before = batch._replace(sequence=batch.sequence[:row])
        return any(mark == other for each in (before, *self._recent) for other in _marks(each, sequence))

    def remember(self, batch: RememberedBatch) -> None:
        """Datagrams that are no copies came."""
        self._forget(batch.when)
        self._recent.append(batch)

    def _not_rising(self, news: RememberedBatch, stream: Integers) -> Integers:
        """The datagrams whose sequence number is not above that of the one before them in their stream."""
        key = (news.origin << 40) | stream
        order = np.argsort(key, kind="stable")
        keys, sequence = key[order], news.sequence[order]
        first = np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)]
        before = np.concatenate(([-1], sequence[:-1]))[: len(keys)]
        starts = np.flatnonzero(first)
        names = [(news.sources[n >> 40], n & ((1 << 40) - 1)) for n in keys[starts].tolist()]
        before[starts] = [self._last.get(name, -1) for name in names]
        ends = np.concatenate((starts[1:], [len(keys)])) - 1
        self.follow(zip(names, sequence[ends[: len(names)]].tolist(), strict=True))
        return order[sequence <= before]

    def _forget(self, now: float) -> None:
        """Leave out what came before the last second; a clock that went back began anew."""
        while self._recent and not 0 <= now - self._recent[0].when <= COPY_SECONDS:
            self._recent.popleft()
        while sum(len(batch.lengths) for batch in self._recent) > _MOST:
            self._recent.popleft()


def _marks(batch: RememberedBatch, sequence: Integers) -> Iterator[tuple[str, int, bytes]]:
    """Those of a batch that have one of these sequence numbers."""
    return (batch.mark(row) for row in _places(batch.sequence, sequence))


def _places(sequence: Integers, those: Integers) -> list[int]:
    # One number is compared, which costs a tenth of a look into many.
    same = sequence == those[0] if len(those) == 1 else np.isin(sequence, those)
    return np.flatnonzero(same).tolist()


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
