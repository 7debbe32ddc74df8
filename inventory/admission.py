"""What may be promised of an uplink: rates in, sums and refusals out. Pure; the one rule for tracker and shaping.

Each rate lies between the lowest rate and the capacity, guarantee before ceiling; all guarantees together stay below
the committed share. Ceilings may add up to more than the line: that is oversubscription, allowed with a reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from inventory.model import Uplink

Direction = Literal["receive", "transmit"]
DIRECTIONS: tuple[Direction, ...] = ("receive", "transmit")

# 256 kbit/s. A class in debt recovers slowly below it: measured 192 ms at 64 kbit/s and 733 ms at 16 kbit/s.
LOWEST_BYTES_PER_SECOND = 32_000

# 95 % of a line may be guaranteed. The rest is the reserve: 4 % for the management network and 1 % for addresses of
# nobody, as the shaper's own classes take them. Two whole numbers, because rates are compared exactly.
_SHARE_NUMERATOR, _SHARE_DENOMINATOR = 95, 100

RESERVE_RATIO = (_SHARE_DENOMINATOR - _SHARE_NUMERATOR) / _SHARE_DENOMINATOR


@dataclass(frozen=True)
class RatePair:
    """Guarantee (CIR) and ceiling of one OPD in one direction, bytes per second."""

    guaranteed: int
    ceiling: int


@dataclass(frozen=True)
class Commitment:
    """One direction of an uplink: its capacity and what is promised of it, bytes per second."""

    capacity: int
    guaranteed: int
    ceilings: int

    @property
    def usable(self) -> int:
        """What may be guaranteed of the line at most."""
        return usable(self.capacity)

    @property
    def reserve(self) -> int:
        """What is never guaranteed."""
        return self.capacity - self.usable

    @property
    def room(self) -> int:
        """What may still be guaranteed; below zero where too much is promised."""
        return self.usable - self.guaranteed

    @property
    def overcommitted(self) -> bool:
        """True where guarantees are above the committed share: refused always."""
        return self.room < 0

    @property
    def oversubscribed(self) -> bool:
        """True where ceilings together are above the capacity: allowed with a reason."""
        return self.ceilings > self.capacity


def capacity_of(uplink: Uplink, direction: str) -> int:
    """The capacity of a line in that direction."""
    return {"receive": uplink.receive_capacity, "transmit": uplink.transmit_capacity}[direction]


def usable(capacity: int) -> int:
    """The committed share of a capacity, in whole bytes, rounded down."""
    return capacity * _SHARE_NUMERATOR // _SHARE_DENOMINATOR


def capacity_for(guaranteed: float) -> float:
    """How large a line must be, so that this much of it may be guaranteed."""
    return guaranteed * _SHARE_DENOMINATOR / _SHARE_NUMERATOR


def possible(rates: RatePair, capacity: int) -> bool:
    """Lowest rate, guarantee, ceiling, capacity: in this order, each at most the next."""
    return LOWEST_BYTES_PER_SECOND <= rates.guaranteed <= rates.ceiling <= capacity


def commitment(capacity: int, rates: Iterable[RatePair]) -> Commitment:
    """All promises of one direction of a line together."""
    promises = tuple(rates)
    guaranteed, ceilings = (sum(getattr(rate, key) for rate in promises) for key in ("guaranteed", "ceiling"))
    return Commitment(capacity, guaranteed, ceilings)
