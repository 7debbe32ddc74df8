"""Pages over HTTP, the same for every part: an aiohttp application and an address in, a served page out.

The address is ``HOST:PORT``, ``[IPv6]:PORT`` or ``unix:/path``. A part hangs its own work on the application
(``cleanup_ctx``) and hands it to ``run``, or calls ``start`` inside a loop of its own. Serves no file.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest

from exporter.config import ExporterError
from exporter.metrics import CONTENT_TYPE

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Listen:
    """Where to listen: a Unix socket's path, or host and port."""

    host: str = ""
    port: int = 0
    path: str = ""


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

    async def answer(_: web.Request) -> web.Response:
        return exposition(write() + generate_latest(own))

    return answer


def exposition(body: bytes) -> web.Response:
    """A response in Prometheus' text format."""
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})


async def start(app: web.Application, listen: str) -> web.AppRunner:
    """Begin to serve; ``await runner.cleanup()`` ends it. Raises ExporterError when the address cannot be had."""
    where = parse_listen(listen)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        if where.path:
            await web.UnixSite(runner, where.path).start()
        else:
            await web.TCPSite(runner, where.host, where.port).start()
    except OSError as error:
        await runner.cleanup()
        raise ExporterError(f"listen: {listen} cannot be had: {error.strerror or error}; choose another") from error
    return runner


def run(app: web.Application, listen: str) -> int:
    """Serve until SIGINT or SIGTERM; returns the exit code 0."""
    asyncio.run(_until_ended(app, listen))
    return 0


async def _until_ended(app: web.Application, listen: str) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    runner = await start(app, listen)
    try:
        await ended.wait()
    finally:
        await runner.cleanup()
