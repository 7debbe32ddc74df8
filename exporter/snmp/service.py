"""The pages of the SNMP part: ``/snmp?target=NAME``, ``/sd`` and ``/metrics``. Scrapes in, an application out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from exporter.http import exposition, metrics_page
from exporter.snmp.clocks import learn_clocks
from exporter.snmp.scrapes import Scrapes, UnknownTargetError
from inventory.targets import snmp_targets

TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"
DEFAULT_SECONDS = 10.0
_LONGEST_SECONDS = 120.0


def application(scrapes: Scrapes) -> web.Application:
    """The application that serves one city and, beside it, learns the agents' clocks."""
    app = web.Application()

    async def snmp(request: web.Request) -> web.Response:
        name = request.query.get("target", "")
        try:
            text = await scrapes.scrape(name, deadline(request.headers.get(TIMEOUT_HEADER)))
        except UnknownTargetError as error:
            return web.Response(status=404, text=f"{error}; see /sd for the names\n")
        return exposition(text.encode())

    async def discovery(_: web.Request) -> web.Response:
        return web.json_response(snmp_targets(scrapes.city))

    async def learning(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(learn_clocks(scrapes, scrapes.engine))
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        scrapes.close()

    app.router.add_get("/snmp", snmp)
    app.router.add_get("/sd", discovery)
    app.router.add_get("/metrics", metrics_page(scrapes.own_page))
    app.cleanup_ctx.append(learning)
    return app


def deadline(header: str | None) -> float:
    """The seconds a poll may take: a tenth, at least half a second, before Prometheus gives up."""
    try:
        seconds = min(float(header or DEFAULT_SECONDS), _LONGEST_SECONDS)
    except ValueError:
        seconds = DEFAULT_SECONDS
    return max(0.1, min(seconds * 0.9, seconds - 0.5)) if seconds > 0 else DEFAULT_SECONDS
