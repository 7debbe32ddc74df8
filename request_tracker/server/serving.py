"""The server at work: an application, its rules and bound sockets in; requests answered until a signal ends it.

HTTP is uvicorn's, on asyncio and httptools; what is ours is the bounds. Ends by SIGTERM or SIGINT, after the requests
that are being worked on.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn

from request_tracker.config import ServerPart
from request_tracker.server.connection import BoundConnection
from request_tracker.server.gateway import Gateway, PageRules
from request_tracker.server.open_connections import OpenConnections
from request_tracker.server.open_files import connections_that_fit
from request_tracker.server.tally import ServerTally
from request_tracker.server.wsgi import Application

# The kernel keeps what has not been let in yet; it cuts this to net.core.somaxconn (4,096 since Linux 5.4).
BACKLOG = 4_096
# So many of them are let in before those that are inside are looked after again. asyncio lets in as many as the kernel
# may keep, all in one turn of its loop: a flood of five thousand stood before everybody's answer. One costs a third of
# a millisecond until it is known what it wants, so sixteen hold up nobody for longer than a page does.
LET_IN_AT_ONCE = 16
# A page takes milliseconds, a paper or an export seconds; a service manager waits 90 s before it kills.
ENDING_SECONDS = 15
TICKS_OF_A_SECOND = 10  # uvicorn's main loop ticks ten times a second.
SIGNALS = (signal.SIGTERM, signal.SIGINT)


def serve(
    application: Application, sockets: Sequence[socket.socket], rules: PageRules, bounds: ServerPart, tally: ServerTally
) -> None:
    """Serve until a signal comes. Raises TrackerError where too few files may be open."""
    place = OpenConnections(bounds, connections_that_fit(bounds.connections), tally)
    gateway = Gateway(application, rules, bounds, tally)
    # Each hostile request would be a line of it; they are counted instead (``tally``).
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    try:
        BoundServer(settings(gateway, place), place).run(list(sockets))
    finally:
        gateway.stop()


class BoundServer(uvicorn.Server):
    """uvicorn's server that looks at its connections' clocks each second, and ends with its callers' ``finally``."""

    def __init__(self, config: uvicorn.Config, place: OpenConnections) -> None:
        super().__init__(config)
        self._place = place

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen. asyncio has one figure for how many it lets in at once and for how many the kernel keeps."""
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(BACKLOG)

    async def on_tick(self, counter: int) -> bool:
        """What is too slow is closed. What this raises ends the server, and with it the process."""
        if counter % TICKS_OF_A_SECOND == 0:
            self._place.sweep(asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The signal ends the serving. uvicorn raises it once more afterwards, and nobody would stop the jobs."""
        before = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def settings(gateway: Gateway, place: OpenConnections) -> uvicorn.Config:
    """What uvicorn serves by: that gateway, over connections of that place."""
    connection: Any = partial(BoundConnection, place=place)
    return uvicorn.Config(
        gateway,
        loop="asyncio",
        http=connection,
        ws="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # Flask's own ProxyFix knows how many proxies there are.
        server_header=False,
        headers=[("server", "lebarpita")],
        backlog=LET_IN_AT_ONCE,
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
