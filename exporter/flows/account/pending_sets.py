"""Data sets that came before their template or before their sampling rate: bounded memory and a time limit.

What lacks a template beyond the bound is lost, and counted. What lacks only a rate never is (it counts without one),
nor what lacks only the template of now (that of before the exporter began anew decodes it).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from exporter.flows.account.domains import ObservationDomain
from exporter.flows.decode.templates import FlowTemplate

# Rule 5 of docs/reference/flow-rules.md: 4 MB an exporter, 32 MB of all together: half a minute of 4,000 and of 30,000
# records a second. Exporters send their templates with or shortly after their first data (RFC 7011 8.1); data that is
# older than half a minute would be counted in a minute that it is not of.
MAX_PENDING_BYTES, MAX_TEMPLATELESS_BYTES, PENDING_SECONDS = 4 * 2**20, 32 * 2**20, 30.0

# What is never lost, of all exporters together: 32 MB are some 600,000 records, half a minute of 20,000 a second.
# It is used once, when a sampler is first met: rates, and which samplers have none, are on disk.
MAX_RATELESS_BYTES = 32 * 2**20

# A waiting set as Python objects, beside its bytes.
_SET_BYTES = 300


@dataclass(frozen=True, eq=False)
class PendingSet:
    """A data set that waits since ``since`` (the collector's clock): for its template, or for the rate of ``samplers``.

    ``template`` is that of one that lacks only rates; None where the template ``number`` has not come. ``former``: True
    where one of before may decode it.
    """

    since: float
    domain: ObservationDomain
    number: int
    content: bytes
    samplers: frozenset[int] = frozenset()
    template: FlowTemplate | None = None
    former: bool = False

    @property
    def lasting(self) -> bool:
        """True where it is never thrown away."""
        return self.former or bool(self.samplers)

    @property
    def memory(self) -> int:
        """Its memory."""
        return len(self.content) + _SET_BYTES


@dataclass
class PendingBytes:
    """The memory of all sets that are never thrown away (``number``), and of all others.

    Shared by the exporters of a collector.
    """

    number: int = 0
    mortal: int = 0


@dataclass
class PendingSets:
    """What waits of one exporter, oldest first; ``discards`` sets waited for their template too long or had no place.

    ``without`` of them lack their template and may be lost, in ``mortal_bytes``; ``formers`` may be decoded by one of
    before. ``patient``: what lacks a rate waits to the end, as of a file, from which nobody draws rates over time: so a
    late one makes the sums right.
    """

    sets: list[PendingSet] = field(default_factory=list)
    discards: int = 0
    without: int = 0
    mortal_bytes: int = 0
    formers: int = 0
    patient: bool = False
    used: PendingBytes = field(default_factory=PendingBytes)

    def put(self, pending: PendingSet) -> bool:
        """Add a set, if there is a place; False where one that may not be lost has none: count it as it is."""
        if pending.lasting:
            if self.used.number + pending.memory > MAX_RATELESS_BYTES:
                return False
            self.used.number += pending.memory
        elif (
            self.mortal_bytes + pending.memory > MAX_PENDING_BYTES
            or self.used.mortal + pending.memory > MAX_TEMPLATELESS_BYTES
        ):
            self.discards += 1
            return True
        else:
            self.without += 1
            self.mortal_bytes += pending.memory
            self.used.mortal += pending.memory
        self.formers += pending.former
        self.sets.append(pending)
        return True

    def overdue(self, now: float) -> list[PendingSet]:
        """Take out what waited too long: what lacks a template is discarded, what may not be lost is returned."""
        if not self.sets or now - self.sets[0].since <= PENDING_SECONDS or (self.patient and not self.mortal):
            return []
        old = self.take(lambda p: now - p.since > PENDING_SECONDS and not (self.patient and p.samplers))
        self.discards += sum(not pending.lasting for pending in old)
        return [pending for pending in old if pending.lasting]

    @property
    def mortal(self) -> int:
        """Sets that wait for a template, and no longer than PENDING_SECONDS."""
        return self.without + self.formers

    def take(self, matches: Callable[[PendingSet], bool]) -> list[PendingSet]:
        """Take out what matches, in its order."""
        removals = [pending for pending in self.sets if matches(pending)]
        if removals:
            self.sets = [pending for pending in self.sets if not matches(pending)]
            mortals = [pending.memory for pending in removals if not pending.lasting]
            self.without -= len(mortals)
            self.mortal_bytes -= sum(mortals)
            self.used.mortal -= sum(mortals)
            self.formers -= sum(pending.former for pending in removals)
            self.used.number -= sum(pending.memory for pending in removals if pending.lasting)
        return removals

    def without_template(self, domain: ObservationDomain) -> bool:
        """True where a set of this domain waits for its template."""
        return bool(self.sets) and any(p.domain is domain and not p.samplers for p in self.sets)
