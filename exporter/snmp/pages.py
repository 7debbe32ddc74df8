"""The pages of the SNMP part: ``/snmp?target=NAME``, ``/snmp/all``, ``/sd``, ``/metrics``. An application out."""

import contextlib
import ctypes
from collections.abc import AsyncIterator, Sequence

from exporter.http.connection import Request, Response
from exporter.http.health import health_pages
from exporter.http.server import HttpApplication, as_json, exposition, metrics_page, text
from exporter.job_metrics import job_page
from exporter.snmp.drop_in.module_scrape import DropIn, UnknownNameError, View
from exporter.snmp.drop_in.snmp_yml import Modules
from exporter.snmp.engines.failure import SnmpFailure
from exporter.snmp.profiles.model import Profile
from exporter.snmp.rounds.first_use import RoundsAtFirstUse
from exporter.snmp.scrape.profile_reading import profile_job
from exporter.snmp.scrape.refresh_learning import refresh_learning_job
from exporter.snmp.scrape.scrapes import Scrapes, UnknownTargetError
from inventory.targets import snmp_targets
from runtime.health import Readiness
from runtime.jobs import Jobs
from runtime.supervision import JobTasks

PART = "snmp"
TIMEOUT_HEADER = "x-prometheus-scrape-timeout-seconds"
# Prometheus' own default scrape_timeout, for whoever asks without its header.
DEFAULT_SECONDS = 10.0
# As exporter/config.py: power and light change slowly, and a table costs more than a counter.
PROFILE_SECONDS = 60.0
# What a header may ask for: beyond it a silent device would hold its poll from scrape to scrape.
_LONGEST_SECONDS = 120.0


def application(
    scrapes: Scrapes,
    profiles: Sequence[Profile] = (),
    profile_seconds: float = PROFILE_SECONDS,
    modules: Modules | None = None,
    compiled: ctypes.CDLL | None = None,
) -> HttpApplication:
    """The application that serves one city and, beside it, learns the agents' clocks and reads their profiles.

    ``compiled`` are the functions that read usual devices in a scrape of all; without them Python reads each.
    """
    rounds = RoundsAtFirstUse(scrapes, compiled)
    drop_in, jobs = DropIn(lambda: scrapes.city, scrapes.engine, modules), snmp_jobs(scrapes, profiles, profile_seconds)

    async def snmp(request: Request) -> Response:
        name, seconds = request.query.get("target", ""), deadline(request.headers.get(TIMEOUT_HEADER))
        if "module" in request.query:
            return await _dropped_in(drop_in, request, seconds)
        try:
            page = await scrapes.scrape(name, seconds)
        except UnknownTargetError as error:
            return text(404, f"{error}; see /sd for the names\n")
        return exposition(page.encode())

    async def everything(request: Request) -> Response:
        return exposition(await rounds.page(deadline(request.headers.get(TIMEOUT_HEADER))))

    async def discovery(_: Request) -> Response:
        return as_json(snmp_targets(scrapes.city))

    @contextlib.asynccontextmanager
    async def learning() -> AsyncIterator[None]:
        async with JobTasks(jobs).running():
            yield
        rounds.close()
        scrapes.close()
        drop_in.close()

    own = metrics_page(lambda: scrapes.own_page() + rounds.own_page() + job_page(jobs))
    pages = {
        "/snmp": snmp,
        "/snmp/all": everything,
        "/sd": discovery,
        "/metrics": own,
        **health_pages(Readiness((jobs,))),
    }
    return HttpApplication(pages, learning)


def snmp_jobs(scrapes: Scrapes, profiles: Sequence[Profile] = (), profile_seconds: float = PROFILE_SECONDS) -> Jobs:
    """The part's table: what is done beside answering scrapes."""
    reading = profile_job(scrapes, scrapes.engine, profiles, profile_seconds)
    return Jobs(PART, (refresh_learning_job(scrapes, scrapes.engine), reading))


async def _dropped_in(drop_in: DropIn, request: Request, seconds: float) -> Response:
    """The page of one module; failures have snmp_exporter's own status codes."""
    view = View(auth=request.query.get("auth", ""), context=request.query.get("snmp_context", ""))
    try:
        page = await drop_in.scrape(request.query.get("target", ""), request.query.get("module", ""), view, seconds)
        return exposition(page)
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
