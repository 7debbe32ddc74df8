"""One connection of anybody: uvicorn's protocol with bounds on the size and time of what it takes in and gives out.

It is always in one phase; each has a moment at which it is over, which ``OpenConnections.sweep`` looks at. What takes
longer or sends more is closed and counted, whether it sends nothing, one byte a second, or reads nothing.
"""

import asyncio
import math
from enum import IntEnum
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from request_tracker.config import ServerPart
from request_tracker.server.tally import ANSWER_TIME, BODY_TIME, HEAD_SIZE, HEAD_TIME, IDLE_TIME, ServerTally

TOO_MUCH_HEAD = 431  # RFC 6585: Request Header Fields Too Large.


class Phase(IntEnum):
    """What a connection is busy with, in the order in which it must make room for a newcomer; at work it never must."""

    IDLE = 0
    HEAD = 1
    BODY = 2
    ANSWER = 3
    WORK = 4


_LATE = {Phase.IDLE: IDLE_TIME, Phase.HEAD: HEAD_TIME, Phase.BODY: BODY_TIME, Phase.ANSWER: ANSWER_TIME}


class Place(Protocol):
    """Where all connections of the server are known."""

    bounds: ServerPart
    tally: ServerTally

    def enter(self, connection: "BoundConnection") -> None:
        """A new one, which may be closed at once."""

    def leave(self, connection: "BoundConnection") -> None:
        """One that is gone."""


class BoundConnection(HttpToolsProtocol):
    """uvicorn's connection over httptools, bounded; ``uvicorn`` is what the base class is built with."""

    def __init__(self, *, place: Place, **uvicorn: Any) -> None:
        super().__init__(**uvicorn)
        self._place, self._bounds = place, place.bounds
        self.address, self.phase, self.since, self.deadline = "", Phase.HEAD, 0.0, math.inf
        self._head_bytes = self._head_size = self._head_fields = self._body_bytes = 0
        self._in_head, self._refusal = True, 400

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Let in, with the time of a head to say what is wanted."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._enter(Phase.HEAD, self._bounds.head_seconds)
        self._place.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone, by whomever."""
        self._place.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A head that never ends is counted before its fields are."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > self._bounds.head_bytes and not self.transport.is_closing():
            self._refusal = TOO_MUCH_HEAD
            self.send_400_response("Request head too large.")

    def on_message_begin(self) -> None:
        """The first byte of a request: its head has its time from here."""
        super().on_message_begin()
        self._head_size = self._head_fields = 0
        if self.phase is Phase.IDLE:
            self._enter(Phase.HEAD, self._bounds.head_seconds)

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        super().on_url(url)
        self._count_head(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One field of the head."""
        self._count_head(len(name) + len(value))
        super().on_header(name, value)

    def _count_head(self, size: int) -> None:
        self._head_size += size
        self._head_fields += 1
        # What is raised inside the parser is a fault of the request to uvicorn, which then calls send_400_response.
        if self._head_size > self._bounds.head_bytes or self._head_fields > self._bounds.head_fields:
            self._refusal = TOO_MUCH_HEAD
            raise ValueError("the head is too large")

    def on_headers_complete(self) -> None:
        """The head is whole; the body, where there is one, follows within its time."""
        self._in_head, self._head_bytes, self._body_bytes = False, 0, 0
        self._enter(Phase.BODY, self._bounds.body_seconds)
        self.scope["state"]["connection"] = self
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body: who keeps up the least rate has all the time that he needs."""
        self._body_bytes += len(body)
        if self.cycle.response_complete and self._body_bytes > self._bounds.unread_bytes:
            self.over(BODY_TIME)
            return
        earned = self._body_bytes / self._bounds.body_bytes_per_second
        self.deadline = self.since + self._bounds.body_seconds + earned
        super().on_body(body)

    def on_message_complete(self) -> None:
        """All of the request is here; the application has as long as it wants."""
        self._in_head = True
        if self.cycle.response_complete:
            self._enter(Phase.IDLE, self._bounds.idle_seconds)
        else:
            self._enter(Phase.WORK, math.inf)
        super().on_message_complete()

    def answering(self) -> None:
        """The next piece of the answer is being sent, and must be taken in time."""
        if self.phase is not Phase.BODY:
            self._enter(Phase.ANSWER, self._bounds.answer_seconds)

    def on_response_complete(self) -> None:
        """All of the answer is written: taken as far as the kernel knows, or still waiting here for a slow reader."""
        super().on_response_complete()
        if not self.cycle.response_complete:
            self._enter(Phase.WORK, math.inf)  # A request that was sent ahead: uvicorn begins it now.
        elif self.transport.get_write_buffer_size():
            self._enter(Phase.ANSWER, self._bounds.answer_seconds)
        elif self.phase is Phase.BODY:
            # Answered before the body came: what still comes is thrown away, so that a browser gets to read the answer.
            self._enter(Phase.BODY, self._bounds.body_seconds)
        else:
            self._enter(Phase.IDLE, self._bounds.idle_seconds)

    def timeout_keep_alive_handler(self) -> None:
        """uvicorn's own clock of an idle connection: not ours to heed, whose closing is counted (``late``)."""

    def shutdown(self) -> None:
        """The server ends: what is being worked on or answered is waited for, what has not come whole is not."""
        super().shutdown()
        if self.phase is Phase.BODY:
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """What is no request, or too much of one; 400 by itself."""
        if self._refusal == TOO_MUCH_HEAD:
            self._place.tally.close(HEAD_SIZE)
            head = (STATUS_LINE[TOO_MUCH_HEAD], b"connection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.write(b"".join(head))
            self.transport.close()
        else:
            super().send_400_response(msg)
        self._enter(Phase.ANSWER, self._bounds.answer_seconds)

    def late(self) -> None:
        """Its time is over. Whoever has taken all of an answer in time is idle from here."""
        if self.phase is Phase.ANSWER and self.cycle.response_complete and not self.transport.get_write_buffer_size():
            self._enter(Phase.IDLE, self._bounds.idle_seconds)
        else:
            self.over()

    def over(self, reason: str | None = None) -> None:
        """Close now, whatever is on the way; ``reason`` where it is not that its time is over."""
        self._place.tally.close(reason or _LATE[self.phase])
        self.transport.abort()

    def _enter(self, phase: Phase, seconds: float) -> None:
        self.phase, self.since = phase, self.loop.time()
        self.deadline = self.since + seconds
