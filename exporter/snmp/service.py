"""The pages of the SNMP part: ``/snmp?target=NAME``, ``/sd`` and ``/metrics``. Scrapes in, an application out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from exporter.http import exposition, metrics_page
from exporter.snmp.clocks import learn_clocks
from exporter.snmp.drop_in import DropIn, UnknownNameError
from exporter.snmp.failure import SnmpFailure
from exporter.snmp.scrapes import Scrapes, UnknownTargetError
from inventory.targets import snmp_targets

TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"
DEFAULT_SECONDS = 10.0
_LONGEST_SECONDS = 120.0


def application(scrapes: Scrapes) -> web.Application:
    """The application that serves one city and, beside it, learns the agents' clocks."""
    app = web.Application()

    drop_in = DropIn(scrapes.city, scrapes.engine)

    async def snmp(request: web.Request) -> web.Response:
        name, seconds = request.query.get("target", ""), deadline(request.headers.get(TIMEOUT_HEADER))
        if "module" in request.query:
            return await _dropped_in(drop_in, request, seconds)
        try:
            text = await scrapes.scrape(name, seconds)
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
        drop_in.close()

    app.router.add_get("/snmp", snmp)
    app.router.add_get("/sd", discovery)
    app.router.add_get("/metrics", metrics_page(scrapes.own_page))
    app.cleanup_ctx.append(learning)
    return app


async def _dropped_in(drop_in: DropIn, request: web.Request, seconds: float) -> web.Response:
    """The page of ``module=if_mib``; failures have snmp_exporter's own status codes."""
    target, module, auth = (request.query.get(key, "") for key in ("target", "module", "auth"))
    try:
        return exposition(await drop_in.scrape(target, module, auth, seconds))
    except UnknownNameError as error:
        return web.Response(status=400, text=f"{error}\n")
    except SnmpFailure as failure:
        return web.Response(status=500, text=f"{failure} [{failure.reason}]\n")


def deadline(header: str | None) -> float:
    """The seconds a poll may take: a tenth, at least half a second, before Prometheus gives up."""
    try:
        seconds = min(float(header or DEFAULT_SECONDS), _LONGEST_SECONDS)
    except ValueError:
        seconds = DEFAULT_SECONDS
    return max(0.1, min(seconds * 0.9, seconds - 0.5)) if seconds > 0 else DEFAULT_SECONDS
