"""The ledger as of one moment: what a decision must know of it in, the batches it decides on out. Pure.

``allocations`` reads a ``Standing`` and appends a ``LedgerBatch``; nothing here touches the store.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inventory.admission import DIRECTIONS, LOWEST_BYTES_PER_SECOND, capacity_of, commitment, possible
from inventory.model import City, Uplink
from inventory.rates import format_rate
from inventory.topology import uplink_of
from inventory.weekly_hours import WEEK, WeeklyHours, never
from request_tracker.errors import Refused
from request_tracker.ledger.allocation import Allocation, rates_of
from request_tracker.words.bilingual import Both, filled
from request_tracker.words.labels import phrase

# What the ledger says of a batch that gives back; ``notifications.allocation_ends`` finds the ends by it.
END_REASON = "akhir masa sementara"
_ONE_WEEK = timedelta(days=WEEK)


@dataclass(frozen=True)
class Change:
    """One OPD's new allocation, by whom, through which case, and why; ``hours``: of these hours of the week only."""

    opd: str
    allocation: Allocation
    actor: str
    case_number: str | None
    reason: str
    hours: WeeklyHours | None = None


@dataclass(frozen=True)
class Wish:
    """The allocation somebody would like for an OPD; ``reason`` is needed where ceilings go above the capacity."""

    opd: str
    allocation: Allocation
    reason: str
    hours: WeeklyHours | None = None


@dataclass(frozen=True)
class LedgerLine:
    """What is in force for one OPD: its rates, the case that brought them, and in which hours where not in all."""

    allocation: Allocation
    case_number: str | None
    hours: WeeklyHours | None = None


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

    ``ahead`` holds each OPD's planned lines in their order, ``batches_ahead`` the moment of every batch to come,
    ``profiles`` the line of each OPD that has other rates in some hours of the week.
    """

    at: datetime
    revision: int
    lines: Mapping[str, LedgerLine]
    ahead: Mapping[str, tuple[PlannedLine, ...]] = field(default_factory=dict)
    batches_ahead: tuple[datetime, ...] = ()
    profiles: Mapping[str, LedgerLine] = field(default_factory=dict)

    def allocation_of(self, opd: str) -> Allocation | None:
        """The rates of an OPD in force; None where the ledger has none."""
        line = self.lines.get(opd)
        return line.allocation if line else None

    def line_at(self, opd: str, moment: datetime) -> LedgerLine | None:
        """The line of an OPD for all hours at a moment from ``at`` on, by what is decided today."""
        due = [line for at, line in self._ahead_of(opd) if at <= moment and line.hours is None]
        return due[-1] if due else self.lines.get(opd)

    def profile_at(self, opd: str, moment: datetime) -> LedgerLine | None:
        """The line of its hours of the week, whether they are now or not; None where it never had any."""
        due = [line for at, line in self._ahead_of(opd) if at <= moment and line.hours is not None]
        return due[-1] if due else self.profiles.get(opd)

    def effective_at(self, opds: Iterable[str], moment: datetime) -> tuple[LedgerLine, ...]:
        """The lines whose rates these offices have at that moment."""
        # Many offices share few plans: each is asked once.
        covered: dict[WeeklyHours, bool] = {}
        lines = []
        for opd in opds:
            profile = self.profile_at(opd, moment)
            hours = profile.hours if profile else None
            if hours is not None and hours not in covered:
                covered[hours] = hours.covers(moment)
            line = profile if hours is not None and covered[hours] else self.line_at(opd, moment)
            lines += [line] if line is not None else []
        return tuple(lines)

    def begin_of(self, validity: Validity) -> datetime:
        """When a change comes into force that is decided at ``at``: never earlier."""
        return max(self.at, validity.begin or self.at)

    def moments(self, validity: Validity, hours: WeeklyHours | None = None) -> tuple[datetime, ...]:
        """The begin of a change, and every moment of its time at which the rates of some office change.

        Of hours of the week those of one week after each change: the next ones are the same. With ``hours`` only
        moments within them count.
        """
        begin, end = self.begin_of(validity), validity.end
        later = {planned.at for lines in self.ahead.values() for planned in lines if planned.at > begin}
        changes = [begin, *sorted(moment for moment in later if end is None or moment < end)]
        plans = {line.hours for line in (*self.profiles.values(), *self._lines_ahead()) if line.hours is not None}
        plans |= {hours} if hours else set()
        moments = set(changes)
        for since, over in zip(changes, [*changes[1:], end], strict=True):
            week = since + _ONE_WEEK
            until = week if over is None else min(week, over)
            moments.update(moment for plan in plans for moment in plan.boundaries(since, until))
        return tuple(sorted(moment for moment in moments if hours is None or hours.covers(moment)))

    def _ahead_of(self, opd: str) -> Iterator[tuple[datetime, LedgerLine]]:
        return ((planned.at, planned.line) for planned in self.ahead.get(opd, ()))

    def _lines_ahead(self) -> Iterator[LedgerLine]:
        return (planned.line for lines in self.ahead.values() for planned in lines)

    def revision_from(self, moment: datetime) -> int:
        """The revision that a batch appended now makes at its moment."""
        return self.revision + sum(ahead <= moment for ahead in self.batches_ahead) + 1


@dataclass(frozen=True)
class Books:
    """What an admission is decided by: the ledger's standing, and the city whose uplinks must carry it."""

    standing: Standing
    city: City


