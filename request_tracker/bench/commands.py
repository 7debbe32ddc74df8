"""``bench``: fill a fresh database with a made-up archive, start the real server, let people read, print a table."""

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from request_tracker.bench import office
from request_tracker.bench.archive import fill
from request_tracker.bench.pages import ROLES, ArchiveContents, Visit, visits
from request_tracker.bench.people import Crowd, PageTimes, read
from request_tracker.cases import Desk, waiting_for
from request_tracker.cases.context import desk_of
from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.sop.register import approve, codes
from request_tracker.store.database import migrate
from request_tracker.terminal.options import now
from request_tracker.web.app import create_app
from request_tracker.web.shell.access import SESSION_KEY
from request_tracker.web.shell.context import OfficeDesk

PROMISED_MILLISECONDS = 200  # What docs/why/tracker-speed.md holds the p95 of every page to.
START_SECONDS = 120  # A server over a hundred thousand cases on a slow disk is up long before.
OUTAGES = 12  # A bad day of a city: so many links are down at once.


def add_commands(commands: Any) -> None:
    """Add this part's commands."""
    bench = commands.add_parser("bench", help="measure the pages under a crowd, over a made-up archive")
    bench.add_argument("--inventory", required=True, metavar="FILE", help="the city whose offices ask")
    bench.add_argument("--cases", type=int, default=100_000, metavar="N", help="cases in the archive (100000)")
    bench.add_argument("--people", type=int, default=200, metavar="N", help="people at once (200)")
    bench.add_argument("--seconds", type=float, default=30, metavar="S", help="how long they read (30)")
    bench.add_argument("--reading", type=float, default=5, metavar="S", help="mean seconds between two pages (5)")
    bench.add_argument("--baseline", metavar="FILE", help="a result written by --out: print the ratio to it")
    bench.add_argument("--out", metavar="FILE", help="write the result as JSON")
    bench.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    if min(options.cases, options.people, options.seconds, options.reading) <= 0:
        raise TrackerError("bench: --cases, --people, --seconds and --reading are more than nothing")
    before = _baseline(options.baseline)
    crowd = Crowd(options.people, options.reading, options.seconds)
    with tempfile.TemporaryDirectory(prefix="lebarpita-bench-") as folder:
        lines = _measured(Path(folder), Path(options.inventory), options.cases, crowd)
    print(
        f"{options.cases} cases, {crowd.people} people, {os.cpu_count()} cores, {crowd.reading_seconds:g} s of reading"
    )
    print(f"{'page':<28}{'answers':>9}{'wrong':>7}{'median ms':>11}{'p95 ms':>9}{'slowest':>9}{'to baseline':>13}")
    for line in lines:
        ratio = f"{line.p95 / before[line.page]:.2f}" if before.get(line.page) else "-"
        numbers = f"{line.answers:>9}{line.wrong:>7}{line.median:>11.1f}{line.p95:>9.1f}{line.slowest:>9.1f}"
        print(f"{line.page:<28}{numbers}{ratio:>13}")
    if options.out:
        Path(options.out).write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n", encoding="utf-8")
    broken = [line.page for line in lines if line.wrong or line.p95 > PROMISED_MILLISECONDS]
    print(f"above {PROMISED_MILLISECONDS} ms or wrong: {', '.join(broken)}" if broken else "every p95 is under 200 ms")
    return 1 if broken else 0


def _baseline(file: str | None) -> dict[str, float]:
    if not file:
        return {}
    try:
        return {line["page"]: float(line["p95"]) for line in json.loads(Path(file).read_text(encoding="utf-8"))}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrackerError(f"{file}: is no result of bench --out: {error}") from error


def _measured(folder: Path, inventory: Path, cases: int, crowd: Crowd) -> list[PageTimes]:
    config = _configuration(folder, inventory)
    desk = desk_of(config)
    migrate(desk.store)
    for sop in shipped_sops():
        approve(desk.store, sop, date(2020, 1, 1), "bench", now())
    started = time.monotonic()
    numbers = fill(desk, cases, now())
    print(f"archive made in {time.monotonic() - started:.0f} s, {config.database.stat().st_size / 2**20:.0f} MiB")
    app = create_app(OfficeDesk(config, desk, Prometheus(config.prometheus)))
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # Flask's own session
    sessions = office.people(desk.store, ROLES, now())
    cookies = {role: "session=" + serializer.dumps({SESSION_KEY: secret}) for role, secret in sessions.items()}
    pages = visits(_contents(desk, numbers, cases))
    desk.store.close()
    return _served(folder, config, pages, cookies, crowd)


def _contents(desk: Desk, numbers: list[str], cases: int) -> ArchiveContents:
    """What there is to read, with a letter for each case and an outage that lasts on some branches."""
    office.letters(desk, cases, now())
    tickets = office.outages(desk, OUTAGES, now())
    waiting = {role: [row["number"] for row in waiting_for(desk, [role])] for role in ROLES}
    return ArchiveContents(numbers, waiting, tickets, [opd.code for opd in desk.city.opds], codes(desk.store))


def _configuration(folder: Path, inventory: Path) -> TrackerConfig:
    (folder / "secret").write_text(secrets.token_urlsafe(32), encoding="utf-8")
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


def _served(
    folder: Path, config: TrackerConfig, pages: list[Visit], cookies: dict[str, str], crowd: Crowd
) -> list[PageTimes]:
    command = [sys.executable, "-m", "request_tracker.cli", "serve", "--config", str(folder / "tracker.yaml")]
    host, _, port = config.listen.partition(":")
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait(host, int(port), server)
            return read((host, int(port)), pages, cookies, crowd)
        finally:
            server.terminate()
            try:
                server.wait(START_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(host: str, port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TrackerError("bench: the server did not start; try lebarpita-tracker serve by hand")
