"""What every driver speaks of: one OPD's queue in one direction, and what it counted. Pure data.

Rates are whole bytes per second; the direction is the OPD's point of view.
"""

from dataclasses import dataclass

from inventory.admission import Direction, RatePair

# Whose queue: the OPD's code and the direction.
Key = tuple[str, Direction]


@dataclass(frozen=True)
class Queue:
    """What an OPD may send or receive: the rate it always gets, and the rate it never exceeds."""

    opd: str
    direction: Direction
    guaranteed_bytes_per_second: int
    ceiling_bytes_per_second: int

    @property
    def key(self) -> Key:
        """OPD and direction."""
        return self.opd, self.direction

    @property
    def pair(self) -> RatePair:
        """Guarantee and ceiling."""
        return RatePair(self.guaranteed_bytes_per_second, self.ceiling_bytes_per_second)

    @property
    def rates(self) -> dict[str, int]:
        """Guarantee and ceiling as the tracker's interface names them."""
        return {"guaranteed": self.guaranteed_bytes_per_second, "ceiling": self.ceiling_bytes_per_second}


@dataclass(frozen=True)
class Count:
    """What a queue counted since it was made: bytes and packets sent, packets dropped; and bytes that wait now.

    ``stops``: how often what it sent had spent its ceiling, so that the next had to wait for that and for nobody else;
    None where the device says nothing of it. ``stop_seconds``: for how long what it sent last forbids the next; 0 where
    it does not. ``at``: when it was counted, seconds of the machine's clock that only goes on; None where that is not
    known better than when it was asked.
    """

    bytes: int
    packets: int
    drops: int
    backlog: int
    stops: int | None = None
    stop_seconds: float = 0.0
    at: float | None = None