def admit(books: Books, wish: Wish, validity: Validity = FOR_GOOD) -> None:
    """Refuse what cannot be kept at every moment of its time, beside all that is decided already."""
    standing, city = books.standing, books.city
    uplink = next(u for u in city.uplinks if u.name == uplink_of(city, wish.opd))
    # The OPD's own line is replaced by what is wanted, so it must not count beside it.
    others = sorted({*standing.lines, *standing.ahead} - {wish.opd})
    neighbours = tuple(other for other in others if uplink_of(city, other) == uplink.name)
    for moment in standing.moments(validity, wish.hours):
        # In its hours of the week the office has those rates whatever it is given for all hours.
        own = standing.effective_at((wish.opd,), moment)
        if wish.hours is not None or not own or own[0].hours is None:
            _admit_at(books, wish, uplink, moment, standing.effective_at(neighbours, moment))


def _admit_at(books: Books, wish: Wish, uplink: Uplink, moment: datetime, neighbours: Sequence[LedgerLine]) -> None:
    """Guarantees above 95 % of the uplink, impossible rates, unreasoned over-commitment."""
    wanted, reason = wish.allocation, wish.reason
    for direction in DIRECTIONS:
        capacity, rates = capacity_of(uplink, direction), rates_of(wanted, direction)
        promises = commitment(capacity, (rates, *(rates_of(line.allocation, direction) for line in neighbours)))
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
        timed = change.hours is not None
        lines = [later for later in standing.ahead.get(change.opd, ()) if (later.line.hours is not None) == timed]
        # A planned line after the new end would come into force anyway, and later than this one's own return.
        planned = {line.at for line in lines if line.at > begin}
        batches += [LedgerBatch(moment, (change,)) for moment in sorted(planned) if end is None or moment < end]
        back = _back(standing, change, end) if end is not None else None
        if end is not None and back is not None:
            batches.append(LedgerBatch(end, (back,)))
    return tuple(batches)


def _back(standing: Standing, change: Change, end: datetime) -> Change | None:
    """What the end of a change gives back: the earlier rates; hours of the week just end. None where nothing was."""
    why = f"{END_REASON} {change.case_number}"
    if change.hours is not None:
        return replace(change, hours=never(change.hours), reason=why)
    former = standing.line_at(change.opd, end)
    return Change(change.opd, former.allocation, change.actor, former.case_number, why) if former else None
