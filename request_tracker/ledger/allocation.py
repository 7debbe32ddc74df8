"""An allocation as data: four rates of one OPD. What the ledger keeps and a case decides."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from inventory.admission import RatePair
from inventory.weekly_hours import WeeklyHours, hours_of


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


@dataclass(frozen=True)
class AllocationProposal:
    """What officials sign and the technician applies: the rates, from which day on, until the end of which day.

    ``since`` None is at once, ``until`` None is for good; days are the office's. ``hours``: only in these hours of the
    week, beside the rates of all other hours; None is at all hours.
    """

    allocation: Allocation
    since: date | None = None
    until: date | None = None
    hours: WeeklyHours | None = None

    def data(self) -> dict[str, Any]:
        """The four rates, the two days and the hours as data for events."""
        days = {key: day.isoformat() if day else None for key, day in (("since", self.since), ("until", self.until))}
        # Only where there are any: what was signed before hours could be keeps its hash.
        hours = {"hours": self.hours.data()} if self.hours else {}
        return {**asdict(self.allocation), **days, **hours}


def proposal_of(data: Mapping[str, Any]) -> AllocationProposal:
    """A proposal from its data; other keys beside it are left alone."""
    rates = Allocation(**{key: data[key] for key in Allocation.__dataclass_fields__})
    since, until = (date.fromisoformat(data[key]) if data.get(key) else None for key in ("since", "until"))
    return AllocationProposal(rates, since, until, hours_of(data["hours"]) if data.get("hours") else None)
