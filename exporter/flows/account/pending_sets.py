"""Data sets that came before their template or before their sampling rate: a bounded list with a time limit."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exporter.flows.account.domains import ObservationDomain
from exporter.flows.decode.templates import FlowTemplate

# Rule 5 of docs/reference/flow-rules.md: 64 sets of at most 64 kB are 4 MB an exporter. Exporters send their templates
# with or shortly after their first data (RFC 7011 8.1); data that is older than half a minute would be counted in a
# minute that it is not of.
MAX_PENDING, PENDING_SECONDS = 64, 30.0


@dataclass(frozen=True, eq=False)
class PendingSet:
    """A data set that waits since ``since`` (the collector's clock): for its template, or for the rate of ``samplers``.

    ``template`` is that of one that lacks only rates; None where the template ``number`` has not come.
    """

    since: float
    domain: ObservationDomain
    number: int
    content: bytes
    samplers: frozenset[int] = frozenset()
    template: FlowTemplate | None = None


@dataclass
class PendingSets:
    """What waits of one exporter, oldest first; ``discards`` sets waited for too long or found no place."""

    sets: list[PendingSet] = field(default_factory=list)
    discards: int = 0

    def put(self, pending: PendingSet) -> None:
        """Add a set, if there is a place."""
        if len(self.sets) >= MAX_PENDING:
            self.discards += 1
        else:
            self.sets.append(pending)

    def overdue(self, now: float) -> list[PendingSet]:
        """Take out what waited too long: what lacks a template is discarded, what lacks a rate is returned."""
        old = self.take(lambda pending: now - pending.since > PENDING_SECONDS)
        self.discards += sum(not pending.samplers for pending in old)
        return [pending for pending in old if pending.samplers]

    def take(self, matches: Callable[[PendingSet], bool]) -> list[PendingSet]:
        """Take out what matches, in its order."""
        removals = [pending for pending in self.sets if matches(pending)]
        self.sets = [pending for pending in self.sets if not matches(pending)] if removals else self.sets
        return removals

    def without_template(self, domain: ObservationDomain) -> bool:
        """True where a set of this domain waits for its template."""
        return any(pending.domain is domain and pending.template is None for pending in self.sets)
