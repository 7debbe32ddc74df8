"""Verdicts on the delivery: samples of what each queue counted in, one verdict a window out. Pure, but for its state.

The demand within a window is what decides, and it is known only as far as the queue was seen to wait. While a queue
waits, a just line sends at its guarantee or faster; so in a window of T seconds in which it waited for a share u, it
sent at least u * guarantee * T. The share is estimated from many samples at random moments. "missed" is said only where
less was sent than even the lowest share demands that the samples leave possible; where both may be, nobody can say it.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from statistics import median

from shaping.queues import Count, Key, Queue

# A verdict speaks of a quarter of a minute: long against the 50 ms of a queue, short against a scrape of a minute.
WINDOW_SECONDS = 15.0

# 8 kbit/s, ten times the watch's ping of 98 bytes each second: a line that carries no more is not used.
_IDLE_BYTES_PER_SECOND = 1_000

# The design's bound of a guarantee that is met (50-shaping, proof 2): the two readings are not of one moment.
_MET = 0.98

# From 3 % below its ceiling on a queue is at it: as above, and a class's rate was measured to differ by 0.4 %.
_CAPPED = 0.97

# More than half of the moments at which it waited must be its own ceiling's, where the device says whose they are. In a
# lab of 60 offices (load 30) queues at their ceiling had 50 to 100 % of them, queues behind others 0 to 40 %.
_MOSTLY = 0.5

# Samples are taken at random moments one pause apart, give or take a half (``agent``). A gap of more than three of them
# is time in which nobody looked: an agent that got no processor for ten seconds of a window saw a queue wait in all of
# its samples, which waited for a third of it (lab, load 30), and accused a line that kept its word.
_USUAL_GAPS = 3

# So much of a window must have been watched before "it never waited" is said of it.
_WATCHED = 0.75

# An accusation may be wrong once in a thousand million windows: a city of 500 OPDs has 2,000 million in ten years, and
# the estimate of the share is the only thing in it that chance decides.
_CHANCE = 1e-9

# What may wait at the end of a window without having been sent: the queue itself, 50 ms of its ceiling or ten frames.
_QUEUE_SECONDS, _LOWEST_QUEUE = 0.05, 16_000

# Windows in a row of which nobody can say it are judged together, at most so many (five minutes): what 150 samples do
# not decide, 3,000 do.
_MOST_TOGETHER = 20

# A share is found between 0 and 1 by halving; 40 times is a millionth of a millionth.
_HALVINGS = 40


class Verdict(StrEnum):
    """``below``: all that was offered went through at once. ``met``: less than wanted, and the guarantee at least."""

    IDLE = "idle"
    BELOW = "below"
    MET = "met"
    MISSED = "missed"
    CAPPED = "capped"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True)
class CountSample:
    """What a queue had counted at a moment, in seconds of a clock that only goes on."""

    at: float
    count: Count


@dataclass(frozen=True)
class WaitingTally:
    """A window, or several together: its seconds and bytes, and how many of its samples saw the queue wait.

    ``watched`` are the seconds of which the samples can speak; in the others it may have waited or not.
    """

    seconds: float = 0.0
    watched: float = 0.0
    bytes: int = 0
    samples: int = 0
    waiting: int = 0
    windows: int = 0

    def __add__(self, other: "WaitingTally") -> "WaitingTally":
        return WaitingTally(
            self.seconds + other.seconds,
            self.watched + other.watched,
            self.bytes + other.bytes,
            self.samples + other.samples,
            self.waiting + other.waiting,
            self.windows + other.windows,
        )


def judge(queue: Queue, samples: Sequence[CountSample], dense: bool, before: WaitingTally = WaitingTally()) -> Verdict:
    """The verdict on a window; ``before`` are the windows right before it of which nobody could say it.

    ``dense``: the samples were taken often and at random moments; else no queue is accused by them.
    """
    tally, dropped = tally_of(samples), samples[-1].count.drops > samples[0].count.drops
    rate, ceiling = tally.bytes / tally.seconds, queue.ceiling_bytes_per_second
    if not tally.waiting and (dense or not dropped):
        # It was never seen to wait: what it wanted it had, and a drop was a burst of less than its own queue's time.
        if dropped and rate >= _CAPPED * ceiling:
            return Verdict.CAPPED
        if rate < _IDLE_BYTES_PER_SECOND and not dropped:
            return Verdict.IDLE
        return Verdict.BELOW if not dense or tally.watched >= _WATCHED * tally.seconds else Verdict.UNDECIDABLE
    # While it waited: that is when somebody held it back, by the ceiling or by the others.
    rate = max(rate, _rate_while_waiting(samples))
    if rate >= _CAPPED * ceiling:
        return Verdict.CAPPED
    if rate >= _MET * queue.guaranteed_bytes_per_second:
        return _holder(samples)
    verdict = _by_share(queue, tally + before) if dense else Verdict.UNDECIDABLE
    return _holder(samples) if verdict is Verdict.MET else verdict


def _holder(samples: Sequence[CountSample]) -> Verdict:
    """The guarantee was kept; what held the queue back is its own ceiling or the others, as the device says.

    Bursts of tenths of a second show no rate to two samples: of them "capped" was told as "met" (lab of 60 offices).
    """
    answers = [sample.count.at_ceiling for sample in samples if sample.count.backlog]
    owns = [own for own in answers if own is not None]
    return Verdict.CAPPED if owns and sum(owns) >= _MOSTLY * len(owns) else Verdict.MET


def tally_of(samples: Sequence[CountSample]) -> WaitingTally:
    """A window's figures; two samples at least."""
    first, last = samples[0], samples[-1]
    waiting = sum(sample.count.backlog > 0 for sample in samples)
    gaps = [later.at - earlier.at for earlier, later in pairwise(samples)]
    longest = _USUAL_GAPS * median(gaps)
    return WaitingTally(
        seconds=last.at - first.at,
        watched=sum(min(gap, longest) for gap in gaps),
        bytes=last.count.bytes - first.count.bytes,
        samples=len(samples),
        waiting=waiting,
        windows=1,
    )


