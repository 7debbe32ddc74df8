"""What really happened in a window: when each frame was offered and when it left in, the right verdict out. Pure.

The agent sees counters and now and then a queue. This sees every frame, so it knows for how long a queue waited and
what it sent meanwhile; nothing of the agent's samples or estimates is used.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from shaping.delivery import Verdict
from shaping.queues import Queue

# The agent's own bounds (``shaping.delivery``), by definition of the verdicts: what is idle, at the ceiling, and met.
_IDLE_BYTES_PER_SECOND, _CAPPED, _MET = 1_000, 0.97, 0.98
# A frame that left so soon after it was offered did not wait: on a busy machine the far end's turn takes as long.
_AT_ONCE_SECONDS = 0.003
# A queue that waited for less of the window is seen by none of 150 samples in one of 2,000 windows or more, and is
# "below" then: of what waits for less, both may be said.
SHORT_SHARE = 0.05
# What may have been wanted and not have left at the end of a window: a queue of 50 ms, ten frames at least.
_QUEUE_SECONDS, _LOWEST_QUEUE = 0.05, 16_000


@dataclass(frozen=True)
class QueueRecord:
    """Every frame of one queue that was let in, in its order: when it was offered and when it left; and when one was
    refused. Seconds of one clock; all frames have the same ``size``, bytes.
    """

    size: int
    offered: Sequence[float]
    left: Sequence[float]
    refused: Sequence[float] = ()


@dataclass(frozen=True)
class WindowTruth:
    """The verdict of one who saw every frame; ``share`` is for how much of the window the queue waited."""

    verdict: Verdict
    share: float

    def allows(self, verdict: Verdict) -> bool:
        """Whether the agent's verdict is right; what waited for a moment may also be told as if it had not."""
        if verdict is self.verdict:
            return True
        held_back = {Verdict.MET, Verdict.CAPPED}
        return self.share < SHORT_SHARE and self.verdict in held_back and verdict in {Verdict.BELOW, *held_back}

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
    """Those of one queue, in order."""

    times: Sequence[WaitingTime]
    ends: Sequence[float]

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
    return WaitingTimes(times, [time.end for time in times])


def rate_while_waiting(times: Sequence[WaitingTime], size: int) -> float:
    """Bytes a second from the first frame that left to the last; 0 where no time has two frames.

    The first has waited for what was left of its own turn: counted, it would make a short time faster than it was.
    """
    frames = sum(max(0, len(time.left) - 1) for time in times)
    seconds = sum(time.left[-1] - time.left[0] for time in times if len(time.left) > 1)
    return frames * size / seconds if seconds else 0.0


def truth_of(queue: Queue, record: QueueRecord, waiting: WaitingTimes, began: float, ended: float) -> WindowTruth:
    """The verdict on a window, by everything that happened in it."""
    seconds, times = ended - began, waiting.within(began, ended)
    sent = _between(record.left, began, ended) * record.size
    if not times:
        idle = sent / seconds < _IDLE_BYTES_PER_SECOND and not _between(record.refused, began, ended)
        return WindowTruth(Verdict.IDLE if idle else Verdict.BELOW, 0.0)
    waited = sum(time.end - time.begin for time in times)
    rate = max(sent / seconds, rate_while_waiting(times, record.size))
    return WindowTruth(_held_back(queue, sent, waited, rate), waited / seconds)


def _held_back(queue: Queue, sent: int, waited: float, rate: float) -> Verdict:
    if rate >= _CAPPED * queue.ceiling_bytes_per_second:
        return Verdict.CAPPED
    slack = max(_LOWEST_QUEUE, queue.ceiling_bytes_per_second * _QUEUE_SECONDS)
    owed = _MET * queue.guaranteed_bytes_per_second * waited - slack
    return Verdict.MET if sent >= owed else Verdict.MISSED


def _between(moments: Sequence[float], began: float, ended: float) -> int:
    return bisect_right(moments, ended) - bisect_right(moments, began)
