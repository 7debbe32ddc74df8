"""A batch of datagrams as one block of bytes, and what their headers say, read for all of them at once. Pure.

Only the usual datagram is understood here: NetFlow v5, or v9 and IPFIX of one data set that fills it. All others are
told apart and left to ``wire``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exporter.flows.decode.columns import Bytes
from exporter.flows.decode.wire import FIRST_DATA_SET, MAX_V5_RECORDS, V5_HEADER, V5_RECORD, V5_SAMPLING

Integers = NDArray[np.int64]

# A datagram, its sender's address and, where that is known, its UDP port.
DatagramRow = tuple[bytes, str] | tuple[bytes, str, int]

# Headers are read from the first 24 bytes: v5's header, v9's with the first set's, IPFIX's with the first set's and
# four bytes more. What is shorter is not usual.
_SHORTEST = 24

# Where the first set's content begins: after the header of 20 (v9) or 16 bytes (IPFIX) and the set's own 4.
_CONTENT_V9, _CONTENT_IPFIX = 24, 20


@dataclass(frozen=True)
class DatagramBatch:
    """``data``: a row each (beyond ``lengths`` anything stands); ``origin``: the number of its name in ``sources``.

    ``rest``: what follows the row of a longer datagram. ``ports``: the senders' UDP ports, 0 where one is not known.
    """

    data: Bytes
    lengths: Integers
    origin: Integers
    sources: tuple[str, ...]
    rest: Bytes | None = None
    ports: Integers | None = None

    def datagram(self, place: int) -> memoryview:
        """The bytes of the datagram at that place."""
        length = int(self.lengths[place])
        if self.rest is None or length <= self.data.shape[1]:
            return self.data[place, :length].data
        return np.concatenate((self.data[place], self.rest[place]))[:length].data

    def port(self, place: int) -> int:
        """The UDP port it came from; 0 where that is not known."""
        return 0 if self.ports is None else int(self.ports[place])

    def only(self, rows: NDArray[np.bool_]) -> "DatagramBatch":
        """The datagrams of those rows."""
        rest = None if self.rest is None else self.rest[rows]
        ports = None if self.ports is None else self.ports[rows]
        return DatagramBatch(self.data[rows], self.lengths[rows], self.origin[rows], self.sources, rest, ports)


@dataclass(frozen=True)
class DatagramHeads:
    """Columns over a batch. ``usual``: the content is that of the set ``number`` from ``start`` to ``end``.

    ``number`` and ``sampling`` of v5 are 0 and the header's rate; ``domain``, ``sequence`` and ``stamp`` (as
    ``wire.Packet`` has it) hold only where usual.
    """

    version: Integers
    domain: Integers
    sequence: Integers
    stamp: Integers
    number: Integers
    sampling: Integers
    start: Integers
    end: Integers
    usual: NDArray[np.bool_]


def batch_of(rows: Sequence[DatagramRow]) -> DatagramBatch:
    """A batch made of separate datagrams."""
    sources = tuple(dict.fromkeys(row[1] for row in rows))
    data = np.zeros((len(rows), max([_SHORTEST, *(len(row[0]) for row in rows)])), np.uint8)
    for place, row in enumerate(rows):
        data[place, : len(row[0])] = np.frombuffer(row[0], np.uint8)
    number = {source: place for place, source in enumerate(sources)}
    lengths = np.array([len(row[0]) for row in rows], np.int64)
    ports = np.array([row[2] if len(row) > 2 else 0 for row in rows], np.int64)
    return DatagramBatch(data, lengths, np.array([number[row[1]] for row in rows], np.int64), sources, ports=ports)


def read_heads(batch: DatagramBatch) -> DatagramHeads:
    """The headers of all datagrams."""
    # A copy, so that its rows are contiguous and the same bytes can be viewed as words of 16 and of 32 bits.
    half = batch.data[:, :_SHORTEST].copy()
    short, long = (half.view(kind).astype(np.int64) for kind in (">u2", ">u4"))
    version, lengths = short[:, 0], batch.lengths
    five, nine, ten = version == 5, version == 9, version == 10
    start = np.select((nine, ten), (_CONTENT_V9, _CONTENT_IPFIX), V5_HEADER)
    # Columns of 16 bits: IPFIX's set length stands at byte 18, v9's at byte 22 (as v5's sampling).
    set_length = np.where(ten, short[:, 9], short[:, 11])
    end = np.where(five, V5_HEADER + short[:, 1] * V5_RECORD, start - 4 + set_length)
    number = np.select((nine, ten), (short[:, 10], short[:, 8]), 0)
    fits = np.select(
        (five, nine, ten),
        ((short[:, 1] >= 1) & (short[:, 1] <= MAX_V5_RECORDS), end == lengths, end == short[:, 1]),
        False,
    )
    return DatagramHeads(
        version=version,
        domain=np.select((nine, ten), (long[:, 4], long[:, 3]), short[:, 10]),
        sequence=np.select((nine, ten), (long[:, 3], long[:, 2]), long[:, 4]),
        stamp=long[:, 1],
        number=number,
        sampling=np.where(five, short[:, 11] & V5_SAMPLING, 0),
        start=start,
        end=end,
        usual=fits
        & (end <= np.minimum(lengths, batch.data.shape[1]))
        & (lengths >= _SHORTEST)
        & (five | ((number >= FIRST_DATA_SET) & (end >= start))),
    )
