"""The commands of the flow part: ``serve flows``, ``flows read``, ``flows replay``."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web

from exporter.config import Config
from exporter.flows import state
from exporter.flows.bench import add_bench
from exporter.flows.collecting import Collector
from exporter.flows.metrics import written
from exporter.flows.offline import add_read, habits
from exporter.flows.owners import owners
from exporter.flows.receiving import Receiver
from exporter.flows.replay import add_replay
from exporter.http import metrics_page, run
from inventory.reading import read_city

log = logging.getLogger(__name__)
SAVE_SECONDS = 2.0


def serve(config: Config) -> int:
    """Run the collector until it is ended."""
    logging.basicConfig(level=logging.INFO, format="time=%(asctime)s level=%(levelname)s %(message)s")
    city = read_city(config.inventory)
    collector = Collector(owners(city), habits(city))
    path = config.state / "flows.json"
    state.load(collector, path)
    receiver = Receiver(collector, config.flows.datagrams)
    return run(application(collector, receiver, path), config.flows.listen)


def application(collector: Collector, receiver: Receiver, path: Path) -> web.Application:
    """The application; the receiver runs and the state is written as long as it does."""
    app = web.Application()

    def written_now() -> bytes:
        with receiver.lock:
            return written(collector, receiver.drops)

    def save() -> None:
        try:
            with receiver.lock:
                state.save(collector, path)
        except OSError as error:
            log.error("event=state_not_saved path=%s reason=%s", path, error.strerror)

    async def working(_: web.Application) -> AsyncIterator[None]:
        receiver.start()
        task = asyncio.create_task(_saving(save))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        receiver.stop()
        save()

    app.router.add_get("/metrics", metrics_page(written_now))
    app.cleanup_ctx.append(working)
    return app


async def _saving(save: Any) -> None:
    while True:
        await asyncio.sleep(SAVE_SECONDS)
        await asyncio.to_thread(save)


def add_commands(commands: Any, bench: Any) -> None:
    """Add this part's commands to ``commands`` and its benchmark to ``bench``."""
    flows = commands.add_parser("flows", help="read and replay captures of flows")
    inside = flows.add_subparsers(required=True, metavar="COMMAND")
    add_read(inside)
    add_replay(inside)
    add_bench(bench)