def lowest_share(waiting: int, samples: int) -> float:
    """The share of the time that a queue waited at least, where so many samples saw it wait (Clopper and Pearson)."""
    low, high = 0.0, waiting / samples
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _tail(waiting, samples, middle) < _CHANCE else (low, middle)
    return low


def _by_share(queue: Queue, tally: WaitingTally) -> Verdict:
    least, most = (
        lowest_share(tally.waiting, tally.samples),
        1 - lowest_share(tally.samples - tally.waiting, tally.samples),
    )
    owed = _MET * queue.guaranteed_bytes_per_second
    unwatched = tally.seconds - tally.watched
    slack = max(_LOWEST_QUEUE, queue.ceiling_bytes_per_second * _QUEUE_SECONDS)
    if tally.bytes < owed * least * tally.watched - slack:
        return Verdict.MISSED
    return Verdict.MET if tally.bytes >= owed * (most * tally.watched + unwatched) else Verdict.UNDECIDABLE


def _rate_while_waiting(samples: Sequence[CountSample]) -> float:
    """Bytes per second between samples that both saw it wait; 0 where there are no two in a row."""
    pairs = [
        (later.at - earlier.at, later.count.bytes - earlier.count.bytes)
        for earlier, later in pairwise(samples)
        if earlier.count.backlog and later.count.backlog
    ]
    seconds = sum(length for length, _ in pairs)
    return sum(size for _, size in pairs) / seconds if seconds else 0.0


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


@dataclass(frozen=True)
class WindowVerdict:
    """A verdict and the window that it speaks of: whose, from when to when on the samples' clock, and the share of it
    of which the samples can speak.

    ``tally``: the figures on which it was judged, those of the undecided windows right before it among them.
    """

    queue: Queue
    began: float
    ended: float
    verdict: Verdict
    watched: float
    tally: WaitingTally

    @property
    def key(self) -> Key:
        """OPD and direction."""
        return self.queue.key


@dataclass
class DeliveryWindow:
    """What is known of one queue since its window began."""

    queue: Queue
    samples: list[CountSample] = field(default_factory=list)
    before: WaitingTally = WaitingTally()  # It is frozen.


@dataclass
class Deliveries:
    """Every queue's window, and the verdicts so far."""

    verdicts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _windows: dict[Key, DeliveryWindow] = field(default_factory=dict)

    def sample(
        self, at: float, queues: Mapping[Key, Queue], counts: Mapping[Key, Count], dense: bool
    ) -> list[WindowVerdict]:
        """Another sample of each queue; the verdicts on those whose window is over."""
        closed = []
        self._windows = {key: window for key, window in self._windows.items() if key in queues and key in counts}
        for key, queue in queues.items():
            if key not in counts:
                continue
            window = self._windows.get(key)
            # A window speaks of one rate and of one class: another rate, or counters that began anew, begin another.
            if window is None or window.queue != queue or counts[key].bytes < window.samples[-1].count.bytes:
                self._windows[key] = DeliveryWindow(queue, [CountSample(at, counts[key])])
                continue
            window.samples.append(CountSample(at, counts[key]))
            if at - window.samples[0].at >= WINDOW_SECONDS:
                closed.append(self._close(key, window, dense))
        return closed

    def _close(self, key: Key, window: DeliveryWindow, dense: bool) -> WindowVerdict:
        verdict = judge(window.queue, window.samples, dense, window.before)
        self.verdicts[*key, str(verdict)] += 1
        tally = tally_of(window.samples)
        together = window.before + tally if verdict is Verdict.UNDECIDABLE and dense else WaitingTally()
        if together.windows >= _MOST_TOGETHER:
            together = WaitingTally()
        self._windows[key] = replace(window, samples=[window.samples[-1]], before=together)
        began, ended = window.samples[0].at, window.samples[-1].at
        return WindowVerdict(window.queue, began, ended, verdict, tally.watched / tally.seconds, window.before + tally)
