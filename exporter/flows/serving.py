"""``serve flows``: the configuration in, the collector at work until it is ended."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

from exporter.flows.account.collector import Collector
from exporter.flows.account.prefix_lookup import tables
from exporter.flows.account.settings import given
from exporter.flows.history.history_writer import Keeper
from exporter.flows.history.minute import History
from exporter.flows.history.requests import top_page
from exporter.flows.intake.receiver import Receiver
from exporter.flows.keep.persistence import Memory
from exporter.flows.metrics import Page
from exporter.http.server import Application, beside, metrics_page, run
from exporter.processes import keep, trim

log = logging.getLogger(__name__)
SAVE_SECONDS = 2.0
KEPT_BYTES = 16 * 2**20


def serve(config: str) -> int:
    """Run the collector of that configuration until it is ended. Raises ExporterError."""
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
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
        collector.seen, keeper = history.add, Keeper(history, told.history, receiver.lock)
    return run(application(collector, receiver, memory, keeper), told.listen)


def application(collector: Collector, receiver: Receiver, memory: Memory, keeper: Keeper | None = None) -> Application:
    """The application; the receiver runs and the state (and the history, if any) is written as long as it does."""
    page = Page(collector)

    def written_now() -> bytes:
        with receiver.lock:
            memory.keep()
            return page.write(receiver.drops, keeper.failures if keeper else 0)

    def save() -> None:
        with receiver.lock:
            body = memory.told()
        _tried(lambda: memory.save(body))

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        receiver.start()
        async with beside(_saving(save)), beside(keeper.run()) if keeper else nullcontext():
            yield
        receiver.stop()
        if keeper is not None:
            await keeper.write()
        _tried(memory.close)

    who = top_page(keeper.part if keeper else None, collector.owners.codes)
    return Application({"/metrics": metrics_page(written_now), "/top": who}, working)


def _tried(write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        log.error("event=state_not_saved path=%s reason=%s", error.filename, error.strerror)


async def _saving(save: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        await asyncio.to_thread(save)
