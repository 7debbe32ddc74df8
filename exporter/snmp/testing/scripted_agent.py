"""A scripted SNMP agent (v1 and v2c) for tests and benchmarks: a table of objects in, answers over UDP out.

It behaves as told: it can be silent, slow, answer with garbage, with another's request id, from another address, refuse
long requests (tooBig), cut answers short, turn in circles on GETNEXT, or have any of the other faults of ``Manner``. No
device is ever polled through it.
"""

import asyncio
import socket
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exporter.snmp.wire import ber

Rows = Mapping[str, bytes]
# error-status (RFC 3416, 3).
TOO_BIG, NO_SUCH_NAME, GEN_ERR = 1, 2, 5
# The agent cuts a GETBULK here, as a real one does at its largest message.
_MAX_BULK_ROWS = 60


@dataclass
class Manner:
    """How the agent behaves. ``too_big_above`` and ``cut_after`` count varbinds; ``dropped`` requests go unanswered.

    ``errors`` requests to come are answered with genErr. GETBULK for more rows than ``most_repetitions`` is answered
    with ``bulk_status``, or not at all. ``silent_columns`` and ``error_columns`` spoil whatever asks for them.
    ``unordered`` walks in the order of the text, ``reply_from`` is the address that answers.
    """

    community: bytes = b"lab"
    silent: bool = False
    delay_seconds: float = 0.0
    garbage: bytes | None = None
    other_request_id: bool = False
    too_big_above: int | None = None
    cut_after: int | None = None
    endless: bool = False
    drop: int = 0
    errors: int = 0
    most_repetitions: int | None = None
    bulk_status: int | None = None
    silent_columns: tuple[str, ...] = ()
    error_columns: tuple[str, ...] = ()
    unordered: bool = False
    reply_from: str = ""


