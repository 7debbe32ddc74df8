"""The ledger as of one moment: what a decision must know of it in, the batches it decides on out. Pure.

``allocations`` reads a ``Standing`` and appends a ``LedgerBatch``; nothing here touches the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.admission import DIRECTIONS, LOWEST_BYTES_PER_SECOND, capacity_of, commitment, possible
from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import Allocation, rates_of
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase


@dataclass(frozen=True)
class Change:
    """One OPD's new allocation, by whom, through which case, and why."""

    opd: str
    allocation: Allocation
    actor: str
    case_number: str | None
    reason: str


@dataclass(frozen=True)
class LedgerLine:
    """What is in force for one OPD: its rates, and the case that brought them."""

    allocation: Allocation
    case_number: str | None


@dataclass(frozen=True)
class LedgerBatch:
    """Changes that come into force together at one moment."""

    effective_at: datetime
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Standing:
    """The ledger at ``at``: how many batches are in force, the line of each OPD, the moments of planned returns."""

    at: datetime
    revision: int
    lines: Mapping[str, LedgerLine]
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
    neighbours = [
        line.allocation
        for other, line in standing.lines.items()
        # The OPD's own line is replaced by what is wanted, so it must not count beside it.
        if other != opd and uplink_of(city, other) == uplink.name
    ]
    for direction in DIRECTIONS:
        capacity, rates = capacity_of(uplink, direction), rates_of(wanted, direction)
        promises = commitment(capacity, (rates, *(rates_of(allocation, direction) for allocation in neighbours)))
        if not possible(rates, capacity):
            sentence = Both(
                "{}: jaminan {} dan batas {} harus antara {} dan kapasitas {}",
                "{}: guarantee {} and ceiling {} must lie between {} and the capacity {}",
            )
            bounds = (rates.guaranteed, rates.ceiling, LOWEST_BYTES_PER_SECOND, capacity)
            raise Refused("admission", reason=filled(sentence, phrase(direction), *map(format_rate, bounds)))
        if promises.overcommitted:
            sentence = Both(
                "{}: jumlah jaminan {} melebihi 95 % kapasitas {} {}",
                "{}: guarantees of {} in sum are above 95 % of the capacity {} of {}",
            )
            sums = (format_rate(promises.guaranteed), format_rate(capacity))
            raise Refused("admission", reason=filled(sentence, phrase(direction), *sums, uplink.name))
        # Ceilings above the capacity are usual (not everybody sends at once), so a person's reason is enough for them.
        if promises.oversubscribed and not reason.strip():
            sentence = Both(
                "Jumlah batas {} melebihi kapasitas {} {}.", "Ceilings of {} in sum are above {}'s capacity {}."
            )
            warning = filled(sentence, format_rate(promises.ceilings), uplink.name, format_rate(capacity))
            raise Refused("reason_needed", warning=warning)


def batches_of(standing: Standing, changes: Sequence[Change], until: datetime | None = None) -> tuple[LedgerBatch, ...]:
    """The batches that bring the changes into force now.

    With ``until`` another batch gives back what was in force before. A return that was planned for an OPD which now
    gets another permanent allocation is restated, so that it cannot undo the newer decision.
    """
    batches = [LedgerBatch(standing.at, tuple(changes))]
    for change in changes:
        for moment in standing.returns.get(change.opd, ()):
            # A return after the new end would come into force anyway, and later than this one's own return.
            if until is None or moment < until:
                batches.append(LedgerBatch(moment, (change,)))
        former = standing.lines.get(change.opd)
        if until is not None and former is not None:
            why = f"akhir masa sementara {change.case_number}"
            back = Change(change.opd, former.allocation, change.actor, former.case_number, why)
            batches.append(LedgerBatch(until, (back,)))
    return tuple(batches)
