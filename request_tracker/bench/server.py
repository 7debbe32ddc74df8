"""The server under the crowd: a folder and a city in, an office with its archive and the real ``serve`` over it out."""

import json
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from request_tracker.bench import office
from request_tracker.bench.archive import fill
from request_tracker.bench.forms import FIRST_STEP, ErrandSupply
from request_tracker.bench.pages import ROLES, ArchiveContents, Visit, visits
from request_tracker.cases import Desk, waiting_for
from request_tracker.cases.context import desk_of
from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.evidence.monitoring import monitoring_of
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.sop.register import approve, codes
from request_tracker.store.database import migrate
from request_tracker.terminal.options import now
from request_tracker.web.app import create_app
from request_tracker.web.shell.access import SESSION_KEY
from request_tracker.web.shell.context import OfficeDesk
from runtime import children
from runtime.files import write_whole

START_SECONDS = 120  # A server over a hundred thousand cases on a slow disk is up long before.
# A power cut while the archive is made loses nothing that anybody wants back. The indices of a hundred thousand cases
# are written all over: in SQLite's usual two megabytes of cache each row reads its pages again, 600 GB in all.
_WHILE_FILLING = (
    "PRAGMA synchronous=OFF",
    "PRAGMA journal_mode=OFF",
    "PRAGMA secure_delete=OFF",
    "PRAGMA cache_size=-262144",
)
OUTAGES = 12  # A bad day of a city: so many links are down at once.
TO_TAKE = 48  # Outages that are over and wait to be taken on: as many as a crowd takes in half a minute.


@dataclass(frozen=True)
class MadeUpOffice:
    """An office with its archive: where it lies, what there is to read and to act on, each role's session.

    ``last_entry`` is the last of its inbox; ``fill_seconds`` what it cost.
    """

    config: TrackerConfig
    pages: list[Visit]
    supply: ErrandSupply
    sessions: dict[str, str]
    last_entry: int
    database_bytes: int
    fill_seconds: float

    @property
    def place(self) -> tuple[str, int]:
        """Where its server listens."""
        host, _, port = self.config.listen.partition(":")
        return host, int(port)


def made_up_office(folder: Path, inventory: Path, cases: int) -> MadeUpOffice:
    """An archive of so many cases in a fresh database, with letters, outages and people."""
    config = _configuration(folder, inventory)
    desk = desk_of(config)
    migrate(desk.store)
    for pragma in _WHILE_FILLING:
        desk.store.db.execute(pragma)
    for sop in shipped_sops():
        approve(desk.store, sop, date(2020, 1, 1), "bench", now())
    started = time.monotonic()
    numbers = fill(desk, cases, now())
    office.letters(desk, cases, now())
    contents = _contents(desk, numbers)
    to_take = office.tickets_to_take(desk, TO_TAKE, now())
    took = time.monotonic() - started
    sessions = _sessions(config, desk)
    fresh = desk.store.rows(
        "SELECT c.number FROM waiting w JOIN cases c ON c.id = w.case_id WHERE w.step = ?", [FIRST_STEP]
    )
    supply = ErrandSupply(contents.opds, numbers, [row["number"] for row in fresh], to_take)
    last = int(desk.store.value("SELECT coalesce(max(id), 0) FROM inbox"))
    desk.store.db.execute("PRAGMA journal_mode=WAL")
    desk.store.close()
    size = config.database.stat().st_size
    return MadeUpOffice(config, visits(contents), supply, sessions, last, size, took)


@contextmanager
def serving(made: MadeUpOffice, folder: Path, time_file: Path | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """The real server over that office, up, its time simulated where a file has it; ended with the block."""
    program = ["request_tracker.bench.simulated_time", str(time_file)] if time_file else ["request_tracker.cli"]
    command = [sys.executable, "-m", *program, "serve", "--config", str(folder / "tracker.yaml")]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(made.place, server)
            yield server
        finally:
            children.end(server, seconds=START_SECONDS)


def _sessions(config: TrackerConfig, desk: Desk) -> dict[str, str]:
    """What stands in the session cookie of each role."""
    app = create_app(OfficeDesk(config, desk, monitoring_of(config)))
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own session
    secrets_of = office.people(desk.store, ROLES, now())
    return {role: serializer.dumps({SESSION_KEY: secret}) for role, secret in secrets_of.items()}


def _contents(desk: Desk, numbers: list[str]) -> ArchiveContents:
    """What there is to read, with an outage that lasts on some branches."""
    tickets = office.outages(desk, OUTAGES, now())
    waiting = {role: [row["number"] for row in waiting_for(desk, [role])] for role in ROLES}
    return ArchiveContents(numbers, waiting, tickets, [opd.code for opd in desk.city.opds], codes(desk.store))


def _configuration(folder: Path, inventory: Path) -> TrackerConfig:
    write_whole(folder / "secret", secrets.token_urlsafe(32).encode())
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings: dict[str, Any] = {
        "inventory": str(inventory.absolute()),
        "database": str(folder / "tracker.db"),
        "files": str(folder / "files"),
        "secret_key": f"file:{folder / 'secret'}",
        "listen": f"127.0.0.1:{port}",
        "prometheus": "http://127.0.0.1:9",
    }
    (folder / "tracker.yaml").write_text(json.dumps(settings), encoding="utf-8")
    return TrackerConfig.model_validate(settings)


def _wait(place: tuple[str, int], server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(place, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TrackerError("bench: the server did not start; try lebarpita-tracker serve by hand")
