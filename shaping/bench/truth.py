"""What really happened in a window: when each frame was offered and when it left in, the right verdict out. Pure.

The agent sees counters and now and then a queue. This sees every frame, so it knows for how long a queue waited and
what it sent meanwhile; nothing of the agent's samples or estimates is used.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from shaping.delivery import (
    CAPPED_SHARE,
    IDLE_BYTES_PER_SECOND,
    MET_SHARE,
    OWN_SHARE,
    SHORT_SHARE,
    Verdict,
    slack_of,
)
from shaping.queues import Queue
from shaping.waiting import LATE_SECONDS

# A frame that left so soon after it was offered did not wait: on a busy machine the far end's turn takes as long.
_AT_ONCE_SECONDS = 0.003
# Where a share is so near to the bound between two words, both are true: 150 samples tell a half within 4 % (one
# standard deviation), and a twentieth within 2 %. How many such windows there are, the lab prints.
_OWN_TIE, _SHORT_TIE = 0.06, 0.02


@dataclass(frozen=True)
class QueueRecord:
    """Every frame of one queue that was let in, in its order: when it was offered and when it left; and when one was
    refused. Seconds of one clock; all frames have the same ``size``, bytes.

    ``ceiling``: bytes a second that the device was told, and ``saved`` bytes that it may send at once.
    """

    size: int
    offered: Sequence[float]
    left: Sequence[float]
    refused: Sequence[float] = ()
    ceiling: int = 1
    saved: int = 0


@dataclass(frozen=True)
class WindowTruth:
    """The verdict of one who saw every frame.

    ``share`` is for how much of the window the queue waited, ``own`` for how much of that its own ceiling forbade it.
    """

    verdict: Verdict
    share: float
    own: float = 0.0

    def allows(self, verdict: Verdict) -> bool:
        """Whether the agent's verdict is right; at a tie both words are."""
        held_back = {Verdict.MET, Verdict.CAPPED}
        if verdict is self.verdict:
            return True
        if abs(self.share - SHORT_SHARE) < _SHORT_TIE and {self.verdict, verdict} <= {Verdict.BELOW, *held_back}:
            return True
        return abs(self.own - OWN_SHARE) < _OWN_TIE and {self.verdict, verdict} <= held_back

    @property
    def tie(self) -> bool:
        """Whether two words are true of it."""
        words = [verdict for verdict in Verdict if self.allows(verdict)]
        return len(words) > 1

    def allows_guarantee(self, verdict: Verdict) -> bool:
        """The same where it is of no matter whether its own ceiling or the others held it back."""
        held_back = {Verdict.MET, Verdict.CAPPED}
        return self.allows(verdict) or {self.verdict, verdict} <= held_back


@dataclass(frozen=True)
class WaitingTime:
    """From when a frame had to wait until the last one that waited with it left; ``left`` are all their moments."""

    begin: float
    end: float
    left: Sequence[float]


@dataclass(frozen=True)
class WaitingTimes:
    """Those of one queue, in order; ``stops`` are the times in which its own ceiling forbade the next frame."""

    times: Sequence[WaitingTime]
    ends: Sequence[float]
    stops: Sequence[tuple[float, float]]

    def within(self, began: float, ended: float) -> list[WaitingTime]:
        """Those of a window, cut at its ends."""
        cut = []
        for time in self.times[bisect_right(self.ends, began) :]:
            if time.begin >= ended:
                break
            left = time.left[bisect_right(time.left, began) : bisect_right(time.left, ended)]
            cut.append(WaitingTime(max(time.begin, began), min(time.end, ended), left))
        return cut


def waiting_times(record: QueueRecord) -> WaitingTimes:
    """While a frame was offered and had not left. One that left at once, on saved tokens, did not wait."""
    times: list[WaitingTime] = []
    begin, left = 0.0, array("d")
    for offered, moment in zip(record.offered, record.left, strict=True):
        if moment - offered <= _AT_ONCE_SECONDS:
            continue
        if left and offered > left[-1]:
            times.append(WaitingTime(begin, left[-1], left))
            left = array("d")
        begin = begin if left else offered
        left.append(moment)
    times += [WaitingTime(begin, left[-1], left)] if left else []
    return WaitingTimes(times, [time.end for time in times], stopped_times(record))


def stopped_times(record: QueueRecord) -> list[tuple[float, float]]:
    """After which frames its own ceiling forbade the next, and until when: a bucket filled at the ceiling.

    As HTB keeps it (``ctokens``): ``saved`` bytes at most, each frame takes its size, and below nought none may leave.
    What a machine is late with belongs to it too.
    """
    stops, bucket, before = [], float(record.saved), 0.0
    for place, moment in enumerate(record.left):
        bucket = min(record.saved, bucket + record.ceiling * (moment - before)) if place else bucket
        bucket, before = bucket - record.size, moment
        if bucket < 0:
            end = moment - bucket / record.ceiling + LATE_SECONDS
            stops.append((moment, min(end, record.left[place + 1]) if place + 1 < len(record.left) else end))
    return stops


def _overlap(times: Sequence[WaitingTime], stops: Sequence[tuple[float, float]]) -> float:
    """Seconds of the times of waiting that are stops; both in order."""
    seconds = 0.0
    for time in times:
        for begin, end in stops[bisect_right(stops, time.begin, key=itemgetter(1)) :]:
            if begin >= time.end:
                break
            seconds += min(end, time.end) - max(begin, time.begin)
    return seconds


def truth_of(queue: Queue, record: QueueRecord, waiting: WaitingTimes, began: float, ended: float) -> WindowTruth:
    """The verdict on a window, by everything that happened in it (the rules: ``shaping.delivery``)."""
    seconds, times = ended - began, waiting.within(began, ended)
    sent = _between(record.left, began, ended) * record.size
    waited = sum(time.end - time.begin for time in times)
    share, own = waited / seconds, _overlap(times, waiting.stops) / waited if waited else 0.0
    if share < SHORT_SHARE:
        idle = sent / seconds < IDLE_BYTES_PER_SECOND and not _between(record.refused, began, ended)
        return WindowTruth(Verdict.IDLE if idle else Verdict.BELOW, share, own)
    if sent >= CAPPED_SHARE * queue.ceiling_bytes_per_second * seconds:
        return WindowTruth(Verdict.CAPPED, share, own)
    if sent < MET_SHARE * queue.guaranteed_bytes_per_second * waited - slack_of(queue):
        return WindowTruth(Verdict.MISSED, share, own)
    return WindowTruth(Verdict.CAPPED if own >= OWN_SHARE else Verdict.MET, share, own)


def _between(moments: Sequence[float], began: float, ended: float) -> int:
    return bisect_right(moments, ended) - bisect_right(moments, began)
