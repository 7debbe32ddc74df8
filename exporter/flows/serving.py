"""``serve flows``: the configuration in, the collector at work until it is ended."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from exporter.errors import ExporterError
from exporter.flows.account.city_change import CityChange, adopt, city_change
from exporter.flows.account.collector import Collector
from exporter.flows.account.express_lane import ExpressLane
from exporter.flows.account.prefix_lookup import prefix_lookup
from exporter.flows.account.settings import load_settings
from exporter.flows.history.clickhouse_job import ClickhouseJob
from exporter.flows.history.history_writer import MINUTE, HistoryWriter
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.history.requests import top_page
from exporter.flows.intake.receiver import PART, Receiver
from exporter.flows.keep.persistence import Persistence
from exporter.flows.metrics import FlowsPage
from exporter.flows.native.library import ExpressLibrary, load
from exporter.http.health import health_pages
from exporter.http.reloading import reloading
from exporter.http.server import HttpApplication, metrics_page, run
from exporter.job_metrics import disk_page, job_page
from exporter.processes import keep, trim
from runtime import logs
from runtime.health import Readiness
from runtime.jobs import Job, Jobs
from runtime.reload import Reload
from runtime.supervision import JobTasks

log = logging.getLogger(__name__)

# An environment variable: 0 counts by NumPy alone, for whoever looks for a fault or compares the two.
OFF = "LEBARPITA_FLOW_NATIVE"

# How often what exporters sent of themselves is written (an fsync); after a crash it is at most that old.
SAVE_SECONDS = 2.0

# Freed memory that the allocator keeps for the next batch: the columns of a full batch (docs/why/flow-speed.md).
FREED_BYTES = 16 * 2**20


def serve(config: str) -> int:
    """Run the collector of that configuration until it is ended. Raises ExporterError."""
    reload: Reload[CityChange] = Reload(PART, (ExporterError,)).listen()
    logs.begin()
    settings = load_settings(config)
    collector = Collector(prefix_lookup(settings.codes, settings.prefixes), settings.exporters)
    collector.totals.smooth(settings.smooth_seconds)
    collector.lane = express_lane(collector)
    persistence = Persistence(collector, settings.state)
    persistence.load()
    # What reading the state and the city needed is not needed again; the peak would stay as resident memory otherwise.
    trim()
    keep(FREED_BYTES)
    receiver = Receiver(collector, settings.datagrams, persistence.keep)
    writer = None
    if settings.history is not None:
        history = MinuteHistory(collector.lookup, settings.history.top)
        writer = HistoryWriter(history, settings.history, receiver.lock, collector.exporters)
        collector.observe, collector.keys = writer.observe, history

    def read() -> CityChange:
        return city_change(collector.lookup.codes, load_settings(config))

    def adopt_city(change: CityChange) -> None:
        with receiver.lock:
            adopt(collector, change)
            if writer is not None:
                writer.history.adopt(change.lookup)
        trim()

    app = application(collector, receiver, persistence, writer)
    return run(reloading(app, reload, read, adopt_city), settings.listen)


def express_lane(collector: Collector) -> ExpressLane | None:
    """The compiled way to count, where it was built and is not turned off; one line of the log says which is in use."""
    library = ExpressLibrary(None, f"{OFF}=0") if os.environ.get(OFF) == "0" else load()
    if library.functions is None:
        log.info("event=flows_counted_by way=numpy reason=%r", library.reason)
        return None
    log.info("event=flows_counted_by way=compiled")
    return ExpressLane(library.functions, collector)


def application(
    collector: Collector, receiver: Receiver, persistence: Persistence, writer: HistoryWriter | None = None
) -> HttpApplication:
    """The application; the receiver runs and the state (and the history, if any) is written as long as it does."""
    page, jobs = FlowsPage(collector), flow_jobs(receiver, persistence, writer)
    folders = {"flows": persistence.folder, **({"history": writer.part.folder} if writer else {})}

    def current_page() -> bytes:
        with receiver.lock:
            # Where a full disk keeps no counters, the page is shown all the same and says so.
            receiver.keep_now()
            text = page.write(receiver.drops, writer.failures if writer else 0, writer.signs if writer else ())
        return text + job_page(receiver.jobs, jobs) + disk_page(folders)

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        receiver.start()
        async with JobTasks(jobs).running():
            yield
        # In the order of the data: nothing more comes in, the last minute is written, and what was counted is kept.
        receiver.stop()
        if writer is not None:
            await writer.close()
        _try_to(persistence.close)

    who = top_page(writer.part if writer else None, lambda: collector.lookup.codes)
    health = health_pages(Readiness((receiver.jobs, jobs), tuple(folders.values())))
    return HttpApplication({"/metrics": metrics_page(current_page), "/top": who, **health}, working)


def flow_jobs(receiver: Receiver, persistence: Persistence, writer: HistoryWriter | None) -> Jobs:
    """The table of what is done beside receiving."""

    def save() -> None:
        # The lock only while the state is put together; the disk is written without it, so that datagrams are counted
        # meanwhile.
        with receiver.lock:
            body = persistence.state()
        persistence.save(body)

    async def save_beside() -> None:
        await asyncio.to_thread(save)

    history: tuple[Job, ...] = (Job("history", MINUTE, writer.turn),) if writer else ()
    if writer and writer.part.clickhouse:
        history += (Job("clickhouse", MINUTE, ClickhouseJob(writer.part).turn),)
    return Jobs(PART, (Job("state", SAVE_SECONDS, save_beside), *history))


def _try_to(write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        log.error("event=state_not_saved path=%s reason=%s", error.filename, error.strerror)
