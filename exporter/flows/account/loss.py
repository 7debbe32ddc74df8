"""Sequence numbers in, lost records out: per exporter, version and domain, with wraps, reorder and restarts. Pure.

v5 counts flows, v9 packets, IPFIX data records; all modulo 2^32. A late datagram gives back what its gap took.
"""

from dataclasses import dataclass, field

# Sequence numbers have 32 bits in every version (RFC 3954 5.1, RFC 7011 3.1).
MODULO = 1 << 32

# A jump further than these is an exporter that began anew, not loss or reorder. A million units ahead are a minute at
# 17,000 flows a second; 4,096 behind are more than a socket and a network reorder.
_LARGEST_GAP = 1 << 20
_LARGEST_BACK = 1 << 12

# Late datagrams fill one of the last gaps; what is older stays lost. Bounds the memory of a hostile stream.
_MOST_GAPS = 64


@dataclass
class SequenceTracker:
    """One stream's state; ``expected`` is None before the first datagram.

    ``gaps``: the last ones, as they may be filled late; ``behind``: where a datagram ended that filled none.
    ``unexplained``: gaps since a data set began to wait for its template; its records may turn out to be among them.
    """

    expected: int | None = None
    lost: int = 0
    restarts: int = 0
    unexplained: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    behind: int | None = None

    def take(self, sequence: int, units: int) -> None:
        """A datagram that began at ``sequence`` and carried ``units``."""
        if self.expected is None:
            self.expected = (sequence + units) % MODULO
            return
        # Modulo 2^32 a late datagram is a gap of almost all numbers.
        gap = (sequence - self.expected) % MODULO
        if gap <= _LARGEST_GAP:
            if gap:
                self._missing(self.expected, gap)
            self.go_on(sequence, units)
        elif MODULO - gap > _LARGEST_BACK:
            self.restart(sequence, units)
        elif units:
            self._late(sequence, units)

    def go_on(self, sequence: int, units: int) -> None:
        """What was expected came."""
        self.expected, self.behind = (sequence + units) % MODULO, None

    def restart(self, sequence: int, units: int) -> None:
        """The exporter began anew, with this datagram."""
        self.restarts, self.gaps = self.restarts + 1, []
        self.go_on(sequence, units)

    def _missing(self, start: int, length: int) -> None:
        self.lost, self.unexplained = self.lost + length, self.unexplained + length
        self.gaps = [*self.gaps[1 - _MOST_GAPS :], (start, length)]

    def _late(self, sequence: int, units: int) -> None:
        """Fill the gap it belongs to. Two in a row that fill none are an exporter that began anew; one is a copy."""
        if self.behind == sequence:
            self.restart(sequence, units)
            return
        for place, (start, length) in enumerate(self.gaps):
            offset = (sequence - start) % MODULO
            if offset < length:
                filled = min(units, length - offset)
                self.lost, self.unexplained = max(0, self.lost - filled), max(0, self.unexplained - filled)
                rest = ((start, offset), ((sequence + filled) % MODULO, length - offset - filled))
                # A late datagram may lie in the middle of a gap: then both ends of it are still missing.
                self.gaps[place : place + 1] = [gap for gap in rest if gap[1]]
                return
        self.behind = (sequence + units) % MODULO

    def forward(self, units: int) -> None:
        """Units of an earlier datagram that come to light only now: its data waited for a template."""
        # What an expected number had already been moved over is taken from the gaps; only the rest moves it further.
        back = min(units, self.unexplained)
        self.lost, self.unexplained = max(0, self.lost - back), self.unexplained - back
        if self.expected is not None:
            self.expected = (self.expected + units - back) % MODULO
