"""Verdicts on the delivery: samples of what each queue counted in, one verdict a window out. Pure, but for its state.

The demand within a window is what decides, and it is known only as far as the queue was seen to wait. While a queue
waits, a just line sends at its guarantee or faster; so in a window of T seconds in which it waited for a share u, it
sent at least u * guarantee * T. "missed" is said only where less was sent than even the lowest share demands that the
samples leave possible; where both may be, nobody can say it.

One rule for each word, the same for the agent and for one who saw every frame (``bench.truth``), in this order:
``idle`` and ``below``: it waited for less than a twentieth of the window. ``missed``: less than its guarantee for the
time that it waited. ``capped``: it was sent its whole ceiling on average, or its own ceiling forbade the next frame for
half of the time that it waited or more. ``met``: the others held it back for longer than that.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shaping.queues import Count, Key, Queue
from shaping.waiting import (
    CountSample,
    WaitingTally,
    own_share,
    rate_while_waiting,
    surely_more,
    tally_of,
    unseen_seconds,
)

# A verdict speaks of a quarter of a minute: long against the 50 ms of a queue, short against a scrape of a minute.
WINDOW_SECONDS = 15.0

# 8 kbit/s, ten times the watch's ping of 98 bytes each second: a line that carries no more is not used.
IDLE_BYTES_PER_SECOND = 1_000

# The design's bound of a guarantee that is met (50-shaping, proof 2): the two readings are not of one moment.
MET_SHARE = 0.98

# From 3 % below its ceiling on a queue is at it: as above, and a class's rate was measured to differ by 0.4 %.
CAPPED_SHARE = 0.97

# Who waited for less than a twentieth of a window had what he wanted: frames wait for a moment on any machine, and of
# less nobody who looks ten times a second can say whether it was.
SHORT_SHARE = 0.05

# Who held a queue back is who did it for most of the time: its own ceiling from a half on.
OWN_SHARE = 0.5

# Of no more of a window than this may be unknown whether it waited, before "it had what it wanted" is said of it.
_UNSEEN = 0.25

# An accusation may be wrong once in a thousand million windows: a city of 500 OPDs has 2,000 million in ten years, and
# the estimate of the share is the only thing in it that chance decides. That a guarantee was kept, once in ten
# thousand: it accuses nobody, and a class that starves is found by the next window.
_ACCUSING_CHANCE, _KEPT_CHANCE = 1e-9, 1e-4

# What may wait at the end of a window without having been sent: the queue itself, 50 ms of its ceiling or ten frames.
_QUEUE_SECONDS, _LOWEST_QUEUE = 0.05, 16_000

# Windows in a row of which nobody can say it are judged together, at most so many (five minutes): what 150 samples do
# not decide, 3,000 do.
_MOST_TOGETHER = 20


# It is frozen.
_NOTHING = WaitingTally()


class Verdict(StrEnum):
    """``below``: all that was offered went through at once. ``met``: less than wanted, and the guarantee at least."""

    IDLE = "idle"
    BELOW = "below"
    MET = "met"
    MISSED = "missed"
    CAPPED = "capped"
    UNDECIDABLE = "undecidable"


def slack_of(queue: Queue) -> float:
    """Bytes that may have been wanted and not have left at the end of a window: those that wait."""
    return max(_LOWEST_QUEUE, queue.ceiling_bytes_per_second * _QUEUE_SECONDS)


def judge(queue: Queue, samples: Sequence[CountSample], dense: bool, before: WaitingTally = _NOTHING) -> Verdict:
    """The verdict on a window; ``before`` are the windows right before it of which nobody could say it.

    ``dense``: the samples were taken often and at random moments; else no queue is accused by them.
    """
    tally, dropped = tally_of(samples), samples[-1].count.drops > samples[0].count.drops
    rate, ceiling = tally.bytes / tally.seconds, queue.ceiling_bytes_per_second
    if tally.waited < SHORT_SHARE * tally.watched and (dense or not dropped):
        # What it wanted it had, and a drop was a burst that soon was over.
        if rate < IDLE_BYTES_PER_SECOND and not dropped:
            return Verdict.IDLE
        unseen = unseen_seconds(samples, queue.guaranteed_bytes_per_second)
        return Verdict.BELOW if not dense or unseen <= _UNSEEN * tally.seconds else Verdict.UNDECIDABLE
    if rate >= CAPPED_SHARE * ceiling:
        return Verdict.CAPPED
    # While it waited: that is when somebody held it back, by the ceiling or by the others.
    rate = max(rate, rate_while_waiting(samples))
    if rate < MET_SHARE * queue.guaranteed_bytes_per_second:
        verdict = _by_share(queue, tally + before) if dense else Verdict.UNDECIDABLE
        if verdict is not Verdict.MET:
            return verdict
    own = own_share(samples)
    if own is None:
        return Verdict.CAPPED if rate >= CAPPED_SHARE * ceiling else Verdict.MET
    return Verdict.CAPPED if own >= OWN_SHARE else Verdict.MET


def _by_share(queue: Queue, tally: WaitingTally) -> Verdict:
    owed = MET_SHARE * queue.guaranteed_bytes_per_second
    # Of what was sent, and what may wait at the end, a just line would have served a queue for this share at most.
    served = (tally.bytes + slack_of(queue)) / (owed * tally.watched)
    if surely_more(tally.waiting, tally.samples, served, _ACCUSING_CHANCE):
        return Verdict.MISSED
    # It did not wait for more than this, where it surely did not wait for the rest.
    rest = 1 - (tally.bytes / owed - (tally.seconds - tally.watched)) / tally.watched
    is_met = rest <= 0 or surely_more(tally.samples - tally.waiting, tally.samples, rest, _KEPT_CHANCE)
    return Verdict.MET if is_met else Verdict.UNDECIDABLE


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
    before: WaitingTally = field(default_factory=WaitingTally)


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
            count, window = counts[key], self._windows.get(key)
            moment = at if count.at is None else count.at
            # A window speaks of one rate and of one class: another rate, or counters that began anew, begin another.
            if window is None or window.queue != queue or count.bytes < window.samples[-1].count.bytes:
                self._windows[key] = DeliveryWindow(queue, [CountSample(moment, count)])
                continue
            window.samples.append(CountSample(moment, count))
            if moment - window.samples[0].at >= WINDOW_SECONDS:
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
