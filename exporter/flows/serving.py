"""``serve flows``: the configuration in, the collector at work until it is ended."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

from exporter.flows.account.collector import Collector
from exporter.flows.account.prefix_lookup import prefix_lookup
from exporter.flows.account.settings import load_settings
from exporter.flows.history.history_writer import HistoryWriter
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.history.requests import top_page
from exporter.flows.intake.receiver import Receiver
from exporter.flows.keep.persistence import Persistence
from exporter.flows.metrics import FlowsPage
from exporter.http.server import Application, beside, metrics_page, run
from exporter.processes import keep, trim

log = logging.getLogger(__name__)

# How often what exporters sent of themselves is written (an fsync); after a crash it is at most that old.
SAVE_SECONDS = 2.0

# Freed memory that the allocator keeps for the next batch: the columns of a full batch (docs/why/flow-speed.md).
FREED_BYTES = 16 * 2**20


def serve(config: str) -> int:
    """Run the collector of that configuration until it is ended. Raises ExporterError."""
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
    settings = load_settings(config)
    collector = Collector(prefix_lookup(settings.codes, settings.prefixes), settings.exporters)
    collector.totals.smooth(settings.smooth_seconds)
    persistence = Persistence(collector, settings.state)
    persistence.load()
    trim()
    keep(FREED_BYTES)
    receiver = Receiver(collector, settings.datagrams, persistence.keep)
    writer = None
    if settings.history is not None:
        history = MinuteHistory(collector.lookup, settings.history.top)
        collector.observe, writer = history.add, HistoryWriter(history, settings.history, receiver.lock)
    return run(application(collector, receiver, persistence, writer), settings.listen)


def application(
    collector: Collector, receiver: Receiver, persistence: Persistence, writer: HistoryWriter | None = None
) -> Application:
    """The application; the receiver runs and the state (and the history, if any) is written as long as it does."""
    page = FlowsPage(collector)

    def current_page() -> bytes:
        with receiver.lock:
            persistence.keep()
            return page.write(receiver.drops, writer.failures if writer else 0)

    def save() -> None:
        with receiver.lock:
            body = persistence.state()
        _try_to(lambda: persistence.save(body))

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        receiver.start()
        async with beside(_saving(save)), beside(writer.run()) if writer else nullcontext():
            yield
        receiver.stop()
        if writer is not None:
            await writer.write()
        _try_to(persistence.close)

    who = top_page(writer.part if writer else None, collector.lookup.codes)
    return Application({"/metrics": metrics_page(current_page), "/top": who}, working)


def _try_to(write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        log.error("event=state_not_saved path=%s reason=%s", error.filename, error.strerror)


async def _saving(save: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        await asyncio.to_thread(save)
