"""``serve``: the pages, the API and the jobs beside them, until somebody ends them."""

import argparse
import socket
from functools import partial
from pathlib import Path
from typing import Any

from inventory.reading import InventoryError
from request_tracker.capacity.replayer import Replayer
from request_tracker.cases.context import Desk, desk_of
from request_tracker.custody.auditor import Auditor
from request_tracker.custody.examination import Examination
from request_tracker.custody.standby import Standby
from request_tracker.errors import TrackerError
from request_tracker.evidence.monitoring import monitoring_of
from request_tracker.server.gateway import PageRules
from request_tracker.server.listening import listeners
from request_tracker.server.serving import serve
from request_tracker.server.tally import ServerTally
from request_tracker.store.database import Store
from request_tracker.store.picture_work import PREPARED_CHILDREN, QUEUE
from request_tracker.terminal.options import bare_desk, config_of, with_config
from request_tracker.web.app import create_app, prepare
from request_tracker.web.public.picture_progress import PROGRESS_PATH
from request_tracker.web.shell.context import OfficeDesk
from request_tracker.web.shell.serving import renew
from request_tracker.worker import Worker
from runtime import logs
from runtime.memory import keep_what_stays, share_arenas
from runtime.reload import Reload

# Python's own lock lets one thread allocate at a time; the second is for what works outside of it (a PDF, a picture).
ARENAS = 2


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    pages = commands.add_parser("serve", help="serve the pages and the API, reconcile outages, send messages")
    pages.set_defaults(run=_serve)
    with_config(pages)


def _serve(options: argparse.Namespace) -> int:
    reload: Reload[Desk] = Reload("tracker", (TrackerError, InventoryError)).listen()
    logs.begin()
    # Before the first thread: an arena that was given stays.
    share_arenas(ARENAS)
    config = config_of(options)
    desk = bare_desk(options)
    if not desk.store.value("SELECT 1 FROM sop_revisions"):
        raise TrackerError(f"{config.database}: no SOP is approved, init did not end; run lebarpita-tracker init again")
    desks = (desk, *(desk_of(config) for _ in range(3)))
    worker, auditor, replayer = Worker(desks[1], config), Auditor(desks[2], config), Replayer(desks[3], config)
    standby = Standby(Store(config.database), config) if config.backup.standby else None
    jobs = (worker.jobs, auditor.jobs, replayer.jobs, *((standby.jobs,) if standby else ()))
    here = OfficeDesk(
        config,
        desk,
        monitoring_of(config),
        worker.hurry,
        jobs,
        ServerTally(),
        reload=reload,
        outlook=lambda: replayer.lines,
        examination=Examination(Path(options.config).absolute().parent),
    )
    PREPARED_CHILDREN.start()
    app = create_app(here)
    prepare(app)
    keep_what_stays()
    sockets = _sockets(config.listen)
    worker.start()
    auditor.start()
    replayer.start()
    if standby:
        standby.start()

    def adopt(other: Desk) -> None:
        for each in desks:
            each.adopt(other)
        renew(app)

    reload.start(partial(desk_of, config), adopt)
    try:
        # What ends the server ends this call, and with it the process; the jobs' threads are supervised.
        rules = PageRules(
            most_bytes=app.extensions["most_bytes"],
            most_of_file=app.extensions["most_of_file"],
            proxies=config.proxies,
            takes_long=QUEUE.holds,
            works=here.works,
            progress_path=PROGRESS_PATH,
        )
        serve(app, sockets, rules, config.server, here.server)
    finally:
        reload.stop()
        if standby:
            standby.stop()
        replayer.stop()
        auditor.stop()
        worker.stop()
        PREPARED_CHILDREN.stop()
    return 0


def _sockets(listen: str) -> list[socket.socket]:
    try:
        return listeners(listen)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TrackerError(f"listen: {listen} cannot be had: {reason}; choose another") from error
