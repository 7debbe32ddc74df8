"""For how long a queue waited in a window, and for whom: samples of what it counted in, figures out. Pure.

A queue is seen to wait or not at random moments, so its share of the time is an estimate. How often its own ceiling
made it wait is counted by the device and is none: with what a stop lasted where it was seen, that gives its time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

from shaping.queues import Count

# Samples are taken at random moments one pause apart, give or take a half (``agent``). A gap of more than three of them
# is time in which nobody looked: an agent that got no processor for ten seconds of a window saw a queue wait in all of
# its samples, which waited for a third of it (lab, load 30), and accused a line that kept its word.
_USUAL_GAPS = 3

# So long after its ceiling allows the next frame, a machine may still be late with it: a timer, and the processor's
# turn. The turn of all others is ten times as long (``drivers.linux.classes``).
LATE_SECONDS = 0.001

# Counters of stops are of 32 bits (linux/gen_stats.h) and begin anew behind the last.
_LAST_STOP = 0xFFFFFFFF


@dataclass(frozen=True)
class CountSample:
    """What a queue had counted at a moment, in seconds of a clock that only goes on."""

    at: float
    count: Count


@dataclass(frozen=True)
class WaitingTally:
    """A window, or several together: its seconds and bytes, and how many of its samples saw the queue wait.

    ``watched`` are the seconds of which the samples can speak; in the others it may have waited or not. ``waited`` are
    those of them in which it waited, as estimated.
    """

    seconds: float = 0.0
    watched: float = 0.0
    bytes: int = 0
    samples: int = 0
    waiting: int = 0
    windows: int = 0
    waited: float = 0.0

    def __add__(self, other: "WaitingTally") -> "WaitingTally":
        return WaitingTally(
            self.seconds + other.seconds,
            self.watched + other.watched,
            self.bytes + other.bytes,
            self.samples + other.samples,
            self.waiting + other.waiting,
            self.windows + other.windows,
            self.waited + other.waited,
        )


@dataclass(frozen=True)
class _Gap:
    """Between two samples: its seconds, those of them that count, and the share of its two ends that saw it wait."""

    first: Count
    last: Count
    seconds: float
    watched: float
    waiting: float


def tally_of(samples: Sequence[CountSample]) -> WaitingTally:
    """A window's figures; two samples at least."""
    first, last, gaps = samples[0], samples[-1], _gaps(samples)
    return WaitingTally(
        seconds=last.at - first.at,
        watched=sum(gap.watched for gap in gaps),
        bytes=last.count.bytes - first.count.bytes,
        samples=len(samples),
        waiting=sum(sample.count.backlog > 0 for sample in samples),
        windows=1,
        waited=sum(gap.watched * gap.waiting for gap in gaps),
    )


def own_share(samples: Sequence[CountSample]) -> float | None:
    """Of the time that it waited, the share in which its own ceiling forbade the next frame.

    None where the device does not count that, or the queue was never seen to wait.
    """
    gaps = [gap for gap in _gaps(samples) if gap.waiting]
    waited = sum(gap.watched * gap.waiting for gap in gaps)
    at_waiting = [sample.count.stop_seconds for sample in samples if sample.count.backlog]
    if not waited or samples[-1].count.stops is None:
        return None
    stops = [stop for stop in at_waiting if stop]
    if not stops:
        return 0.0
    count = sum(_stops_between(gap) * gap.watched / gap.seconds for gap in gaps)
    # A stop may have been over when it was seen, so this many samples are the most that it can be.
    return min(len(stops) / len(at_waiting), count * (fmean(stops) + LATE_SECONDS) / waited)


def rate_while_waiting(samples: Sequence[CountSample]) -> float:
    """Bytes per second between samples that both saw it wait; 0 where there are no two in a row."""
    pairs = [
        (later.at - earlier.at, later.count.bytes - earlier.count.bytes)
        for earlier, later in pairwise(samples)
        if earlier.count.backlog and later.count.backlog
    ]
    seconds = sum(length for length, _ in pairs)
    return sum(size for _, size in pairs) / seconds if seconds else 0.0


def surely_more(waiting: int, samples: int, share: float, chance: float) -> bool:
    """Whether a queue waited for more than that share of the time, where so many samples saw it wait.

    By the binomial distribution's tail (Clopper and Pearson); ``chance``: of saying it where it is not so.
    """
    return share < waiting / samples and _tail(waiting, samples, share) < chance


def unseen_seconds(samples: Sequence[CountSample], guaranteed: int) -> float:
    """For how long it may have waited while nobody looked, on a line that gives a guarantee (bytes a second).

    Where a long gap begins and ends without a queue and nothing was dropped, it waited for no longer than what was sent
    takes at the guarantee: nobody needs to have seen that nothing was wanted.
    """
    seconds = 0.0
    for gap in _gaps(samples):
        unwatched = gap.seconds - gap.watched
        if not gap.waiting and gap.last.drops == gap.first.drops:
            unwatched = min(unwatched, (gap.last.bytes - gap.first.bytes) / guaranteed)
        seconds += unwatched
    return seconds


def _gaps(samples: Sequence[CountSample]) -> list[_Gap]:
    lengths = [later.at - earlier.at for earlier, later in pairwise(samples)]
    longest = _USUAL_GAPS * median(lengths)
    return [
        _Gap(
            earlier.count,
            later.count,
            length,
            min(length, longest),
            ((earlier.count.backlog > 0) + (later.count.backlog > 0)) / 2,
        )
        for (earlier, later), length in zip(pairwise(samples), lengths, strict=True)
    ]


def _stops_between(gap: _Gap) -> int:
    return ((gap.last.stops or 0) - (gap.first.stops or 0)) & _LAST_STOP


def _tail(waiting: int, samples: int, share: float) -> float:
    """The chance of so many or more, of so many samples, where each is one with that share."""
    if share <= 0.0:
        return float(waiting == 0)
    logs = math.log(share), math.log1p(-share)
    whole = math.lgamma(samples + 1)
    return sum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(samples - k + 1) + k * logs[0] + (samples - k) * logs[1])
        for k in range(waiting, samples + 1)
    )
