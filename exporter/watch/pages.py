"""The watch's pages: ``/metrics`` and ``/outages?since=``. A Watch in, an application out."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from exporter.http.connection import Request, Response
from exporter.http.health import health_pages
from exporter.http.server import HttpApplication, as_json, metrics_page, text
from exporter.job_metrics import disk_page, job_page
from exporter.metrics import Metric, page
from exporter.watch import metrics as m
from exporter.watch.inventory_page import InventoryPage
from exporter.watch.jobs import tasks_of, watch_jobs
from exporter.watch.line_page import line_page
from exporter.watch.lines.illness import Illness
from exporter.watch.outages import listed, since
from exporter.watch.rounds import Watch
from exporter.watch.trap_polls import TrapPolls
from exporter.watch.traps import Traps
from runtime.health import Readiness


def application(watch: Watch, trap_polls: TrapPolls, traps: Traps, interval: float) -> HttpApplication:
    """The application; the watch runs as long as it does, a round each ``interval`` seconds."""
    jobs = watch_jobs(watch, trap_polls, traps, interval)
    tasks = tasks_of(jobs, watch)

    async def outages(request: Request) -> Response:
        try:
            moment = float(request.query.get("since", "0"))
        except ValueError:
            return text(400, "since: write Unix seconds, for example /outages?since=1790000000\n")
        rows = [listed(outage) for outage in since(watch.journal.outages.values(), moment)]
        return as_json({"now": time.time(), "outages": rows})

    @asynccontextmanager
    async def working() -> AsyncIterator[None]:
        watch.prober.start(node.address.version for node in watch.nodes.values() if node.address is not None)
        watch.causes.start()
        watch.resume()
        watch.sender.start()
        await traps.start()
        async with tasks.running():
            yield
        traps.stop()
        await trap_polls.stop()
        await watch.sender.stop()
        await watch.causes.stop()
        watch.prober.stop()

    folder, of_city = watch.journal.path.parent, InventoryPage()

    def figures() -> bytes:
        own = written(watch, trap_polls, traps) + of_city.text(traps.city)
        return own + job_page(jobs) + disk_page({"watch": folder})

    own = metrics_page(figures)
    # Written before anything is sent: a journal that cannot be written is a watch that is not ready.
    health = health_pages(Readiness((jobs,), (folder,)))
    return HttpApplication({"/outages": outages, "/metrics": own, **health}, working)


def written(watch: Watch, trap_polls: TrapPolls, traps: Traps) -> bytes:
    """The page of metrics as it stands now."""
    lasting = watch.journal.open()
    families: Sequence[tuple[Metric, list[tuple[tuple[str, ...], float]]]] = (
        (m.OUTAGE, [((outage.root, outage.kind), 1) for outage in lasting]),
        (m.OPDS_CUT_OFF, [((outage.root,), len(outage.opds)) for outage in lasting]),
        (m.STARTED, [((outage.root,), outage.started_at) for outage in lasting]),
        (m.INTERRUPTIONS, [((outage.root, outage.kind), outage.interruptions) for outage in lasting]),
        (
            m.DEVICE_CUT_OFF,
            [((node.far,), int(name in watch.silent)) for name, node in watch.nodes.items() if node.far],
        ),
        (m.FLAPS, [((name,), watch.flaps[name]) for name in watch.nodes]),
        (m.DEGRADED, [((name,), 1) for name in watch.ill]),
        (m.LINK_LOSS, [sample for ill in watch.ill.values() for sample in _bounds(ill)]),
        (m.DELAY, [((name,), seconds) for name, seconds in watch.delays.items()]),
        (m.LARGE_LOST, [((name,), 1) for name in watch.large_ends]),
        (m.ROUND, [((), watch.judged_at)]),
        (m.LATE, [((), watch.late)]),
        (m.ISOLATED, [((), int(watch.isolated))]),
        (m.JOURNAL_FAILURES, [((), watch.journal.failures)]),
        (m.SEND_FAILURES, [((url,), count) for url, count in watch.sender.failures.items()]),
        (m.TRAPS, [(key, count) for key, count in traps.received.items()]),
        (m.TRAPS_REFUSED, [((reason,), count) for reason, count in traps.refused.items()]),
        (m.TRAP_LAST, list(traps.last.items())),
        (m.TRAP_POLLS, [(key, count) for key, count in trap_polls.polls.items()]),
        (m.BRANCH, [(place, 1) for place in _places(watch)]),
        (m.PARENT, [((node.name, node.parent), 1) for node in watch.nodes.values() if node.parent is not None]),
    )
    return page(families) + line_page(watch)


def _bounds(ill: Illness) -> list[tuple[tuple[str, ...], float]]:
    lossy = ill.lossy
    shares = (("low", lossy.low), ("middle", lossy.loss), ("high", lossy.high))
    return [((lossy.link, bound), share) for bound, share in shares]


def _places(watch: Watch) -> list[tuple[str, str, str]]:
    """Link, tier and first-tier branch of every branch."""
    branches: dict[str, tuple[str, str, str]] = {}
    for node in watch.nodes.values():
        if node.parent is None:
            continue
        above = branches.get(node.parent)
        tier = int(above[1]) + 1 if above else 1
        branches[node.name] = (node.name, str(tier), above[2] if above else node.name)
    return list(branches.values())
