"""When what was learnt of a device is worse than before: asked again before it is believed. Pure.

An agent that has just begun says for a while that it has no interfaces, or no 64-bit counters; one error among the
answers says the same. What is worse is asked again at the next poll, then ever more seldom, and believed when it has
stayed so for ten minutes. Until then no series changes its width.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

# How long a loss is doubted: as long as what was learnt is believed without being asked again (poller).
DOUBTED_SECONDS = 600.0
# The second asking comes after a usual scrape interval, each further one after twice the time.
_FIRST_WAIT_SECONDS = 15.0
# Counter32 begins anew here (RFC 2578, 7.1.6).
_MODULUS_32 = 2**32


@dataclass(frozen=True)
class Doubt:
    """Since when something is worse, and how often it was asked again (Unix seconds)."""

    since: float
    last: float
    times: int = 0

    def due(self, now: float) -> bool:
        """Whether it is time to ask again."""
        wait = 0.0 if not self.times else _FIRST_WAIT_SECONDS * 2 ** (self.times - 1)
        return not (0 <= now - self.last < wait and self.holds(now))

    def holds(self, now: float) -> bool:
        """Whether the loss is not believed yet."""
        return 0 <= now - self.since <= DOUBTED_SECONDS

    def again(self, now: float) -> "Doubt":
        """The doubt after it was asked and stayed as bad."""
        return replace(self, last=now, times=self.times + 1)


def width(before: int, now: int, wide: Sequence[int | None], doubted: bool, anew: bool) -> int:
    """The bits to read a port with, from those read before and those that the agent seems to have now.

    ``wide`` are its 64-bit octets; ``anew`` says that the device was started since, so that its counters began again.
    """
    if before == now:
        return now
    if now < before:
        return before if doubted else now
    # Up to the first turn of the 32-bit counter both say the same, and the series goes on without a jump.
    return now if anew or all(octets is not None and octets < _MODULUS_32 for octets in wide) else before
