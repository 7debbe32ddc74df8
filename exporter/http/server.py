"""Pages over HTTP, the same for every part: routes and an address in, served pages out.

The address is ``HOST:PORT``, ``[IPv6]:PORT`` or ``unix:/path``. A part hangs its own work on the application
(``working``) and hands it to ``run``, or calls ``start`` inside a loop of its own. Serves no file. HTTP itself is
httptools' parser on asyncio (``connection``): a poller that answers hundreds of scrapes a second pays for each layer.
"""

import asyncio
import contextlib
import json
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest

from exporter.errors import ExporterError
from exporter.http.connection import Connection, Request, Response
from exporter.metrics import CONTENT_TYPE

Page = Callable[[Request], Awaitable[Response]]
Work = Callable[[], AbstractAsyncContextManager[None]]
# Prometheus opens a connection a target, all at once after its restart; the kernel cuts it to net.core.somaxconn.
_BACKLOG = 512


@dataclass(frozen=True)
class Listen:
    """Where to listen: a Unix socket's path, or host and port."""

    host: str = ""
    port: int = 0
    path: str = ""


@dataclass(frozen=True)
class HttpApplication:
    """Pages by their path; ``working`` runs as long as they are served."""

    pages: Mapping[str, Page]
    working: Work = contextlib.nullcontext

    async def answer(self, request: Request) -> Response:
        """The page of that path."""
        page = self.pages.get(request.path)
        if page is None:
            return text(404, f"{request.path} is no page; there are {', '.join(sorted(self.pages))}\n")
        return await page(request)


@dataclass(frozen=True)
class Served:
    """A running application; ``cleanup`` ends it."""

    server: asyncio.Server
    connections: set[Connection]
    stack: AsyncExitStack

    async def cleanup(self) -> None:
        """End what is being answered, then the application's own work."""
        self.server.close()
        for connection in tuple(self.connections):
            connection.close()
        await self.stack.aclose()


def parse_listen(text: str) -> Listen:
    """Read ``HOST:PORT``, ``[IPv6]:PORT`` or ``unix:/path``. Raises ExporterError."""
    if text.startswith("unix:/"):
        return Listen(path=text.removeprefix("unix:"))
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ExporterError(f"listen: {text!r} is no address; write HOST:PORT, [IPv6]:PORT or unix:/path")
    return Listen(host=host.strip("[]"), port=int(port))


def metrics_page(write: Callable[[], bytes]) -> Page:
    """A ``/metrics`` page: what ``write`` returns, then this process's own CPU, memory and open files."""
    own = CollectorRegistry()
    ProcessCollector(registry=own)
    PlatformCollector(registry=own)

    async def answer(_: Request) -> Response:
        return exposition(write() + generate_latest(own))

    return answer


def exposition(body: bytes | memoryview) -> Response:
    """A response in Prometheus' text format."""
    return Response(200, CONTENT_TYPE, body)


def text(status: int, body: str) -> Response:
    """A response for a person."""
    return Response(status, "text/plain; charset=utf-8", body.encode())


def as_json(body: Any) -> Response:
    """A response for a program."""
    return Response(200, "application/json", json.dumps(body).encode())


async def start(app: HttpApplication, listen: str) -> Served:
    """Begin to serve; ``await cleanup()`` ends it. Raises ExporterError when the address cannot be had."""
    where, loop, stack = parse_listen(listen), asyncio.get_running_loop(), AsyncExitStack()
    connections: set[Connection] = set()

    def made() -> Connection:
        return Connection(app.answer, connections)

    try:
        await stack.enter_async_context(app.working())
        if where.path:
            server = await loop.create_unix_server(made, _free_path(where.path), backlog=_BACKLOG)
        else:
            server = await loop.create_server(made, where.host, where.port, backlog=_BACKLOG)
    except OSError as error:
        await stack.aclose()
        raise ExporterError(f"listen: {listen} cannot be had: {error.strerror or error}; choose another") from error
    # Also when it is cancelled: what ``working`` began must be ended.
    except BaseException:
        await stack.aclose()
        raise
    return Served(server, connections, stack)


def _free_path(path: str) -> str:
    """The path; a socket that a dead process left there is taken away."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        if Path(path).is_socket():
            try:
                # Refused means that nobody listens any more; a living one answers, and its socket stays.
                probe.connect(path)
            except ConnectionRefusedError:
                Path(path).unlink()
    return path


def run(app: HttpApplication, listen: str) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code 0."""
    asyncio.run(_until_ended(app, listen))
    return 0


async def _until_ended(app: HttpApplication, listen: str) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    served = await start(app, listen)
    try:
        await ended.wait()
    finally:
        await served.cleanup()