@dataclass
class ScriptedAgent(asyncio.DatagramProtocol):
    """One agent. ``rows`` (OID to encoded value) may be replaced between requests; ``requests`` counts what came.

    ``most_at_once`` is how many answers were held back at the same time by ``delay_seconds``.
    """

    rows: Rows
    manner: Manner = field(default_factory=Manner)
    requests: int = 0
    varbinds: int = 0
    delayed: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self._order: list[tuple[tuple[int, ...], str]] = []
        self._ordered_for: Rows | None = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Called by asyncio: answer one datagram, or not."""
        self.requests += 1
        if self.manner.drop > 0:
            self.manner.drop -= 1
            return
        if self.manner.silent:
            return
        reply = self.manner.garbage if self.manner.garbage is not None else self.answer(data)
        if reply is None:
            return
        if self.manner.delay_seconds:
            self.delayed += 1
            self.most_at_once = max(self.most_at_once, self.delayed)
            asyncio.get_running_loop().call_later(self.manner.delay_seconds, self._late, reply, addr)
        elif self.manner.reply_from:
            _send_from(self.manner.reply_from, self._transport.get_extra_info("sockname")[1], reply, addr)
        else:
            self._transport.sendto(reply, addr)

    def _late(self, reply: bytes, addr: Any) -> None:
        self.delayed -= 1
        self._transport.sendto(reply, addr)

    def answer(self, data: bytes) -> bytes | None:
        """The reply to a request; None to anything an agent would not answer."""
        try:
            (_, message), *_ = ber.elements(data)
            (_, version), (_, community), (kind, pdu) = ber.elements(message)
            (_, request), (_, first), (_, second), (_, binds) = ber.elements(pdu)
            oids = [ber.dotted(next(ber.elements(bind))[1]) for _, bind in ber.elements(binds)]
        except ValueError:
            return None
        if community != self.manner.community:
            return None
        self.varbinds += len(oids)
        if self._stays_silent(kind, oids, ber.whole(second)):
            return None
        number = ber.whole(request) + self.manner.other_request_id
        status, place, body = self._body(kind, oids, ber.whole(version) == 0, ber.whole(first), ber.whole(second))
        reply = ber.sequence(
            ber.integer(number), ber.integer(status), ber.integer(place), ber.sequence(*body), tag=ber.RESPONSE
        )
        return ber.sequence(ber.tlv(ber.INTEGER, version), ber.tlv(ber.OCTETS, community), reply)

    def _body(self, kind: int, oids: list[str], first_version: bool, a: int, b: int) -> tuple[int, int, list[bytes]]:
        status = self._error(kind, oids, b)
        if status:
            return status, 0, [ber.sequence(ber.oid(name), ber.tlv(ber.NULL, b"")) for name in oids]
        if kind == ber.GET_BULK:
            rows = self._bulk(oids, min(b, _MAX_BULK_ROWS))
        else:
            rows = [self._next(name) if kind == ber.GET_NEXT else self._get(name) for name in oids]
        # RFC 1157 knows no exceptions in the place of a value: an SNMPv1 agent refuses the whole request with
        # noSuchName.
        missing = [place for place, (_, value) in enumerate(rows, 1) if value[0] in (0x80, 0x81, 0x82)]
        if first_version and missing:
            return NO_SUCH_NAME, missing[0], [ber.sequence(ber.oid(name), ber.tlv(ber.NULL, b"")) for name in oids]
        return 0, 0, [ber.sequence(ber.oid(name), value) for name, value in rows[: self.manner.cut_after]]

    def _stays_silent(self, kind: int, oids: list[str], repetitions: int) -> bool:
        manner = self.manner
        too_many = manner.bulk_status is None and self._is_too_many(kind, repetitions)
        return too_many or any(_is_under(name, column) for name in oids for column in manner.silent_columns)

    def _is_too_many(self, kind: int, repetitions: int) -> bool:
        most = self.manner.most_repetitions
        return kind == ber.GET_BULK and most is not None and repetitions > most

    def _error(self, kind: int, oids: list[str], repetitions: int) -> int:
        """The error-status of the whole answer, 0 for none."""
        manner = self.manner
        if manner.errors > 0:
            manner.errors -= 1
            return GEN_ERR
        if manner.too_big_above is not None and len(oids) > manner.too_big_above:
            return TOO_BIG
        if any(_is_under(name, column) for name in oids for column in manner.error_columns):
            return GEN_ERR
        return (manner.bulk_status or 0) if self._is_too_many(kind, repetitions) else 0

    def _get(self, name: str) -> tuple[str, bytes]:
        return name, self.rows.get(name, ber.tlv(ber.NO_SUCH_INSTANCE, b""))

    def _next(self, name: str) -> tuple[str, bytes]:
        if self.manner.endless and name in self.rows:
            return name, self.rows[name]
        order = self._sorted()
        if self.manner.unordered:
            return self._next_by_text(name)
        # Behind every name with these arcs: the largest code point of all is greater than any text.
        place = bisect_right(order, (tuple(map(int, name.split("."))), chr(0x10FFFF)))
        if place >= len(order):
            return name, ber.tlv(ber.END_OF_MIB_VIEW, b"")
        following = order[place][1]
        return following, self.rows[following]

    def _next_by_text(self, name: str) -> tuple[str, bytes]:
        """The row whose name as text comes next: 10 before 2."""
        order = sorted(self.rows, key=lambda row: (tuple(map(int, row.split(".")[:-1])), row))
        after = order[order.index(name) + 1 :] if name in self.rows else [row for row in order if _is_under(row, name)]
        return (after[0], self.rows[after[0]]) if after else (name, ber.tlv(ber.END_OF_MIB_VIEW, b""))

    def _bulk(self, oids: list[str], repetitions: int) -> list[tuple[str, bytes]]:
        rows = []
        for name in oids:
            for _ in range(repetitions):
                name, value = self._next(name)
                rows.append((name, value))
                if value[0] == ber.END_OF_MIB_VIEW:
                    break
        return rows

    def _sorted(self) -> list[tuple[tuple[int, ...], str]]:
        # By identity: a test puts a new table in place, it changes none.
        if self._ordered_for is not self.rows:
            self._order = sorted((tuple(map(int, name.split("."))), name) for name in self.rows)
            self._ordered_for = self.rows
        return self._order


def _is_under(name: str, column: str) -> bool:
    return f"{name}.".startswith(f"{column}.")


def _send_from(address: str, port: int, reply: bytes, asker: Any) -> None:
    """As a router does that answers from the interface towards whoever asks."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((address, port))
        other.sendto(reply, asker)


async def start_agent(
    agent: ScriptedAgent, address: str = "127.0.0.1", port: int = 0
) -> tuple[asyncio.BaseTransport, int]:
    """Serve the agent; returns the transport to close and the port it has."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=(address, port))
    return transport, transport.get_extra_info("sockname")[1]
