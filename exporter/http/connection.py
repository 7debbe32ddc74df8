"""One HTTP/1.1 connection: requests parsed by httptools in, answers of a page function out, in their order.

Bounded: a request's head has at most 64 KiB, its body is not read, an idle or dawdling connection is closed. What a
page raises is logged and answered with 500; no traceback leaves the process.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

import httptools

log = logging.getLogger(__name__)
# Far more than a scrape's head; requests that a client may send ahead of their answers (pipelining).
MAX_HEAD_BYTES, MAX_WAITING = 65_536, 16
# Longer than a scrape interval of a minute, so that Prometheus keeps its connection.
IDLE_SECONDS = 75.0
# As much of a large body as is handed over at once; asyncio copies what the kernel does not take of it.
PIECE_BYTES = 2**18
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True)
class Request:
    """What was asked; header names are in lower case, of a repeated query key the last stands."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    keep_alive: bool = True


@dataclass(frozen=True)
class Response:
    """What is answered."""

    status: int
    content_type: str
    body: bytes | memoryview


Answer = Callable[[Request], Awaitable[Response]]


class Connection(asyncio.Protocol):
    """One client. ``others`` holds all connections that are open."""

    def __init__(self, answer: Answer, others: "set[Connection]") -> None:
        self._answer, self._others = answer, others
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url, self._headers, self._head_bytes = b"", dict[str, str](), 0
        self._waiting: list[Request] = []
        self._task: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._room = asyncio.Event()
        self._room.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asyncio: it is open."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._others.add(self)
        self._rest()

    def connection_lost(self, error: Exception | None) -> None:
        """Asyncio: it is closed; what is being answered is finished for others who share it."""
        self._others.discard(self)
        self._transport = None
        self._room.set()
        if self._idle is not None:
            self._idle.cancel()

    def pause_writing(self) -> None:
        """Asyncio: the client takes no more for now."""
        self._room.clear()

    def resume_writing(self) -> None:
        """Asyncio: it does again."""
        self._room.set()

    def data_received(self, data: bytes) -> None:
        """Asyncio: more bytes."""
        self._head_bytes += len(data)
        if self._transport is None or self._transport.is_closing():
            return
        # Counted before it is parsed, and bodies too: httptools itself has no bound.
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(431, "too large")
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400, "no upgrade")
        except httptools.HttpParserError as error:
            self._refuse(400, f"not HTTP/1.1: {error}")

    def close(self) -> None:
        """Close it now."""
        if self._task is not None:
            self._task.cancel()
        if self._transport is not None:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        """httptools: a part of the request line."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools: one header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_message_complete(self) -> None:
        """httptools: the request is whole."""
        if len(self._waiting) >= MAX_WAITING:
            self._refuse(431, "too many requests wait on this connection")
            return
        # latin-1 takes every byte: a broken address is a page that is not there, not an exception.
        path, _, query = self._url.decode("latin-1").partition("?")
        method, keep = self._parser.get_method().decode("ascii"), self._parser.should_keep_alive()
        fields = dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
        self._waiting.append(Request(method, unquote(path, errors="replace"), fields, self._headers, keep))
        # New objects, because the request keeps these.
        self._url, self._headers, self._head_bytes = b"", {}, 0
        if self._task is None:
            # Needs no supervisor: every request is tried on its own, and a stuck connection is closed when idle.
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        while self._waiting and self._transport is not None:
            request = self._waiting.pop(0)
            response = await self._answered(request)
            if request.method != "HEAD" and len(response.body) > PIECE_BYTES:
                await self._write_pieces(response, request.keep_alive)
            else:
                self._write(response, request.keep_alive, request.method != "HEAD")
        self._task = None
        self._rest()

    async def _answered(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(405, "text/plain; charset=utf-8", b"only GET is answered here\n")
        try:
            return await self._answer(request)
        except Exception:
            log.exception("event=page_failed path=%s", request.path)
            return Response(500, "text/plain; charset=utf-8", b"the page could not be made; see the log\n")

    def _refuse(self, status: int, why: str) -> None:
        self._write(Response(status, "text/plain; charset=utf-8", f"{why}\n".encode()), False, True)

    async def _write_pieces(self, response: Response, keep_alive: bool) -> None:
        """A large body by pieces as the client takes them, so that it is neither copied whole nor kept for ever."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(self._head(response, keep_alive))
        body = memoryview(response.body)
        for begin in range(0, len(body), PIECE_BYTES):
            try:
                await asyncio.wait_for(self._room.wait(), IDLE_SECONDS)
            except TimeoutError:
                self.close()
            if self._transport is None or self._transport.is_closing():
                return
            self._transport.write(body[begin : begin + PIECE_BYTES])
        if not keep_alive:
            self._transport.close()

    def _write(self, response: Response, keep_alive: bool, with_body: bool) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(self._head(response, keep_alive) + (response.body if with_body else b""))
        if not keep_alive:
            self._transport.close()

    def _head(self, response: Response, keep_alive: bool) -> bytes:
        head = (
            f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, '')}\r\n"
            f"Content-Type: {response.content_type}\r\nContent-Length: {len(response.body)}\r\n"
            f"Date: {formatdate(usegmt=True)}\r\nConnection: {'keep-alive' if keep_alive else 'close'}\r\n\r\n"
        )
        return head.encode("latin-1")

    def _rest(self) -> None:
        """Close it when nothing is asked for a while."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._tired)

    def _tired(self) -> None:
        if self._task is None:
            self.close()
        else:
            self._rest()
