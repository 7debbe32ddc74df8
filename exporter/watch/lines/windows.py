"""Loss and round trip over the last minutes: each request's outcome in, shares, quantiles and jitter out. Pure data.

A window is made of equal buckets that are thrown away whole, so it covers its span less at most one bucket. Round
trips are counted in steps of a fourth of an octave: a quantile is off by at most nine per cent, and a line needs some
kilobytes instead of an hour of its answers.
"""

import math
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

# From 20 microseconds (a loopback) in 70 steps of 2**(1/4) to 3.7 seconds, beyond what is waited for.
SHORTEST_SECONDS, STEPS_PER_OCTAVE, STEPS = 20e-6, 4, 70
_LOST = STEPS
_CELLS = STEPS + 1
# A window's name as its label says it, its span and its number of buckets.
SPANS = (("1m", 60.0, 6), ("5m", 300.0, 10), ("1h", 3600.0, 12))


def step_of(seconds: float) -> int:
    """The step a round trip is counted in."""
    if seconds <= SHORTEST_SECONDS:
        return 0
    return min(STEPS - 1, int(math.log2(seconds / SHORTEST_SECONDS) * STEPS_PER_OCTAVE))


def bound_of(step: int) -> float:
    """The upper end of a step in seconds."""
    return float(SHORTEST_SECONDS * 2 ** ((step + 1) / STEPS_PER_OCTAVE))


@dataclass
class Bucket:
    """Outcomes of a stretch of time. ``wander`` is the sum of the differences between neighbouring round trips."""

    counts: "array[int]" = field(default_factory=lambda: array("I", bytes(_CELLS * 4)))
    wander: float = 0.0
    wanders: int = 0

    def take(self, other: "Bucket", sign: int) -> None:
        """Add another's counts, or take them away again."""
        for cell, count in enumerate(other.counts):
            if count:
                self.counts[cell] += sign * count
        self.wander += sign * other.wander
        self.wanders += sign * other.wanders


class Window:
    """The last ``span`` seconds of one line."""

    def __init__(self, span: float, buckets: int, now: float) -> None:
        self._length, self._number = span / buckets, buckets
        self._begun = now
        self._old: deque[Bucket] = deque()
        self._present = Bucket()
        self._total = Bucket()

    def answered(self, step: int, wander: float | None, now: float) -> None:
        """A request was answered; ``wander`` is how far its round trip is from the last one's."""
        self._turn(now)
        for bucket in (self._present, self._total):
            bucket.counts[step] += 1
            if wander is not None:
                bucket.wander += wander
                bucket.wanders += 1

    def lost(self, now: float) -> None:
        """A request was not answered."""
        self._turn(now)
        self._present.counts[_LOST] += 1
        self._total.counts[_LOST] += 1

    def figures(self, now: float) -> "WindowFigures":
        """What the window holds at this moment."""
        self._turn(now)
        counts = self._total.counts
        lost = counts[_LOST]
        answered = sum(counts) - lost
        jitter = self._total.wander / self._total.wanders if self._total.wanders else None
        return WindowFigures(
            sent=answered + lost,
            lost=lost,
            median=quantile(counts, answered, 0.5) if answered else None,
            p95=quantile(counts, answered, 0.95) if answered else None,
            jitter=None if jitter is None else max(0.0, jitter),
        )

    def answered_within(self, shares: Sequence[float], now: float) -> tuple[int, tuple[float, ...]]:
        """How many were answered, and the seconds within which those shares of them were; none where nobody was."""
        self._turn(now)
        counts = self._total.counts
        answered = sum(counts) - counts[_LOST]
        return answered, tuple(quantile(counts, answered, share) for share in shares) if answered else ()

    def counted(self, now: float) -> tuple[int, int]:
        """Requests and how many of them were lost."""
        self._turn(now)
        return sum(self._total.counts), self._total.counts[_LOST]

    def _turn(self, now: float) -> None:
        """Begin the bucket of this moment; what is older than the span goes."""
        turns = int((now - self._begun) // self._length)
        if turns <= 0:
            return
        self._begun += turns * self._length
        for _ in range(min(turns, self._number)):
            self._old.append(self._present)
            self._present = Bucket()
            if len(self._old) >= self._number:
                self._total.take(self._old.popleft(), -1)


@dataclass(frozen=True)
class WindowFigures:
    """A window in figures: ``sent`` requests, ``lost`` of them; seconds, None where nothing was answered."""

    sent: int
    lost: int
    median: float | None
    p95: float | None
    jitter: float | None

    @property
    def loss(self) -> float | None:
        """The lost share, 0 to 1; None where nothing was asked."""
        return self.lost / self.sent if self.sent else None


def quantile(counts: "array[int]", answered: int, share: float) -> float:
    """A quantile of counted round trips, within its step by proportion."""
    wanted, below = share * answered, 0
    for step in range(STEPS):
        if counts[step] and below + counts[step] >= wanted:
            part = (wanted - below) / counts[step]
            return float(bound_of(step) * 2 ** ((part - 1) / STEPS_PER_OCTAVE))
        below += counts[step]
    return bound_of(STEPS - 1)
