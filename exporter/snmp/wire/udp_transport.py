"""Questions and answers over one UDP socket per address family for every device: bytes and a place in, an Answer out.

An answer counts only if its request id is awaited and it comes from where that went, or from the same port of another
address (a router answers from the interface it has towards us); everything else is dropped. Each request has its own
deadline and is sent again under the same id, so that a late answer is still one.
"""

import asyncio
import random
import socket
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from exporter.snmp.wire.message import LOWEST_ID, ResponsePdu
from exporter.sockets import widen

Write = Callable[[int], bytes]
# Answers of all devices may come within one turn of the loop; Linux charges some 2 KiB for each.
BUFFER_BYTES = 2**22
# Datagrams read before the loop's other tasks have their turn.
_MOST_AT_ONCE = 64
# More than UDP's 16 bits of length allow (RFC 768), so that nothing is cut.
_LONGEST_DATAGRAM = 2**16
# How late a deadline may be noticed: one timer for all requests instead of one for each.
_SWEEP_SECONDS = 0.05
# request-id is a signed 32-bit number (RFC 3416, 3): with LOWEST_ID set, positive and four bytes long.
_ID_BITS = 30


@dataclass(frozen=True)
class AgentAddress:
    """An agent's address as the socket wants it, and as it is written on what comes from there."""

    family: socket.AddressFamily
    sockaddr: tuple[Any, ...]

    @classmethod
    def of(cls, address: str, port: int) -> "AgentAddress":
        """From a numeric address. Raises OSError where it is none."""
        family, _, _, _, sockaddr = socket.getaddrinfo(
            address, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )[0]
        return cls(family, sockaddr)

    def wrote(self, sender: tuple[Any, ...]) -> bool:
        """Whether a datagram comes from here; an IPv6 scope may be written in two ways."""
        return sender == self.sockaddr or (
            len(sender) == 4 and sender[1] == self.sockaddr[1] and _bare(sender[0]) == _bare(self.sockaddr[0])
        )

    def has_port_of(self, sender: tuple[Any, ...]) -> bool:
        """Whether a datagram comes from the agent's port at another address of the same family."""
        return bool(sender[1] == self.sockaddr[1] and sender[0] != self.sockaddr[0])


@dataclass(slots=True)
class Exchange:
    """The requests of one ``ask``: ``window`` of them on their way, the others after them. ``over`` ends it."""

    writes: Sequence[Write]
    agent: AgentAddress
    seconds: float
    tries: int
    over: "asyncio.Future[None]"
    answers: list[ResponsePdu | None]
    begun: int = 0
    pending: list[int] = field(default_factory=list)


@dataclass(slots=True)
class PendingRequest:
    """One request on its way: when it is given up or, while any try is ``left``, sent again."""

    exchange: Exchange
    place: int
    datagram: bytes
    left: int
    deadline: float = 0.0
    retried: int = 0


