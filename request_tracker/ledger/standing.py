"""The ledger as of one moment: what a decision must know of it in, the batches it decides on out. Pure.

``allocations`` reads a ``Standing`` and appends a ``LedgerBatch``; nothing here touches the store.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from inventory.admission import DIRECTIONS, LOWEST_BYTES_PER_SECOND, capacity_of, commitment, possible
from inventory.model import City
from inventory.rates import format_rate
from inventory.topology import uplink_of
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import Allocation, rates_of
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase

# What the ledger says of a batch that gives back; ``notifications.allocation_ends`` finds the ends by it.
END_REASON = "akhir masa sementara"


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
class PlannedLine:
    """A line that was decided already and comes into force at ``at``."""

    at: datetime
    line: LedgerLine


@dataclass(frozen=True)
class Validity:
    """From when until when a change is in force; ``begin`` None is at once, ``end`` None is for good."""

    begin: datetime | None = None
    end: datetime | None = None


FOR_GOOD = Validity()


@dataclass(frozen=True)
class Standing:
    """The ledger at ``at``: how many batches are in force, the line of each OPD, and what was decided to come.

    ``ahead`` holds each OPD's planned lines in their order, ``batches_ahead`` the moment of every batch to come.
    """

    at: datetime
    revision: int
    lines: Mapping[str, LedgerLine]
    ahead: Mapping[str, tuple[PlannedLine, ...]] = field(default_factory=dict)
    batches_ahead: tuple[datetime, ...] = ()

    def allocation_of(self, opd: str) -> Allocation | None:
        """The rates of an OPD in force; None where the ledger has none."""
        line = self.lines.get(opd)
        return line.allocation if line else None

    def line_at(self, opd: str, moment: datetime) -> LedgerLine | None:
        """The line of an OPD at a moment from ``at`` on, by what is decided today."""
        due = [planned.line for planned in self.ahead.get(opd, ()) if planned.at <= moment]
        return due[-1] if due else self.lines.get(opd)

    def begin_of(self, validity: Validity) -> datetime:
        """When a change comes into force that is decided at ``at``: never earlier."""
        return max(self.at, validity.begin or self.at)

    def moments(self, validity: Validity) -> tuple[datetime, ...]:
        """The begin of a change, and every moment of its time at which some line changes."""
        begin, end = self.begin_of(validity), validity.end
        later = {planned.at for lines in self.ahead.values() for planned in lines if planned.at > begin}
        return (begin, *sorted(moment for moment in later if end is None or moment < end))

    def revision_from(self, moment: datetime) -> int:
        """The revision that a batch appended now makes at its moment."""
        return self.revision + sum(ahead <= moment for ahead in self.batches_ahead) + 1


@dataclass(frozen=True)
class Books:
    """What an admission is decided by: the ledger's standing, and the city whose uplinks must carry it."""

    standing: Standing
    city: City


def admit(books: Books, opd: str, wanted: Allocation, reason: str, validity: Validity = FOR_GOOD) -> None:
    """Refuse what cannot be kept at every moment of its time, beside all that is decided already."""
    for moment in books.standing.moments(validity):
        _admit_at(books, opd, wanted, reason, moment)


def _admit_at(books: Books, opd: str, wanted: Allocation, reason: str, moment: datetime) -> None:
    """Guarantees above 95 % of the uplink, impossible rates, unreasoned over-commitment."""
    standing, city = books.standing, books.city
    uplink = next(u for u in city.uplinks if u.name == uplink_of(city, opd))
    # The OPD's own line is replaced by what is wanted, so it must not count beside it.
    others = {*standing.lines, *standing.ahead} - {opd}
    lines = [standing.line_at(other, moment) for other in sorted(others) if uplink_of(city, other) == uplink.name]
    neighbours = [line.allocation for line in lines if line is not None]
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
                "{}: jumlah jaminan {} melebihi 95 % kapasitas {} {}{}",
                "{}: guarantees of {} in sum are above 95 % of the capacity {} of {}{}",
            )
            sums = (format_rate(promises.guaranteed), format_rate(capacity))
            when = _when(books, moment)
            raise Refused("admission", reason=filled(sentence, phrase(direction), *sums, uplink.name, when))
        # Ceilings above the capacity are usual (not everybody sends at once), so a person's reason is enough for them.
        if promises.oversubscribed and not reason.strip():
            sentence = Both(
                "Jumlah batas {} melebihi kapasitas {} {}{}.", "Ceilings of {} in sum are above {}'s capacity {}{}."
            )
            above = (format_rate(promises.ceilings), uplink.name, format_rate(capacity))
            raise Refused("reason_needed", warning=filled(sentence, *above, _when(books, moment)))


def _when(books: Books, moment: datetime) -> Both:
    """From when on it cannot be kept; nothing where that is now."""
    if moment == books.standing.at:
        return Both("", "")
    local = moment.astimezone(ZoneInfo(books.city.city.timezone))
    return filled(Both(" mulai {}", " from {} on"), local.strftime("%d-%m-%Y %H.%M"))


def batches_of(standing: Standing, changes: Sequence[Change], validity: Validity = FOR_GOOD) -> tuple[LedgerBatch, ...]:
    """The batches that bring the changes into force at their begin.

    With an end another batch gives back what is in force by then without them: where another temporary allocation
    ends meanwhile, what that one gave back. Whatever was planned for an OPD within the time of its new allocation is
    restated with it, so that an older plan cannot undo the newer decision.
    """
    begin, end = standing.begin_of(validity), validity.end
    batches = [LedgerBatch(begin, tuple(changes))]
    for change in changes:
        # A planned line after the new end would come into force anyway, and later than this one's own return.
        planned = {line.at for line in standing.ahead.get(change.opd, ()) if line.at > begin}
        batches += [LedgerBatch(moment, (change,)) for moment in sorted(planned) if end is None or moment < end]
        former = standing.line_at(change.opd, end) if end is not None else None
        if end is not None and former is not None:
            why = f"{END_REASON} {change.case_number}"
            back = Change(change.opd, former.allocation, change.actor, former.case_number, why)
            batches.append(LedgerBatch(end, (back,)))
    return tuple(batches)
