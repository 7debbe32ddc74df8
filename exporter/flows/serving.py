"""``serve flows``: the configuration in, the collector at work until it is ended."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from exporter.flows.account.collector import Collector
from exporter.flows.account.prefix_lookup import tables
from exporter.flows.account.settings import given
from exporter.flows.history.history_writer import MINUTE, Keeper
from exporter.flows.history.minute import History
from exporter.flows.history.requests import top_page
from exporter.flows.intake.receiver import PART, Receiver
from exporter.flows.keep.persistence import Memory
from exporter.flows.metrics import Page
from exporter.http.server import HttpApplication, metrics_page, run
from exporter.job_metrics import job_page
from exporter.processes import keep, trim
from runtime import logs
from runtime.jobs import Job, Jobs
from runtime.supervision import JobTasks

log = logging.getLogger(__name__)
SAVE_SECONDS = 2.0
KEPT_BYTES = 16 * 2**20


def serve(config: str) -> int:
    """Run the collector of that configuration until it is ended. Raises ExporterError."""
    logs.begin()
    told = given(config)
    collector = Collector(tables(told.codes, told.prefixes), told.habits)
    collector.totals.smooth(told.smooth_seconds)
    memory = Memory(collector, told.state)
    memory.load()
    trim()
    keep(KEPT_BYTES)
    receiver = Receiver(collector, told.datagrams, memory.keep)
    keeper = None
    if told.history is not None:
        history = History(collector.owners, told.history.top)
        keeper = Keeper(history, told.history, receiver.lock)
        collector.seen = keeper.see
    return run(application(collector, receiver, memory, keeper), told.listen)


def application(
    collector: Collector, receiver: Receiver, memory: Memory, keeper: Keeper | None = None
) -> HttpApplication:
    """The application; the receiver runs and the state (and the history, if any) is written as long as it does."""
    page, jobs = Page(collector), flow_jobs(receiver, memory, keeper)

    def written_now() -> bytes:
        with receiver.lock:
            memory.keep()
            text = page.write(receiver.drops, keeper.failures if keeper else 0)
        return text + job_page(receiver.jobs, jobs)

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        receiver.start()
        async with JobTasks(jobs).running():
            yield
        receiver.stop()
        if keeper is not None:
            await keeper.write()
        _tried(memory.close)

    who = top_page(keeper.part if keeper else None, collector.owners.codes)
    return HttpApplication({"/metrics": metrics_page(written_now), "/top": who}, working)


def flow_jobs(receiver: Receiver, memory: Memory, keeper: Keeper | None) -> Jobs:
    """The table of what is done beside receiving."""

    def save() -> None:
        with receiver.lock:
            body = memory.told()
        memory.save(body)

    async def saved() -> None:
        await asyncio.to_thread(save)

    history = (Job("history", MINUTE, keeper.turn),) if keeper else ()
    return Jobs(PART, (Job("state", SAVE_SECONDS, saved), *history))


def _tried(write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        log.error("event=state_not_saved path=%s reason=%s", error.filename, error.strerror)
