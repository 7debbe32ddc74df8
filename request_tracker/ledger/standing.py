"""The ledger as of one moment: what a decision must know of it in, the batches it decides on out. Pure.

``allocations`` reads a ``Standing`` and appends a ``Batch``; nothing here touches the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import Allocation
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase

LOWEST_GUARANTEED = 32_000
COMMITTED_SHARE = (95, 100)


@dataclass(frozen=True)
class Change:
    """One OPD's new allocation, by whom, through which case, and why."""

    opd: str
    allocation: Allocation
    actor: str
    case_number: str | None
    reason: str


@dataclass(frozen=True)
class Line:
    """What is in force for one OPD: its rates, and the case that brought them."""

    allocation: Allocation
    case_number: str | None


@dataclass(frozen=True)
class Batch:
    """Changes that come into force together at one moment."""

    effective_at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Standing:
    """The ledger at ``at``: how many batches are in force, the line of each OPD, the moments of planned returns."""

    at: datetime
    revision: int
    lines: Mapping[str, Line]
    returns: Mapping[str, tuple[datetime, ...]]

    def allocation_of(self, opd: str) -> Allocation | None:
        """The rates of an OPD in force; None where the ledger has none."""
        line = self.lines.get(opd)
        return line.allocation if line else None


@dataclass(frozen=True)
class Books:
    """What an admission is decided by: the ledger's standing, and the city whose uplinks must carry it."""

    standing: Standing
    city: City


def admit(books: Books, opd: str, wanted: Allocation, reason: str) -> None:
    """Refuse what cannot be kept: guarantees above 95 % of the uplink, impossible rates, unreasoned over-commitment."""
    standing, city = books.standing, books.city
    uplink = next(u for u in city.uplinks if u.name == uplink_of(city, opd))
    capacities = {"receive": uplink.receive_capacity, "transmit": uplink.transmit_capacity}
    others = [
        line.allocation
        for other, line in standing.lines.items()
        if other != opd and uplink_of(city, other) == uplink.name
    ]
    for direction, capacity in capacities.items():
        guaranteed, ceiling = (getattr(wanted, f"{direction}_{kind}") for kind in ("guaranteed", "ceiling"))
        if not LOWEST_GUARANTEED <= guaranteed <= ceiling <= capacity:
            told = Both(
                "{}: jaminan {} dan batas {} harus antara {} dan kapasitas {}",
                "{}: guarantee {} and ceiling {} must lie between {} and the capacity {}",
            )
            rates = (guaranteed, ceiling, LOWEST_GUARANTEED, capacity)
            raise Refused("admission", reason=filled(told, phrase(direction), *map(format_rate, rates)))
        committed = guaranteed + sum(getattr(rates, f"{direction}_guaranteed") for rates in others)
        if committed * COMMITTED_SHARE[1] > capacity * COMMITTED_SHARE[0]:
            told = Both(
                "{}: jumlah jaminan {} melebihi 95 % kapasitas {} {}",
                "{}: guarantees of {} in sum are above 95 % of the capacity {} of {}",
            )
            sums = (format_rate(committed), format_rate(capacity))
            raise Refused("admission", reason=filled(told, phrase(direction), *sums, uplink.name))
        offered = ceiling + sum(getattr(rates, f"{direction}_ceiling") for rates in others)
        if offered > capacity and not reason.strip():
            told = Both(
                "Jumlah batas {} melebihi kapasitas {} {}.", "Ceilings of {} in sum are above {}'s capacity {}."
            )
            warning = filled(told, format_rate(offered), uplink.name, format_rate(capacity))
            raise Refused("reason_needed", warning=warning)


def batches_of(standing: Standing, changes: Sequence[Change], until: datetime | None = None) -> tuple[Batch, ...]:
    """The batches that bring the changes into force now.

    With ``until`` another batch gives back what was in force before. A return that was planned for an OPD which now
    gets another permanent allocation is restated, so that it cannot undo the newer decision.
    """
    found = [Batch(standing.at, tuple(changes))]
    for change in changes:
        for moment in standing.returns.get(change.opd, ()):
            if until is None or moment < until:
                found.append(Batch(moment, (change,)))
        former = standing.lines.get(change.opd)
        if until is not None and former is not None:
            why = f"akhir masa sementara {change.case_number}"
            back = Change(change.opd, former.allocation, change.actor, former.case_number, why)
            found.append(Batch(until, (back,)))
    return tuple(found)