class UdpTransport:
    """The sockets of one event loop; ``users`` counts the sessions that keep it, the last one closes it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}
        self._pending: dict[int, PendingRequest] = {}
        self._sweeping = False
        self.users = 0

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the sockets; the next request opens new ones."""
        for udp in self._sockets.values():
            if not self.loop.is_closed():
                self.loop.remove_reader(udp.fileno())
            udp.close()
        self._sockets = {}

    async def ask(
        self, writes: Sequence[Write], agent: AgentAddress, seconds: float, tries: int, window: int = 1
    ) -> list[ResponsePdu]:
        """The answer to each request (``writes`` make one for an id), asked that many times, ``window`` at once.

        Raises TimeoutError, OSError where the network refuses, ValueError where what came back is no SNMP.
        """
        if not writes:
            return []
        exchange = Exchange(writes, agent, seconds, tries, self.loop.create_future(), [None] * len(writes))
        try:
            while exchange.begun < min(window, len(writes)):
                self._begin(exchange)
            await exchange.over
        finally:
            # Also where it failed or was cancelled: the sweep would send again what nobody waits for.
            for number in exchange.pending:
                del self._pending[number]
        return [answer for answer in exchange.answers if answer is not None]

    def _begin(self, exchange: Exchange) -> None:
        """Send the next request of an exchange."""
        # Drawn and not counted: who cannot see a request must not be able to guess the id that its answer has to have.
        number = random.getrandbits(_ID_BITS) | LOWEST_ID
        while number in self._pending:
            number = random.getrandbits(_ID_BITS) | LOWEST_ID
        pending = PendingRequest(exchange, exchange.begun, exchange.writes[exchange.begun](number), exchange.tries - 1)
        self._pending[number] = pending
        exchange.pending.append(number)
        exchange.begun += 1
        self._send(pending)

    def _send(self, pending: PendingRequest) -> None:
        pending.deadline = self.loop.time() + pending.exchange.seconds
        agent = pending.exchange.agent
        # A full send buffer is a lost datagram like any other: its deadline sends it again.
        with suppress(BlockingIOError):
            (self._sockets.get(agent.family) or self._opened(agent.family)).sendto(pending.datagram, agent.sockaddr)
        if not self._sweeping:
            self._sweeping = True
            self.loop.call_later(min(_SWEEP_SECONDS, pending.exchange.seconds / 2), self._sweep)

    def _opened(self, family: socket.AddressFamily) -> socket.socket:
        udp = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        widen(udp, BUFFER_BYTES)
        self.loop.add_reader(udp.fileno(), self._readable, udp)
        self._sockets[family] = udp
        return udp

    def _readable(self, udp: socket.socket) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                data, sender = udp.recvfrom(_LONGEST_DATAGRAM)
            except OSError:
                return
            self._take(data, sender)

    def _take(self, data: bytes, sender: tuple[Any, ...]) -> None:
        try:
            answer = ResponsePdu(data)
        except ValueError as error:
            self._garbage(sender, error)
            return
        pending = self._pending.get(answer.number)
        if pending is None:
            return
        if not pending.exchange.agent.wrote(sender):
            # The id is drawn at random: who did not see the request cannot have guessed it, whatever he calls himself.
            if not pending.exchange.agent.has_port_of(sender):
                return
            answer.elsewhere = sender[0]
        del self._pending[answer.number]
        exchange = pending.exchange
        exchange.pending.remove(answer.number)
        answer.retried = pending.retried
        exchange.answers[pending.place] = answer
        if exchange.begun < len(exchange.writes):
            self._or_failed(exchange, lambda: self._begin(exchange))
        elif not exchange.pending and not exchange.over.done():
            exchange.over.set_result(None)

    def _garbage(self, sender: tuple[Any, ...], error: ValueError) -> None:
        """An agent that is asked and says something else has said it to the request it was asked first."""
        for pending in self._pending.values():
            if pending.exchange.agent.wrote(sender):
                self._again(pending, error)
                return

    def _sweep(self) -> None:
        """Look after the deadlines, as long as anything is awaited."""
        now = self.loop.time()
        for pending in list(self._pending.values()):
            if pending.deadline <= now:
                self._again(pending, TimeoutError())
        self._sweeping = bool(self._pending)
        if self._sweeping:
            self.loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _again(self, pending: PendingRequest, error: Exception) -> None:
        if pending.left:
            pending.left -= 1
            pending.retried += 1
            self._or_failed(pending.exchange, lambda: self._send(pending))
        elif not pending.exchange.over.done():
            pending.exchange.over.set_exception(error)

    def _or_failed(self, exchange: Exchange, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError as refused:
            if not exchange.over.done():
                exchange.over.set_exception(refused)


class SharedTransport:
    """The transport of the running loop, which lives as long as any session uses it."""

    def __init__(self) -> None:
        self._transport: Callable[[], UdpTransport | None] = lambda: None

    def get(self) -> UdpTransport:
        """The one there is, else a new one."""
        transport = self._transport()
        # A socket belongs to the loop that watches it; tests and commands run several loops in one process.
        if transport is None or transport.loop is not asyncio.get_running_loop():
            transport = UdpTransport()
            self._transport = weakref.ref(transport)
        return transport


def _bare(address: str) -> str:
    return address.partition("%")[0]
