"""Data sets that came before their template or before their sampling rate: a bounded shelf with a time limit."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exporter.flows.account.domains import Domain
from exporter.flows.decode.templates import Template

MAX_HELD, HOLD_SECONDS = 64, 30.0


@dataclass(frozen=True, eq=False)
class Held:
    """A data set that waits since ``since`` (the collector's clock): for its template, or for the rate of ``samplers``.

    ``plan`` is the template of one that lacks only rates.
    """

    since: float
    domain: Domain
    template: int
    content: bytes
    samplers: frozenset[int] = frozenset()
    plan: Template | None = None


@dataclass
class Shelf:
    """What waits of one exporter, oldest first; ``thrown_away`` sets waited for too long or found no place."""

    held: list[Held] = field(default_factory=list)
    thrown_away: int = 0

    def put(self, one: Held) -> None:
        """Keep a set, if there is a place."""
        if len(self.held) >= MAX_HELD:
            self.thrown_away += 1
        else:
            self.held.append(one)

    def overdue(self, now: float) -> list[Held]:
        """Take out what waited too long: what lacks a template is thrown away, what lacks a rate is returned."""
        old = self.take(lambda one: now - one.since > HOLD_SECONDS)
        self.thrown_away += sum(not one.samplers for one in old)
        return [one for one in old if one.samplers]

    def take(self, wanted: Callable[[Held], bool]) -> list[Held]:
        """Take out what is wanted, in its order."""
        found = [one for one in self.held if wanted(one)]
        self.held = [one for one in self.held if not wanted(one)] if found else self.held
        return found
