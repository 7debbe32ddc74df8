"""One asked address: its requests and answers in, what it owes, how long an answer takes and what it loses out.

An answer that comes late is an answer: it ends a run of misses whose requests were sent before the answered one. How
long an answer may take is learnt from the line itself, as TCP learns its retransmission time (RFC 6298).
"""

import math
from array import array
from collections import deque

from exporter.watch.decide import NEVER, Silence
from exporter.watch.lines.large import MISSES, MOST_LOSS
from exporter.watch.lines.windows import SPANS, STEPS, Window, step_of

# RFC 6298: weights of a new round trip in the mean and in the deviation, and the time before the first answer.
_MEAN_WEIGHT, _DEVIATION_WEIGHT, _FIRST_SECONDS = 1 / 8, 1 / 4, 1.0
# Just under the pause of urgent requests, so that the first miss is seen at the next of them; a page waits no longer.
SHORTEST_PATIENCE_SECONDS, LONGEST_PATIENCE_SECONDS = 0.09, 2.0
# More requests than are sent in the longest doubt, ten a second for ten seconds.
_OWED_AT_MOST = 256
# What a line loses is never taken for less than about three in a hundred, as if of twenty requests before the first 0.6
# had been lost: six misses in a row prove the cut of a line of which nothing is known.
_BEFORE_LOST, _BEFORE_SENT = 0.6, 20.0
# Its habit of losing several in a row likewise, but slower: one flap of two seconds (twenty misses) must not make the
# next cut wait, five do. It is believed half as much after ten minutes.
_HABIT_BEFORE_FOLLOWED, _HABIT_BEFORE_RAN, _HABIT_HALF_LIFE_SECONDS = 1.8, 60.0, 600.0
# A longer run is a cut, told or not, and no habit of losing.
_LONGEST_RUN_SECONDS = 2.0


class Line:
    """The state of one address. All moments are of one steady clock.

    While it is ``covered`` by an outage, what it loses is the outage's, and nothing is learnt of the line's own loss.
    """

    def __init__(self, now: float) -> None:
        self.answered = self.lost_before = NEVER
        self.round_trip: float | None = None
        self.patience = _FIRST_SECONDS
        self.windows = {name: Window(span, buckets, now) for name, span, buckets in SPANS}
        self.trips = array("L", bytes(STEPS * 8))
        self.trips_seconds = 0.0
        self.lost = 0
        self.covered = False
        self.large_misses, self.large_known = 0, False
        self._owed: deque[float] = deque(maxlen=_OWED_AT_MOST)
        self._since = now
        self._mean = self._deviation = 0.0
        self._followed = self._ran = 0.0
        self._habit_at = now
        self._fell, self._stood = NEVER, NEVER

    def sent(self, at: float) -> None:
        """A request goes out."""
        if not self._owed:
            self._since = at
        self._owed.append(at)

    def heard(self, sent_at: float, now: float, regular: bool) -> None:
        """An answer came. Only regular requests count in the windows: urgent ones are sent where something is wrong."""
        trip = now - sent_at
        self._learn(trip)
        if regular:
            self._count(trip, now)
        self.round_trip = trip
        if sent_at <= self.answered:
            return
        missed = 0
        first = self._since
        while self._owed and self._owed[0] <= sent_at:
            missed += self._owed.popleft() < sent_at
        if missed:
            self.lost_before = sent_at
            self._remember(missed, sent_at - first, now)
            if sent_at - first > _LONGEST_RUN_SECONDS:
                self._fell, self._stood = first, sent_at
        self.answered = sent_at
        if self._owed:
            self._since = self._owed[0]

    def missed(self, sent_at: float, now: float) -> None:
        """A regular request was not answered for as long as one waits."""
        self.lost += 1
        for window in () if self.covered or self._in_a_fall(sent_at) else self.windows.values():
            window.lost(now)

    def large_missed(self, now: float) -> None:
        """A large request was not answered: that says something where small ones are."""
        if not self.covered and not self.overdue(now):
            self.large_misses += 1

    def swallows_large(self, now: float) -> bool | None:
        """Whether large packets are lost and small ones are not; None where nothing can be said."""
        sent, lost = self.windows["5m"].counted(now)
        if self.large_misses < MISSES:
            return False if self.large_known and not self.large_misses else None
        return True if lost <= MOST_LOSS * sent else None

    def overdue(self, now: float) -> bool:
        """True where an answer is later than this line's answers are, or none ever came."""
        return self.answered == NEVER or (bool(self._owed) and now - self._since > self.patience)

    def silence(self, now: float) -> Silence:
        """The run of misses of a line that is ``overdue``."""
        due = now - self.patience
        missed = sum(at <= due for at in self._owed)
        until = max((at for at in self._owed if at <= due), default=self._since)
        return Silence(self._since, until, missed * -math.log(self._miss_probability(now)))

    def _miss_probability(self, now: float) -> float:
        """How probable the next miss is after a miss: by the loss of the last minutes, or by the habit of runs."""
        sent, lost = self.windows["5m"].counted(now)
        faded = self._faded(now)
        habit = (self._followed * faded + _HABIT_BEFORE_FOLLOWED) / (self._ran * faded + _HABIT_BEFORE_RAN)
        return min(0.99, max(habit, (lost + _BEFORE_LOST) / (sent + _BEFORE_SENT)))

    def _in_a_fall(self, sent_at: float) -> bool:
        """Whether a request went out in a run too long for loss: else each fall would make the next less improbable."""
        lasting = bool(self._owed) and self._owed[-1] - self._since > _LONGEST_RUN_SECONDS and sent_at >= self._since
        return lasting or self._fell <= sent_at < self._stood

    def _learn(self, trip: float) -> None:
        if self.round_trip is None:
            self._mean, self._deviation = trip, trip / 2
        else:
            self._deviation += _DEVIATION_WEIGHT * (abs(self._mean - trip) - self._deviation)
            self._mean += _MEAN_WEIGHT * (trip - self._mean)
        patience = self._mean + 4 * self._deviation
        self.patience = min(LONGEST_PATIENCE_SECONDS, max(SHORTEST_PATIENCE_SECONDS, patience))

    def _count(self, trip: float, now: float) -> None:
        step = step_of(trip)
        wander = None if self.round_trip is None else abs(trip - self.round_trip)
        for window in self.windows.values():
            window.answered(step, wander, now)
        self.trips[step] += 1
        self.trips_seconds += trip

    def _remember(self, missed: int, length: float, now: float) -> None:
        """A run of misses is over: each miss but the last was followed by another."""
        if self.covered or length > _LONGEST_RUN_SECONDS:
            return
        faded = self._faded(now)
        self._habit_at = now
        self._followed = self._followed * faded + missed - 1
        self._ran = self._ran * faded + missed

    def _faded(self, now: float) -> float:
        """What is left of the habit."""
        return math.pow(0.5, (now - self._habit_at) / _HABIT_HALF_LIFE_SECONDS)
