"""Smoothing, optional: what a flow carried is shown over as many seconds as the flow lasted, from its arrival on.

Amounts that were counted in, what of them is not to be shown yet out; exact, and bounded by its slots of a second.
Nothing stays of a record: it adds to the rate of a cell (counter, OPD, direction, scope) and is taken off that rate
in the slot where it ends. It never touches the counters themselves.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]


@dataclass
class Smoothing:
    """``amounts`` wait; ``rate``: what each second releases; ``ends``: what that falls by in the seconds to come.

    ``ends`` is a ring with a row for each second; ``now`` is the last second that was released. A cell is a place in
    all three. A sum of rates may wrap below zero and back.
    """

    amounts: Numbers
    rate: Numbers
    ends: Numbers
    clock: Callable[[], float] = time.monotonic
    now: int = field(init=False)

    def __post_init__(self) -> None:
        self.now = int(self.clock())

    @classmethod
    def over(cls, seconds: int, cells: int, clock: Callable[[], float] = time.monotonic) -> "Smoothing":
        """Nothing waits yet; ``seconds``: the longest time over which a record is released."""
        return cls(
            np.zeros(cells, np.uint64), np.zeros(cells, np.uint64), np.zeros((seconds + 1, cells), np.uint64), clock
        )

    def grow(self, halves: int, cells: int) -> None:
        """Room for new counters at the end of each half (bytes, packets), so that each has so many cells."""
        more = ((0, 0), (0, cells - len(self.amounts) // halves))
        self.amounts, self.rate = (
            np.pad(whole.reshape(halves, -1), more).reshape(-1) for whole in (self.amounts, self.rate)
        )
        self.ends = np.pad(self.ends.reshape(len(self.ends), halves, -1), ((0, 0), *more)).reshape(len(self.ends), -1)

    @property
    def seconds(self) -> int:
        """The longest time over which a record is released."""
        return len(self.ends) - 1

    def keep(self, cells: NDArray[np.intp], amounts: Numbers, seconds: Numbers) -> None:
        """Release each amount evenly over its seconds (1 to ``self.seconds``), the odd ones first."""
        self._release()
        np.add.at(self.amounts, cells, amounts)
        # In whole bytes: a float would lose some of a large flow and never bring the sum to what came.
        each, odd = np.divmod(amounts, seconds)
        # What does not divide evenly is one unit more in each of the first ``odd`` seconds.
        self._add(cells, each, seconds)
        self._add(cells[odd > 0], np.ones(np.count_nonzero(odd), np.uint64), odd[odd > 0])

    def waiting(self) -> Numbers:
        """What is not to be shown yet, of every cell."""
        self._release()
        return self.amounts

    def _add(self, cells: NDArray[np.intp], each: Numbers, seconds: Numbers) -> None:
        # A record adds to the rate now and takes it off again in the slot of the second after its last.
        slot = (self.now + seconds.astype(np.intp)) % len(self.ends)
        np.add.at(self.rate, cells, each)
        np.add.at(self.ends.reshape(-1), slot * len(self.rate) + cells, each)

    def _release(self) -> None:
        """What the seconds since the last time release."""
        now = int(self.clock())
        # Further than one round of the ring nothing waits: a clock that jumped costs no more than that.
        for second in range(self.now + 1, min(now, self.now + len(self.ends)) + 1):
            self.amounts -= self.rate
            slot = self.ends[second % len(self.ends)]
            self.rate -= slot
            slot[:] = 0
        self.now = max(now, self.now)
