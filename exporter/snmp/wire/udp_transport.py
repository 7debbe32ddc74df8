"""Questions and answers over one UDP socket per address family for every device: bytes and a place in, an Answer out.

An answer counts only if its request id is awaited and it comes from where that went; everything else is dropped.
Each request has its own deadline and is sent again under the same id, so that a late answer is still one.
"""

import asyncio
import random
import socket
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from exporter.snmp.wire.message import LOWEST_ID, Answer
from exporter.sockets import widen

Write = Callable[[int], bytes]
BUFFER_BYTES = 2**22
_MOST_AT_ONCE = 64
_LONGEST_DATAGRAM = 2**16
_SWEEP_SECONDS = 0.05
_ID_BITS = 30


@dataclass(frozen=True)
class Where:
    """An agent's address as the socket wants it, and as it is written on what comes from there."""

    family: socket.AddressFamily
    sockaddr: tuple[Any, ...]

    @classmethod
    def of(cls, address: str, port: int) -> "Where":
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


@dataclass(slots=True)
class Round:
    """The requests of one question: ``window`` of them on their way, the others after them. ``over`` ends it."""

    writes: Sequence[Write]
    where: Where
    seconds: float
    tries: int
    over: "asyncio.Future[None]"
    answers: list[Answer | None]
    begun: int = 0
    awaited: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Awaited:
    """One request on its way: when it is given up or, while any try is ``left``, sent again."""

    round: Round
    place: int
    datagram: bytes
    left: int
    deadline: float = 0.0
    retried: int = 0


class Exchange:
    """The sockets of one event loop; ``users`` counts the sessions that keep it, the last one closes it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}
        self._awaited: dict[int, Awaited] = {}
        self._sweeping = False
        self.users = 0

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the sockets; the next request opens new ones."""
        for one in self._sockets.values():
            if not self.loop.is_closed():
                self.loop.remove_reader(one.fileno())
            one.close()
        self._sockets = {}

    async def ask(
        self, writes: Sequence[Write], where: Where, seconds: float, tries: int, window: int = 1
    ) -> list[Answer]:
        """The answer to each request (``writes`` make one for an id), asked that many times, ``window`` at once.

        Raises TimeoutError, OSError where the network refuses, ValueError where what came back is no SNMP.
        """
        if not writes:
            return []
        one = Round(writes, where, seconds, tries, self.loop.create_future(), [None] * len(writes))
        try:
            while one.begun < min(window, len(writes)):
                self._begin(one)
            await one.over
        finally:
            for number in one.awaited:
                del self._awaited[number]
        return [answer for answer in one.answers if answer is not None]

    def _begin(self, one: Round) -> None:
        """Send the next request of a round."""
        number = random.getrandbits(_ID_BITS) | LOWEST_ID
        while number in self._awaited:
            number = random.getrandbits(_ID_BITS) | LOWEST_ID
        asked = Awaited(one, one.begun, one.writes[one.begun](number), one.tries - 1)
        self._awaited[number] = asked
        one.awaited.append(number)
        one.begun += 1
        self._send(asked)

    def _send(self, asked: Awaited) -> None:
        asked.deadline = self.loop.time() + asked.round.seconds
        where = asked.round.where
        with suppress(BlockingIOError):
            (self._sockets.get(where.family) or self._opened(where.family)).sendto(asked.datagram, where.sockaddr)
        if not self._sweeping:
            self._sweeping = True
            self.loop.call_later(min(_SWEEP_SECONDS, asked.round.seconds / 2), self._sweep)

    def _opened(self, family: socket.AddressFamily) -> socket.socket:
        one = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        widen(one, BUFFER_BYTES)
        self.loop.add_reader(one.fileno(), self._readable, one)
        self._sockets[family] = one
        return one

    def _readable(self, one: socket.socket) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                data, sender = one.recvfrom(_LONGEST_DATAGRAM)
            except OSError:
                return
            self._take(data, sender)

    def _take(self, data: bytes, sender: tuple[Any, ...]) -> None:
        try:
            answer = Answer(data)
        except ValueError as error:
            self._garbage(sender, error)
            return
        asked = self._awaited.get(answer.number)
        if asked is None or not asked.round.where.wrote(sender):
            return
        del self._awaited[answer.number]
        one = asked.round
        one.awaited.remove(answer.number)
        answer.retried = asked.retried
        one.answers[asked.place] = answer
        if one.begun < len(one.writes):
            self._or_failed(one, lambda: self._begin(one))
        elif not one.awaited and not one.over.done():
            one.over.set_result(None)

    def _garbage(self, sender: tuple[Any, ...], error: ValueError) -> None:
        """An agent that is asked and says something else has said it to the request it was asked first."""
        for asked in self._awaited.values():
            if asked.round.where.wrote(sender):
                self._again(asked, error)
                return

    def _sweep(self) -> None:
        """Look after the deadlines, as long as anything is awaited."""
        now = self.loop.time()
        for asked in list(self._awaited.values()):
            if asked.deadline <= now:
                self._again(asked, TimeoutError())
        self._sweeping = bool(self._awaited)
        if self._sweeping:
            self.loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _again(self, asked: Awaited, error: Exception) -> None:
        if asked.left:
            asked.left -= 1
            asked.retried += 1
            self._or_failed(asked.round, lambda: self._send(asked))
        elif not asked.round.over.done():
            asked.round.over.set_exception(error)

    def _or_failed(self, one: Round, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError as refused:
            if not one.over.done():
                one.over.set_exception(refused)


class Shared:
    """The exchange of the running loop, which lives as long as anybody keeps it."""

    def __init__(self) -> None:
        self._kept: Callable[[], Exchange | None] = lambda: None

    def get(self) -> Exchange:
        """The one there is, else a new one."""
        kept = self._kept()
        if kept is None or kept.loop is not asyncio.get_running_loop():
            kept = Exchange()
            self._kept = weakref.ref(kept)
        return kept


def _bare(address: str) -> str:
    return address.partition("%")[0]
