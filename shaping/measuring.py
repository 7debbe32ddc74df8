"""Whether a limit holds that cannot be read back: 5-minute averages from Prometheus in, a verdict for a queue out.

A measurement can show that a limit is exceeded, or that use came close to it and stayed below. An office that never
came close proves nothing, whatever stands on the device: that is "idle", and never "in force".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from inventory.admission import DIRECTIONS
from shaping.prometheus import vector
from shaping.queues import Key, Queue

# ``opd:receive:rate5m`` looks back five minutes: only from then on is an average wholly of the new rate.
AVERAGE_SECONDS = 300

# Windows are five minutes, doubled: whatever the number of confirmations, these are at most 14 windows to ask for, the
# longest 28 days. Evidence older than a month is none, as for every other figure on use.
DOUBLINGS = 13

# Use below 80 % of a ceiling would be the same under a ceiling a quarter higher: it says nothing about this one. The
# advice on a request for more has the same bound (p95 at 80 % of the ceiling).
CLOSE = 0.8

# Above the ceiling for more than a twentieth of the time. Layers 2 and 3 differ by 0.9 to 5.8 % (docs/why), so that
# much more is no proof of a missing limit.
OVER = 1.06

# A single average may be 25 % too high: so much ``rate()`` adds to a transfer that ends between two scrapes a minute
# apart (measured). Above it even once, there is no limit.
OVER_ONCE = 1.25


class UseVerdict(StrEnum):
    """``measured``: close to the ceiling and not above. ``exceeded``: above it. Everything else decides nothing."""

    MEASURED = "measured"
    EXCEEDED = "exceeded"
    IDLE = "idle"
    EARLY = "early"
    UNKNOWN = "unknown"

    @property
    def sentence(self) -> str:
        """Why it counts or does not; without figures, so that the same state is always the same sentence."""
        return _SENTENCES[self]


_SENTENCES = {
    UseVerdict.MEASURED: "measured: use came close to the ceiling and stayed below it",
    UseVerdict.EXCEEDED: "measured: use was above the ceiling, so this limit is not in force",
    UseVerdict.IDLE: "not measured: use never came close to the ceiling; run a speed test from the office",
    UseVerdict.EARLY: "not measured: less than ten minutes since it was confirmed",
    UseVerdict.UNKNOWN: "not measured: no figures of this office from Prometheus (prometheus: in the configuration)",
}


@dataclass(frozen=True)
class Use:
    """5-minute averages over a window, bytes per second: what 95 % of them stay below, and the highest."""

    p95: float
    peak: float


def judge(queue: Queue, use: Use | None, seconds: float) -> UseVerdict:
    """The verdict on a ceiling confirmed that many seconds ago. A guarantee cannot be judged from outside."""
    # One window of five minutes, and the five before it that its first average looks back on.
    if seconds < 2 * AVERAGE_SECONDS:
        return UseVerdict.EARLY
    if use is None:
        return UseVerdict.UNKNOWN
    ceiling = queue.ceiling_bytes_per_second
    if use.p95 > OVER * ceiling or use.peak > OVER_ONCE * ceiling:
        return UseVerdict.EXCEEDED
    # The peak and not the p95: coming close once, and being held, is what shows a limit.
    return UseVerdict.MEASURED if use.peak >= CLOSE * ceiling else UseVerdict.IDLE


def window(seconds: float) -> int:
    """How far back may be looked, so that no average holds anything from before the confirmation; 0: not yet."""
    # Doubled, because many confirmations of different ages then share a handful of queries.
    lengths = (AVERAGE_SECONDS << doublings for doublings in range(DOUBLINGS + 1))
    return max((length for length in lengths if length <= seconds - AVERAGE_SECONDS), default=0)


def uses(prometheus: str, window_seconds: int, at: float) -> Mapping[Key, Use]:
    """Every OPD's use in that window before ``at`` (Unix seconds). Raises ShapingError without a right answer."""
    by_key: dict[Key, Use] = {}
    for direction in DIRECTIONS:
        series = f"opd:{direction}:rate5m[{window_seconds}s]"
        peaks = vector(prometheus, f"max_over_time({series})", at)
        p95s = vector(prometheus, f"quantile_over_time(0.95, {series})", at)
        by_key |= {(opd, direction): Use(p95s[opd], peak) for opd, peak in peaks.items() if opd in p95s}
    return by_key
