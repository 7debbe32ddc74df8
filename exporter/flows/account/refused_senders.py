"""Who sends flows and is in no city file: an address in, one line of the log an hour out. Counts nothing.

Whoever looks for a router whose flows never show finds its address here; the number of datagrams is a metric.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
# A sender that nobody adds is said again with every hour, as long as a person looks at a screen of the journal.
WINDOW_SECONDS = 3600.0
# Addresses of UDP can be made up: a flood of them writes no more lines than a person reads.
MOST_IN_A_WINDOW = 20


@dataclass
class RefusedSenders:
    """The addresses that were said in this window; ``clock`` in seconds."""

    clock: Callable[[], float]
    _since: float = -math.inf
    _addresses: set[str] = field(default_factory=set)

    def note(self, address: str) -> None:
        """Say it, once a window; those beyond the bound of a window are not said."""
        now = self.clock()
        if now - self._since >= WINDOW_SECONDS:
            self._since = now
            self._addresses.clear()
        if address in self._addresses or len(self._addresses) >= MOST_IN_A_WINDOW:
            return
        self._addresses.add(address)
        log.warning("event=flow_sender_refused address=%s advice='write it under flows: of its device'", address)
        if len(self._addresses) == MOST_IN_A_WINDOW:
            log.warning("event=flow_senders_refused_many said=%d seconds=%g", MOST_IN_A_WINDOW, WINDOW_SECONDS)
