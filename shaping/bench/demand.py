"""What offices want, at random: a seed in, a rate for each moment out, bytes per second. Pure.

Four kinds, because a verdict that is right for one of them may be wrong for another: a steady use of any height, bursts
of seconds, bursts that are shorter than the time between two samples, and transfers that take all they get for minutes.
"""

import random
from collections.abc import Callable, Iterator
from itertools import repeat

# A rate and how long it is wanted, seconds; for ever.
Spans = Iterator[tuple[float, float]]
DemandKind = Callable[[random.Random, int], Spans]


def steady(dice: random.Random, ceiling: int) -> Spans:
    """One rate, from nothing to half above the ceiling; another one each minute or so."""
    while True:
        yield dice.choice((0.0, dice.uniform(0.0, 1.5 * ceiling))), dice.expovariate(1 / 60)


def bursty(dice: random.Random, ceiling: int) -> Spans:
    """Pages and mail: on for a second, off for one and a half, at any height."""
    while True:
        yield dice.uniform(0.0, 4.0 * ceiling), dice.expovariate(1.0)
        yield 0.0, dice.expovariate(0.7)


def short(dice: random.Random, ceiling: int) -> Spans:
    """Bursts below the tenth of a second between two samples of the agent."""
    while True:
        yield dice.uniform(0.0, 8.0 * ceiling), dice.uniform(0.02, 0.09)
        yield 0.0, dice.uniform(0.05, 1.0)


def long(dice: random.Random, ceiling: int) -> Spans:
    """Backups and updates: more than the ceiling until they are over, then nothing."""
    while True:
        yield 1.3 * ceiling, dice.uniform(5.0, 90.0)
        yield 0.0, dice.uniform(5.0, 60.0)


def always(dice: random.Random, ceiling: int) -> Spans:
    """More than the ceiling for ever: what a planted class starves of must have been wanted."""
    return repeat((1.3 * ceiling, 60.0))


KINDS: tuple[DemandKind, ...] = (steady, bursty, short, long)


class Demand:
    """What one queue wants, as whole bytes that fall due. Not thread safe."""

    def __init__(self, spans: Spans, most_waiting: int) -> None:
        self._spans, self._most_waiting = spans, most_waiting
        self._rate, self._until, self._at, self._due = 0.0, 0.0, 0.0, 0.0

    def due(self, now: float) -> float:
        """Bytes that fall due by then (seconds since the beginning); what a busy machine was late with is bounded."""
        while self._at < now:
            if self._until <= self._at:
                self._rate, length = next(self._spans)
                self._until = self._at + length
            step = min(now, self._until)
            self._due += self._rate * (step - self._at)
            self._at = step
        self._due = min(self._due, self._most_waiting)
        return self._due

    def spend(self, size: int) -> None:
        """So much of it was offered."""
        self._due -= size
