"""Sessions of devices kept between two scrapes: a target in, its session out, lent for as long as the scrape lasts.

Who asks names the view, and a view of its own may be a process of its own (SNMP v3 contexts): so only so many are kept.
What nobody asked for lately is closed, and with it what a reload of the city left behind.
"""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from exporter.snmp.engines.interface import Engine, Session, SnmpTarget

IDLE_SECONDS = 600.0
"""Five of the longest scrape intervals in use (2 minutes): who still asks keeps the session."""
MOST_IDLE_PER_DEVICE = 4
"""The inventory's view of a device, and a few others (VLANs of a switch, logical systems)."""


class KeptSessions:
    """Open sessions, least lately used first; ``most`` says how many may lie idle at this moment."""

    def __init__(self, engine: Engine, most: Callable[[], int], clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._most, self._clock = engine, most, clock
        self._open: OrderedDict[SnmpTarget, tuple[Session, float]] = OrderedDict()
        self._lent = Counter[SnmpTarget]()

    @contextmanager
    def lent(self, target: SnmpTarget) -> Iterator[Session]:
        """The target's session for the block; it is not closed before."""
        session, _ = self._open[target] if target in self._open else (self._engine(target), 0.0)
        self._lent[target] += 1
        self._keep(target, session)
        try:
            yield session
        finally:
            self._lent[target] -= 1
            if not self._lent[target]:
                del self._lent[target]
            self._keep(target, session)
            self._tidy()

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Session]:
        return iter([session for session, _ in self._open.values()])

    def close(self) -> None:
        """Give every session back."""
        for session in self:
            session.close()
        self._open.clear()

    def _keep(self, target: SnmpTarget, session: Session) -> None:
        self._open[target] = (session, self._clock())
        self._open.move_to_end(target)

    def _tidy(self) -> None:
        """From the least lately used on, and no further than there is something to close: a city scrapes thousands."""
        over, old = list[SnmpTarget](), self._clock() - IDLE_SECONDS
        spare = len(self._open) - len(self._lent) - self._most()
        for target, (_, used) in self._open.items():
            if target in self._lent:
                continue
            if len(over) >= spare and used >= old:
                break
            over.append(target)
        for target in over:
            session, _ = self._open.pop(target)
            session.close()
