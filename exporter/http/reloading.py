"""An application that also reads its city anew: pages and a reload in, the same pages with the reload's metrics out."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

from exporter.http.connection import Request, Response
from exporter.http.server import HttpApplication
from exporter.metrics import page
from runtime.reload import Reload, in_loop

T = TypeVar("T")
METRICS = "/metrics"


def reloading(
    app: HttpApplication, reload: Reload[T], read: Callable[[], T], adopt: Callable[[T], None]
) -> HttpApplication:
    """``read`` runs in a thread of the reload's, ``adopt`` in the application's loop."""
    own = app.pages[METRICS]

    async def metrics(request: Request) -> Response:
        answer = await own(request)
        return replace(answer, body=bytes(answer.body) + page(reload.samples()))

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        async with app.working():
            reload.start(read, in_loop(adopt))
            try:
                yield
            finally:
                reload.stop()

    return HttpApplication({**app.pages, METRICS: metrics}, working)
