"""Who sends flows and is in no city file: an address in; one line of the log an hour, and how much each sent, out.

Whoever looks for a router whose flows never show finds its address here, on the page of differences and by an alert.
"""

import logging
import math
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

log = logging.getLogger(__name__)
# A sender that nobody adds is said again with every hour, as long as a person looks at a screen of the journal.
WINDOW_SECONDS = 3600.0
# Addresses of UDP can be made up: a flood of them writes no more lines, and makes no more series, than a person reads.
MOST_IN_A_WINDOW = 20


@dataclass
class RefusedSenders:
    """The addresses of this window with their datagrams; ``clock`` in seconds."""

    clock: Callable[[], float]
    _since: float = -math.inf
    _datagrams: dict[str, int] = field(default_factory=dict)

    def note(self, address: str, datagrams: int = 1) -> None:
        """Count them, and say the address once a window; those beyond the bound of a window are neither."""
        now = self.clock()
        if now - self._since >= WINDOW_SECONDS:
            self._since = now
            self._datagrams.clear()
        if address in self._datagrams:
            self._datagrams[address] += datagrams
            return
        if len(self._datagrams) >= MOST_IN_A_WINDOW:
            return
        self._datagrams[address] = datagrams
        log.warning("event=flow_sender_refused address=%s advice='write it under flows: of its device'", address)
        if len(self._datagrams) == MOST_IN_A_WINDOW:
            log.warning("event=flow_senders_refused_many said=%d seconds=%g", MOST_IN_A_WINDOW, WINDOW_SECONDS)

    def datagrams(self) -> Mapping[str, int]:
        """How many each has sent in this window; of a window that is over, none."""
        return {} if self.clock() - self._since >= WINDOW_SECONDS else self._datagrams

    def forget(self, allowed: Container[str]) -> None:
        """Those that the city file names by now."""
        for address in [address for address in self._datagrams if address in allowed]:
            del self._datagrams[address]
