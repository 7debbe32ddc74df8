"""The default engine for SNMPv2c: requests written once, every device over one socket. A SnmpTarget in, a Session out.

Versions 1 and 3 and devices given by name are gufo-snmp's (``gufo_engine``). Why there is an engine of our own:
docs/why/snmp-speed.md.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.gufo_engine import GufoSession, failure_of
from exporter.snmp.engines.interface import MAX_ROWS, MAX_VARBINDS, Session, SnmpTarget
from exporter.snmp.wire.ber import Value
from exporter.snmp.wire.message import GetRequest, ResponsePdu, SubtreeWalk
from exporter.snmp.wire.udp_transport import AgentAddress, SharedTransport, UdpTransport, Write

# A switch of 48 ports is asked in some twenty requests; whatever is beyond belongs to a plan that is no more.
KEPT_REQUESTS = 64
# Requests of one device under way at once: they hide the way there and back and fit an agent's socket buffer.
IN_FLIGHT = 4
# error-status noError (RFC 3416, 3).
_NO_ERROR = 0


class DirectEngine:
    """The engine: every session of one event loop shares its transport."""

    def __init__(self) -> None:
        self._shared = SharedTransport()

    def __call__(self, target: SnmpTarget) -> Session:
        """The session for that target."""
        if target.login.version == "2c":
            with suppress(OSError):
                return DirectSession(target, AgentAddress.of(target.address, target.port), self._shared)
        return GufoSession(target)


class DirectSession:
    """A conversation over the shared socket. Opens nothing before the first request."""

    def __init__(self, target: SnmpTarget, agent: AgentAddress, shared: SharedTransport) -> None:
        self.target = target
        self._shared = shared
        self._agent = agent
        self._transport: UdpTransport | None = None
        self._turn = asyncio.Lock()
        self._written: dict[tuple[str, ...], GetRequest] = {}
        self.sent = 0
        self.retried = 0

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """See Session.get."""
        (values,) = await self.get_each([oids])
        if values is None:
            raise TooBigError
        return values

    async def get_each(self, requests: Sequence[Sequence[str]]) -> list[dict[str, Value] | None]:
        """See Session.get_each."""
        if any(len(oids) > MAX_VARBINDS for oids in requests):
            raise TooBigError
        written = [self._request(oids if isinstance(oids, tuple) else tuple(oids)) for oids in requests]
        # One conversation at a time: a poll and a trap's poll together would be more than the agent's socket buffer
        # holds.
        async with self._turn:
            answers = await self._answers([request.bytes_for for request in written])
        return [self._read(request, answer) for request, answer in zip(written, answers, strict=True)]

    def _read(self, request: GetRequest, answer: ResponsePdu) -> dict[str, Value] | None:
        if answer.status != _NO_ERROR:
            return None
        try:
            return request.read(answer)
        except ValueError as error:
            raise self._unreadable(error) from error

    async def walk(self, oid: str, limit: int = MAX_ROWS) -> list[tuple[str, Value]]:
        """See Session.walk."""
        walk, rows = SubtreeWalk(self.target.login.community, oid), list[tuple[str, Value]]()
        last: bytes | None = None
        place: tuple[int, ...] = ()
        at_end = False
        async with self._turn:
            while not at_end:
                (answer,) = await self._answers([partial(walk.bytes_for, last)])
                page, at_end = self._rows(walk, answer)
                for name, text, value in page:
                    here = tuple(map(int, text.split(".")))
                    # A walk must ascend (RFC 3416, 4.2.2); an agent that turns round would be asked for ever.
                    if here <= place or len(rows) >= limit:
                        sentence = f"{self.target.name}: the table {oid} does not end at {text}; it was left"
                        raise SnmpFailure(Reason.ENDLESS, sentence)
                    place, last = here, name
                    if value is not None:
                        rows.append((text, value))
        return rows

    def _rows(self, walk: SubtreeWalk, answer: ResponsePdu) -> tuple[list[tuple[bytes, str, Value | None]], bool]:
        try:
            return walk.rows(answer)
        except ValueError as error:
            raise self._unreadable(error) from error

    def close(self) -> None:
        """See Session.close."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.users -= 1
            if not transport.users:
                transport.close()

    async def _answers(self, writes: Sequence[Write]) -> list[ResponsePdu]:
        if self._transport is None:
            self._transport = self._shared.get()
            self._transport.users += 1
        target = self.target
        self.sent += len(writes)
        try:
            answers = await self._transport.ask(
                writes, self._agent, target.timeout_seconds, target.retries + 1, IN_FLIGHT
            )
        except (OSError, ValueError) as error:
            raise failure_of(error, target) from error
        # Only of answered requests; those of a device that stays silent end in the failure itself.
        again = sum(answer.retried for answer in answers)
        self.sent += again
        self.retried += again
        return answers

    def _request(self, oids: tuple[str, ...]) -> GetRequest:
        request = self._written.get(oids)
        if request is None:
            if len(self._written) >= KEPT_REQUESTS:
                self._written.clear()
            request = self._written[oids] = GetRequest(self.target.login.community, oids)
        return request

    def _unreadable(self, error: ValueError) -> SnmpFailure:
        device = f"{self.target.name} ({self.target.address} port {self.target.port})"
        return SnmpFailure(Reason.BAD_ANSWER, f"{device} sent what cannot be read: {error}")
