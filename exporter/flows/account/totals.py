"""The counters: counted blocks in, exact bytes and packets per OPD, direction and scope out.

Sums are unsigned 64-bit integers, never floating point.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.smoothing import Smoothing
from exporter.flows.decode.columns import Numbers
from exporter.flows.decode.durations import whole_seconds

SCOPES = ("internet", "internal")

# Places of the directions in the second dimension of the counters; receive is towards the OPD (download).
RECEIVE, TRANSMIT = 0, 1

# An OPD's counters stand side by side: two directions of two scopes. The cells of number -1 (nobody) come first.
_SCOPES, _CELLS = 2, 4
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)

Cells = NDArray[np.intp]


@dataclass
class Totals:
    """Counters: (OPD, direction, scope) for bytes and packets, and what nobody owns.

    ``through`` is everything after sampling; ``sampled`` the same as the records themselves report it. ``aside`` are
    bytes of OPDs that another exporter or interface counts, by reason. ``smoothing`` (None: off) knows what of the
    OPDs' bytes and packets is not to be shown yet.
    """

    bytes: NDArray[np.uint64]
    packets: NDArray[np.uint64]
    unassigned: int = 0
    events: int = 0
    through: int = 0
    through_packets: int = 0
    sampled: int = 0
    sampled_packets: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    smoothing: Smoothing | None = None

    @classmethod
    def empty(cls, opds: int) -> "Totals":
        """All at zero."""
        return cls(np.zeros((opds, 2, 2), np.uint64), np.zeros((opds, 2, 2), np.uint64))

    def smooth(self, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Show what comes from now on over its flow's duration, at most ``seconds`` (0: at arrival)."""
        self.smoothing = Smoothing.over(seconds, 2 * self.bytes.size, clock) if seconds else None

    def grow(self, opds: int) -> None:
        """Room for so many OPDs: those that are there go on, new ones begin at zero behind them."""
        more = ((0, opds - len(self.bytes)), (0, 0), (0, 0))
        self.bytes, self.packets = np.pad(self.bytes, more), np.pad(self.packets, more)
        if self.smoothing is not None:
            self.smoothing.grow(2, self.bytes.size)

    def shown(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """The OPDs' bytes and packets without what smoothing still holds back."""
        if self.smoothing is None:
            return self.bytes, self.packets
        size, packets = self.smoothing.waiting().reshape(2, *self.bytes.shape)
        return self.bytes - size, self.packets - packets

    def add(self, block: CountedBlock) -> None:
        """Add what was counted. Everything is summed before anything is added: a block counts whole or not at all."""
        ends = _cells_of(block)
        size, reverse, packets, reverse_packets = block.amounts
        byte_sums, packet_sums = (self._sums(ends, *ways) for ways in ((size, reverse), (packets, reverse_packets)))
        later = None
        if self.smoothing is not None:
            later = whole_seconds(block.owned.rated.records, self.smoothing.seconds)
        self.bytes += byte_sums
        self.packets += packet_sums
        self.events += block.events
        self.unassigned += block.unassigned
        self.through += block.through.bytes
        self.through_packets += block.through.packets
        self.sampled += block.reported.bytes
        self.sampled_packets += block.reported.packets
        for reason, skipped in block.aside.items():
            self.aside[reason] += skipped
        if self.smoothing is not None and later is not None:
            for offset, ways in ((0, (size, reverse)), (self.bytes.size, (packets, reverse_packets))):
                for directed, amounts in zip((ends, _backwards(ends)), ways, strict=True):
                    _show_later(self.smoothing, directed, offset, amounts, later)

    def _sums(self, ends: tuple[Cells, Cells], onward: Numbers, backward: Numbers | None) -> NDArray[np.uint64]:
        """What a block adds to one of the counters."""
        sums = _tally(ends, onward, self.bytes.size)
        if backward is not None:
            sums += _tally(_backwards(ends), backward, self.bytes.size)
        return sums.reshape(self.bytes.shape)


def _show_later(
    smoothing: Smoothing, ends: tuple[Cells, Cells], offset: int, amounts: Numbers | None, seconds: Numbers
) -> None:
    """What lasted a second or more is counted at arrival and shown over its seconds."""
    if amounts is None:
        return
    for cells in ends:
        later = np.flatnonzero((seconds > 0) & (cells >= _CELLS))
        smoothing.keep(cells[later] - _CELLS + offset, amounts[later], seconds[later])


def _backwards(ends: tuple[Cells, Cells]) -> tuple[Cells, Cells]:
    """Backwards the source receives and the target sends."""
    toward, off = ends
    # A cell of "transmit" lies two behind its "receive": turning a flow round moves both ends by that.
    return off - _SCOPES * TRANSMIT, toward + _SCOPES * TRANSMIT


def _cells_of(block: CountedBlock) -> tuple[Cells, Cells]:
    """Where each flow is received and where it is sent; what is skipped is nobody's."""
    source, target = block.owned.source, block.owned.target
    # (number + 1) * _CELLS + scope (+ the direction), in place: every pass over a column that is saved can be measured.
    scope = ((source | target) >= 0).astype(np.intp)
    scope += _CELLS
    toward, off = target.astype(np.intp), source.astype(np.intp)
    for cells in (toward, off):
        cells *= _CELLS
        cells += scope
    off += _SCOPES * TRANSMIT
    if block.skipped is None:
        return toward, off
    return np.where(block.skipped, 0, toward), np.where(block.skipped, _SCOPES * TRANSMIT, off)


def _tally(ends: tuple[Cells, Cells], amounts: Numbers, counters: int) -> NDArray[np.uint64]:
    """Exact sums by cell, of at most 2^20 flows (``blocks.MAX_BLOCK_BYTES``, ``batch_groups.MAX_BLOCK_RECORDS``).

    ``bincount`` sums in floating point, which is exact up to 2^53: halves of 32 bits, 2^20 times, stay below it.
    """
    size = counters + _CELLS
    # Hardly a flow has 4 GB or more: the upper halves are summed only where one has.
    large = bool(amounts.size) and bool(amounts.max() > _LOW)
    low = (amounts & _LOW if large else amounts).astype(np.float64)
    # The first cells are nobody's and fall away. Not numpy.add.at: it costs several times as much.
    sums = np.bincount(ends[0], low, size)[_CELLS:].astype(np.uint64)
    sums += np.bincount(ends[1], low, size)[_CELLS:].astype(np.uint64)
    if large:
        high = (amounts >> _HALF).astype(np.float64)
        for cells in ends:
            # Shifted after the cast: as a float it would lose the lower digits again.
            sums += np.bincount(cells, high, size)[_CELLS:].astype(np.uint64) << _HALF
    return sums
