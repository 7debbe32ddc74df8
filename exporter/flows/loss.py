"""Sequence numbers in, lost records out: per exporter, version and domain, with wraps, reorder and restarts. Pure.

v5 counts flows, v9 packets, IPFIX data records; all modulo 2^32. A late datagram gives back what its gap took.
"""

from dataclasses import dataclass

MODULO = 1 << 32
_LARGEST_GAP = 1 << 20
_LARGEST_BACK = 1 << 12


@dataclass
class Sequence:
    """One stream's state; ``expected`` is None before the first datagram.

    ``unexplained``: gaps since a data set began to wait for its template; its records may turn out to be among them.
    """

    expected: int | None = None
    lost: int = 0
    restarts: int = 0
    unexplained: int = 0

    def take(self, sequence: int, units: int) -> None:
        """A datagram that began at ``sequence`` and carried ``units``."""
        if self.expected is None:
            self.expected = (sequence + units) % MODULO
            return
        gap = (sequence - self.expected) % MODULO
        if gap == 0 or gap <= _LARGEST_GAP:
            self.lost += gap
            self.unexplained += gap
            self.expected = (sequence + units) % MODULO
        elif MODULO - gap <= _LARGEST_BACK:
            self.lost = max(0, self.lost - units)
        else:
            self.restarts += 1
            self.expected = (sequence + units) % MODULO

    def forward(self, units: int) -> None:
        """Units of an earlier datagram that are known only now: its data waited for a template."""
        back = min(units, self.unexplained)
        self.lost, self.unexplained = max(0, self.lost - back), self.unexplained - back
        if self.expected is not None:
            self.expected = (self.expected + units - back) % MODULO
