"""Sequence numbers in, lost records out: per exporter, version and domain, with wraps, reorder and restarts. Pure.

v5 counts flows, v9 packets, IPFIX data records; all modulo 2^32. A late datagram gives back what its gap took.
"""

from dataclasses import dataclass

_MODULO = 1 << 32
_LARGEST_GAP = 1 << 20
_LARGEST_BACK = 1 << 12


@dataclass
class Sequence:
    """One stream's state; ``expected`` is None before the first datagram."""

    expected: int | None = None
    lost: int = 0
    restarts: int = 0

    def take(self, sequence: int, units: int) -> None:
        """A datagram that began at ``sequence`` and carried ``units``."""
        if self.expected is None:
            self.expected = (sequence + units) % _MODULO
            return
        gap = (sequence - self.expected) % _MODULO
        if gap == 0 or gap <= _LARGEST_GAP:
            self.lost += gap
            self.expected = (sequence + units) % _MODULO
        elif _MODULO - gap <= _LARGEST_BACK:
            self.lost = max(0, self.lost - units)
        else:
            self.restarts += 1
            self.expected = (sequence + units) % _MODULO

    def forward(self, units: int) -> None:
        """Units of an earlier datagram that are known only now: its data waited for a template."""
        if self.expected is not None:
            self.expected = (self.expected + units) % _MODULO
