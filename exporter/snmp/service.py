"""The pages of the SNMP part: ``/snmp?target=NAME``, ``/sd`` and ``/metrics``. Scrapes in, an application out."""

import contextlib
from collections.abc import AsyncIterator

from exporter.http.connection import Request, Response
from exporter.http.server import Application, as_json, beside, exposition, metrics_page, text
from exporter.snmp.clocks import learn_clocks
from exporter.snmp.drop_in import DropIn, UnknownNameError
from exporter.snmp.failure import SnmpFailure
from exporter.snmp.scrapes import Scrapes, UnknownTargetError
from inventory.targets import snmp_targets

TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds"
DEFAULT_SECONDS = 10.0
_LONGEST_SECONDS = 120.0


def application(scrapes: Scrapes) -> Application:
    """The application that serves one city and, beside it, learns the agents' clocks."""
    drop_in = DropIn(scrapes.city, scrapes.engine)

    async def snmp(request: Request) -> Response:
        name, seconds = request.query.get("target", ""), deadline(request.headers.get(TIMEOUT_HEADER))
        if "module" in request.query:
            return await _dropped_in(drop_in, request, seconds)
        try:
            page = await scrapes.scrape(name, seconds)
        except UnknownTargetError as error:
            return text(404, f"{error}; see /sd for the names\n")
        return exposition(page.encode())

    async def discovery(_: Request) -> Response:
        return as_json(snmp_targets(scrapes.city))

    @contextlib.asynccontextmanager
    async def learning() -> AsyncIterator[None]:
        async with beside(learn_clocks(scrapes, scrapes.engine)):
            yield
        scrapes.close()
        drop_in.close()

    pages = {"/snmp": snmp, "/sd": discovery, "/metrics": metrics_page(scrapes.own_page)}
    return Application(pages, learning)


async def _dropped_in(drop_in: DropIn, request: Request, seconds: float) -> Response:
    """The page of ``module=if_mib``; failures have snmp_exporter's own status codes."""
    target, module, auth = (request.query.get(key, "") for key in ("target", "module", "auth"))
    try:
        return exposition(await drop_in.scrape(target, module, auth, seconds))
    except UnknownNameError as error:
        return text(400, f"{error}\n")
    except SnmpFailure as failure:
        return text(500, f"{failure} [{failure.reason}]\n")


def deadline(header: str | None) -> float:
    """The seconds a poll may take: a tenth, at least half a second, before Prometheus gives up."""
    try:
        seconds = min(float(header or DEFAULT_SECONDS), _LONGEST_SECONDS)
    except ValueError:
        seconds = DEFAULT_SECONDS
    return max(0.1, min(seconds * 0.9, seconds - 0.5)) if seconds > 0 else DEFAULT_SECONDS
