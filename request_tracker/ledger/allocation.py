"""An allocation as data: four rates of one OPD. What the ledger keeps and a case decides."""

from dataclasses import dataclass

from inventory.admission import RatePair


@dataclass(frozen=True)
class Allocation:
    """Four rates in bytes per second, from the OPD's point of view."""

    receive_guaranteed: int
    receive_ceiling: int
    transmit_guaranteed: int
    transmit_ceiling: int


def rates_of(allocation: Allocation, way: str) -> RatePair:
    """One direction of an allocation."""
    return RatePair(getattr(allocation, f"{way}_guaranteed"), getattr(allocation, f"{way}_ceiling"))
