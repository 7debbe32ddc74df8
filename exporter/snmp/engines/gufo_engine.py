"""The default engine, gufo-snmp, with its sharp edges covered: an SnmpTarget in, a kept Session out.

What is covered, each shown by a test: tooBig comes back as an empty answer without an error; a garbage datagram raises
a PanicException, which is a BaseException; a late or foreign datagram may raise at once; there are no retries; one
request at a time; a v3 session goes stale when the agent reboots or after 150 seconds of silence.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar, cast

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    BaseAuthKey,
    BasePrivKey,
    DesKey,
    Md5Key,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    SnmpAuthError,
    SnmpError,
    SnmpVersion,
    User,
)
from gufo.snmp.aio import SnmpSession
from gufo.snmp.policer import BasePolicer

from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.gufo_wire import GufoSocket
from exporter.snmp.engines.interface import MAX_ROWS, MAX_VARBINDS, Login, SnmpTarget, one_by_one
from exporter.snmp.wire.ber import Value

T = TypeVar("T")
# Below the 150 seconds of USM's time window (RFC 3414, 2.2.3), after which the agent refuses the session's time.
STALE_SECONDS = 120.0
# gufo asks one request at a time, so a large device gets several sockets, each with at least three requests.
MOST_LANES, REQUESTS_A_LANE = 4, 3
_VERSIONS = {"1": SnmpVersion.v1, "2c": SnmpVersion.v2c, "3": SnmpVersion.v3}
_AUTH: dict[str, type[BaseAuthKey]] = {
    "MD5": Md5Key,
    "SHA": Sha1Key,
    "SHA-224": Sha224Key,
    "SHA-256": Sha256Key,
    "SHA-384": Sha384Key,
    "SHA-512": Sha512Key,
}
_PRIVACY: dict[str, type[BasePrivKey]] = {"DES": DesKey, "AES": Aes128Key, "AES-192": Aes192Key, "AES-256": Aes256Key}


class GufoSession:
    """As many lanes as there is to ask; one while the device is small or unknown."""

    def __init__(self, target: SnmpTarget) -> None:
        self._lanes = [GufoLane(target)]

    @property
    def sent(self) -> int:
        """See Session."""
        return sum(lane.sent for lane in self._lanes)

    @property
    def retried(self) -> int:
        """See Session."""
        return sum(lane.retried for lane in self._lanes)

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """See Session.get."""
        return await self._lanes[0].get(oids)

    async def get_each(self, requests: Sequence[Sequence[str]]) -> list[dict[str, Value] | None]:
        """See Session.get_each."""
        # Negated twice: division that rounds up.
        wanted = min(MOST_LANES, -(-len(requests) // REQUESTS_A_LANE))
        while len(self._lanes) < wanted:
            self._lanes.append(GufoLane(self._lanes[0].target))
        if wanted <= 1:
            return await one_by_one(self._lanes[0].get, requests)
        # Every wanted-th request to a lane, so that the lanes end at about the same time.
        parts = [one_by_one(lane.get, requests[n::wanted]) for n, lane in enumerate(self._lanes[:wanted])]
        answers: list[dict[str, Value] | None] = [None] * len(requests)
        for n, part in enumerate(await asyncio.gather(*parts)):
            answers[n::wanted] = part
        return answers

    async def walk(self, oid: str, limit: int = MAX_ROWS) -> list[tuple[str, Value]]:
        """See Session.walk."""
        return await self._lanes[0].walk(oid, limit)

    def close(self) -> None:
        """See Session.close."""
        for lane in self._lanes:
            lane.close()


class GufoLane:
    """A kept gufo session that is made anew after an error, because its socket may still hold a stray datagram."""

    def __init__(self, target: SnmpTarget) -> None:
        self.target = target
        self._open: tuple[GufoSocket, SnmpSession] | None = None
        self._spoken = 0.0
        self._turn = asyncio.Lock()
        self._count = _Count()
        self.retried = 0

    @property
    def sent(self) -> int:
        """See Session."""
        return self._count.requests

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """See Session.get."""
        if len(oids) > MAX_VARBINDS:
            raise TooBigError
        values = await self._retried(lambda wire, _: wire.get_many(oids))
        self._count.requests += 1
        # tooBig: see the module's docstring. sysUpTime is in every request, so an honest answer is never empty.
        if not values:
            raise TooBigError
        if None in values.values():
            return {oid: value for oid, value in values.items() if value is not None}
        return cast("dict[str, Value]", values)

    async def walk(self, oid: str, limit: int = MAX_ROWS) -> list[tuple[str, Value]]:
        """See Session.walk."""
        return await self._retried(lambda wire, session: self._walked(wire, session, oid, limit))

    async def _walked(self, wire: GufoSocket, session: SnmpSession, oid: str, limit: int) -> list[tuple[str, Value]]:
        wire.close()
        return await _rows(session, oid, limit, self.target)

    def close(self) -> None:
        """See Session.close."""
        if self._open is not None:
            self._open[0].close()
        self._open = None

    async def _retried(self, ask: Callable[[GufoSocket, SnmpSession], Awaitable[T]]) -> T:
        async with self._turn:
            for left in range(self.target.retries, -1, -1):
                try:
                    answer = await ask(*(self._open_now() or await self._ready()))
                except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
                    self.close()
                    raise
                # gufo's Rust side panics on garbage, and a PanicException is no Exception. The session is thrown away
                # with it.
                except BaseException as error:
                    self.close()
                    if not left:
                        raise failure_of(error, self.target) from error
                    self.retried += 1
                else:
                    self._spoken = time.monotonic()
                    return answer
        raise AssertionError("unreachable: the last try returns or raises")

    def _open_now(self) -> tuple[GufoSocket, SnmpSession] | None:
        """What is open and needs no refresh."""
        stale = self.target.login.version == "3" and time.monotonic() - self._spoken > STALE_SECONDS
        return None if stale else self._open

    async def _ready(self) -> tuple[GufoSocket, SnmpSession]:
        """Open the session; for v3 find the engine, or meet its clock again."""
        if self._open is not None:
            self._open[0].close()
        session = self._open[1] if self._open else open_session(self.target, self._count)
        if self.target.login.version == "3":
            await session.refresh()
        self._open = (GufoSocket(session, self.target.timeout_seconds), session)
        return self._open


def failure_of(error: BaseException, target: SnmpTarget) -> SnmpFailure:
    """The reason behind whatever gufo raised; its Rust side panics on garbage, and a PanicException is no Exception."""
    device = f"{target.name} ({target.address} port {target.port})"
    if isinstance(error, SnmpFailure):
        return error
    if isinstance(error, TimeoutError):
        return SnmpFailure(Reason.TIMEOUT, f"{device} did not answer within {target.timeout_seconds:g} s")
    if isinstance(error, SnmpAuthError):
        return SnmpFailure(Reason.AUTHENTICATION, f"{device} refused the user or its keys")
    if isinstance(error, OSError):
        return SnmpFailure(Reason.NETWORK, f"{device}: {error.strerror or error}")
    if isinstance(error, SnmpError):
        return SnmpFailure(Reason.BAD_ANSWER, f"{device} sent what cannot be read: {error}")
    return SnmpFailure(Reason.NOT_SNMP, f"{device} sent something that is not SNMP")


class _Count(BasePolicer):
    """Counts requests in the place where gufo would hold them back; holds none back."""

    def __init__(self) -> None:
        self.requests = 0

    async def wait(self) -> None:
        self.requests += 1

    def get_timeout(self, ts: int) -> int | None:
        return None


def open_session(target: SnmpTarget, count: BasePolicer | None = None) -> SnmpSession:
    """A gufo session for the target. Sends nothing yet."""
    login = target.login
    return SnmpSession(
        addr=target.address,
        port=target.port,
        community=login.community,
        user=_user(login) if login.version == "3" else None,
        version=_VERSIONS[login.version],
        timeout=target.timeout_seconds,
        policer=count,
    )


def _user(login: Login) -> User:
    auth = _AUTH[login.auth](login.auth_key.encode()) if login.auth else None
    privacy = _PRIVACY[login.privacy](login.privacy_key.encode()) if login.privacy else None
    return User(login.user, auth_key=auth, priv_key=privacy)


async def _rows(session: SnmpSession, oid: str, limit: int, target: SnmpTarget) -> list[tuple[str, Value]]:
    """Every row under ``oid``; an agent whose answers do not ascend or do not end is cut off."""
    rows: list[tuple[str, Value]] = []
    last: tuple[int, ...] = ()
    async for name, value in session.fetch(oid):
        place = tuple(map(int, name.split(".")))
        if place <= last or len(rows) >= limit:
            raise SnmpFailure(Reason.ENDLESS, f"{target.name}: the table {oid} does not end at {name}; it was left")
        last = place
        if value is not None:
            rows.append((name, value))
    return rows
