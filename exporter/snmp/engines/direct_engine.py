"""The default engine for SNMPv2c: requests written once, every device over one socket. A SnmpTarget in, a Session out.

Versions 1 and 3 and devices given by name are gufo-snmp's (``gufo_engine``). Why there is an engine of our own:
docs/why/snmp-speed.md.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from exporter.snmp.engines.failure import ErrorStatusError, Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.gufo_engine import GufoSession, failure_of
from exporter.snmp.engines.interface import MAX_ROWS, MAX_VARBINDS, Session, SnmpTarget
from exporter.snmp.wire.ber import Value
from exporter.snmp.wire.message import FEWER_REPETITIONS, GetRequest, ReadValue, ResponsePdu, SubtreeWalk
from exporter.snmp.wire.path import WalkedPath
from exporter.snmp.wire.udp_transport import AgentAddress, SharedTransport, UdpTransport, Write

# A switch of 48 ports is asked in some twenty requests; whatever is beyond belongs to a plan that is no more.
KEPT_REQUESTS = 64
# Requests of one device under way at once: they hide the way there and back and fit an agent's socket buffer.
IN_FLIGHT = 4
# error-status (RFC 3416, 3): noError, tooBig, noSuchName. An object that is not there makes an agent of SNMPv1 say
# noSuchName, also at the end of a walk and also some that claim to be v2c.
_NO_ERROR, _TOO_BIG, _NO_SUCH_NAME = 0, 1, 2
_NOT_AN_ERROR = (_NO_ERROR, _TOO_BIG, _NO_SUCH_NAME)
_ENDS_A_WALK = (_NO_ERROR, _NO_SUCH_NAME)
# To several rows at once it is no end but another word for no GETBULK: only GETNEXT ends a walk with it.
_ENDS_A_BULK = (_NO_ERROR,)


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
        ((request, answer),) = await self._exchanges([oids])
        values = self._read(request, answer)
        if values is None:
            raise TooBigError if answer.status in _NOT_AN_ERROR else ErrorStatusError(f"error-status {answer.status}")
        return values

    async def get_each(self, requests: Sequence[Sequence[str]]) -> list[dict[str, Value] | None]:
        """See Session.get_each."""
        return [self._read(request, answer) for request, answer in await self._exchanges(requests)]

    async def _exchanges(self, requests: Sequence[Sequence[str]]) -> list[tuple[GetRequest, ResponsePdu]]:
        if any(len(oids) > MAX_VARBINDS for oids in requests):
            raise TooBigError
        written = [self._request(oids if isinstance(oids, tuple) else tuple(oids)) for oids in requests]
        # One conversation at a time: a poll and a trap's poll together would be more than the agent's socket buffer
        # holds.
        async with self._turn:
            answers = await self._answers([request.bytes_for for request in written])
            for place, answer in enumerate(answers):
                # An error that passes by (a table that is being filled) says nothing of the objects.
                if answer.status not in _NOT_AN_ERROR:
                    (answers[place],) = await self._answers([written[place].bytes_for])
        return list(zip(written, answers, strict=True))

    def _read(self, request: GetRequest, answer: ResponsePdu) -> dict[str, Value] | None:
        if answer.status != _NO_ERROR:
            return None
        try:
            return request.read(answer)
        except ValueError as error:
            raise self._unreadable(error) from error

    async def walk(self, oid: str, limit: int = MAX_ROWS, read: ReadValue | None = None) -> list[tuple[str, Value]]:
        """See Session.walk; ``read`` makes another value of each tag and content."""
        walk = SubtreeWalk(self.target.login.community, oid, read)
        path, rows, at_end = WalkedPath(), list[tuple[str, Value]](), False
        async with self._turn:
            while not at_end:
                answer = await self._page(walk, path.last)
                page, at_end = self._rows(walk, answer)
                for name, text, value in page:
                    # A walk must ascend (RFC 3416, 4.2.2); an agent that turns round would be asked for ever.
                    if not path.goes_on(name, text) or len(rows) >= limit:
                        sentence = f"{self.target.name}: the table {oid} does not end at {text}; it was left"
                        raise SnmpFailure(Reason.ENDLESS, sentence)
                    if value is not None:
                        rows.append((text, value))
        if path.unordered:
            self.target.habits.unordered.add(oid)
        return rows

    async def _page(self, walk: SubtreeWalk, last: bytes | None) -> ResponsePdu:
        """The next rows. Where the agent is silent or errs it is asked for one by GETNEXT, then for fewer at once."""
        habits = self.target.habits
        size = habits.trial or habits.repetitions
        answer = await self._tried(walk, last, size)
        if isinstance(answer, ResponsePdu):
            habits.repetitions, habits.trial = size, 0
            return answer
        if size > 1:
            single = await self._tried(walk, last, 1)
            if isinstance(single, ResponsePdu):
                if single.status != _NO_ERROR:
                    # The end of its tables, which it tells of several rows in the same word.
                    return single
                # It lives, so the number of rows is what it has no answer to; only now is that remembered.
                habits.repetitions, habits.trial = 1, FEWER_REPETITIONS if size > FEWER_REPETITIONS else 0
                return single
        raise answer

    async def _tried(self, walk: SubtreeWalk, last: bytes | None, size: int) -> ResponsePdu | SnmpFailure:
        walk.repetitions = size
        ends = _ENDS_A_BULK if size > 1 else _ENDS_A_WALK
        try:
            (answer,) = await self._answers([partial(walk.bytes_for, last)])
            if answer.status not in ends:
                # An error that passes by is asked again as it was; a silence has been asked again already.
                (answer,) = await self._answers([partial(walk.bytes_for, last)])
        except SnmpFailure as silence:
            if silence.reason is Reason.TIMEOUT:
                return silence
            raise
        return answer if answer.status in ends else self._erred(answer)

    def _rows(self, walk: SubtreeWalk, answer: ResponsePdu) -> tuple[list[tuple[bytes, str, Value | None]], bool]:
        if answer.status != _NO_ERROR:
            return [], True
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
        for answer in answers:
            if answer.elsewhere:
                target.habits.elsewhere.add(answer.elsewhere)
        return answers

    def _request(self, oids: tuple[str, ...]) -> GetRequest:
        request = self._written.get(oids)
        if request is None:
            if len(self._written) >= KEPT_REQUESTS:
                self._written.clear()
            request = self._written[oids] = GetRequest(self.target.login.community, oids)
        return request

    def _erred(self, answer: ResponsePdu) -> SnmpFailure:
        device = f"{self.target.name} ({self.target.address} port {self.target.port})"
        return SnmpFailure(Reason.AGENT_ERROR, f"{device} answers with an error (error-status {answer.status})")

    def _unreadable(self, error: ValueError) -> SnmpFailure:
        device = f"{self.target.name} ({self.target.address} port {self.target.port})"
        return SnmpFailure(Reason.BAD_ANSWER, f"{device} sent what cannot be read: {error}")
