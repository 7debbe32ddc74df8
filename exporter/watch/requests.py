"""The requests under way: whom to ask in, each answer with its line and what was never answered out.

Several are under way at once, so that an office which answers after 1.2 seconds is slow and not cut off. Every sending
has a sequence of its own; an answer whose sequence or address is not under way, or that comes twice, is passed over.
"""

import socket
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from exporter.watch.decide import Node
from exporter.watch.lines.line import Line
from exporter.watch.probing import Prober
from inventory.model import Address

# A later answer is lost: longer than any way on Earth takes, by satellite and through full queues.
WAIT_SECONDS = 3.0
# The 16 bits of ICMP: at a hundred sendings a second no sequence returns while it is waited for.
_SEQUENCES = 0x10000


class RequestKind(Enum):
    """What a request is for: the windows, an urgent answer, or whether a large packet passes."""

    REGULAR = "regular"
    URGENT = "urgent"
    LARGE = "large"


@dataclass
class Sending:
    """Requests that went out at one moment; ``waiting`` still owes its answers, by address."""

    sequence: int
    at: float
    kind: RequestKind
    waiting: dict[str, Line]


class Requests:
    """What was asked of the lines of a tree's nodes. ``clock`` is steady."""

    def __init__(self, nodes: Iterable[Node], prober: Prober, clock: Callable[[], float]) -> None:
        self._prober, self._clock = prober, clock
        self.lines: Mapping[str, Line] = {}
        self._addresses: Mapping[str, Address] = {}
        self._texts: Mapping[Address, str] = {}
        self.adopt(nodes)
        self._sequence = 0
        self._under_way: dict[int, Sending] = {}
        self._order: deque[Sending] = deque()
        prober.hear = self.heard

    def adopt(self, nodes: Iterable[Node]) -> None:
        """Ask these nodes from now on; what is known of an address goes on, whatever its node is called now."""
        now = self._clock()
        before = {address: self.lines[name] for name, address in self._addresses.items()}
        addresses = {node.name: node.address for node in nodes if node.address is not None}
        lines = {address: before[address] if address in before else Line(now) for address in addresses.values()}
        self.lines = {name: lines[address] for name, address in addresses.items()}
        self._addresses = addresses
        self._texts = {address: _text(address) for address in lines}

    def ask(self, names: Sequence[str], kind: RequestKind) -> None:
        """Send one request to each of these nodes; two of one address are asked by one request."""
        if not names:
            return
        self._sequence = (self._sequence + 1) % _SEQUENCES
        addresses = {self._addresses[name]: self.lines[name] for name in names}
        now = self._clock()
        waiting = {self._texts[address]: line for address, line in addresses.items()}
        sending = Sending(self._sequence, now, kind, waiting)
        self._under_way[self._sequence] = sending
        self._order.append(sending)
        large = kind is RequestKind.LARGE
        for line in () if large else waiting.values():
            line.sent(now)
        self._prober.ask(addresses, self._sequence, large)

    def heard(self, address: str, sequence: int, now: float) -> None:
        """An answer came in."""
        sending = self._under_way.get(sequence)
        line = sending.waiting.pop(address, None) if sending else None
        if sending is not None and line is not None:
            if sending.kind is RequestKind.LARGE:
                line.large_misses, line.large_known = 0, True
            else:
                line.heard(sending.at, now, sending.kind is RequestKind.REGULAR)

    def expire(self) -> None:
        """Count what was waited for long enough."""
        now = self._clock()
        while self._order and now - self._order[0].at > WAIT_SECONDS:
            sending = self._order.popleft()
            del self._under_way[sending.sequence]
            for line in sending.waiting.values():
                if sending.kind is RequestKind.REGULAR:
                    line.missed(sending.at, now)
                elif sending.kind is RequestKind.LARGE:
                    line.large_missed(now)


def _text(address: Address) -> str:
    """The address as the kernel writes it, which is how an answer names it."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    return socket.inet_ntop(family, address.packed)
