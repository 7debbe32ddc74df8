"""A time-series database with a made-up past: a folder and a city in, its address out. Prometheus or VictoriaMetrics.

Both take the past by remote write, in the order in which it would have been scraped; a thousand counters over ninety
days are 130 million samples and some minutes.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from inventory.model import City
from request_tracker.bench.made_up_use import hours, remote_write, series_of
from request_tracker.errors import TrackerError
from request_tracker.evidence.prometheus import Prometheus
from runtime import children

# A database over ninety days is up and has put its past in order long before, also on a busy machine.
_START_SECONDS, _SETTLE_SECONDS = 120, 900
# Nothing was put in order for so long: three looks of the database's own.
_CALM_SECONDS = 10
_SHOWN = 200  # Characters of a database's own reason: two lines of a terminal.
_HEADERS = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}


@dataclass(frozen=True)
class Database:
    """What can answer the evidence's questions: its name, its program, how it is started, where it takes a past."""

    name: str
    program: str
    arguments: Callable[[Path, str], list[str]]
    write_path: str
    settled_by: str


def _prometheus(folder: Path, address: str) -> list[str]:
    (folder / "prometheus.yml").write_text("scrape_configs: []\n", encoding="utf-8")
    return [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--web.enable-remote-write-receiver",
        # As the product keeps it; Prometheus' own fifteen days would drop the past while it is written.
        "--storage.tsdb.retention.time=400d",
        # Days instead of two hours come in a second each; what lies there in the end is as large as in service.
        "--storage.tsdb.min-block-duration=1d",
        "--storage.tsdb.max-block-duration=31d",
    ]


def _victoria(folder: Path, address: str) -> list[str]:
    # A figure is asked for as soon as it was written here; months are its unit, a year and a month are 400 days.
    data = f"-storageDataPath={folder / 'data'}"
    return [data, f"-httpListenAddr={address}", "-retentionPeriod=14", "-search.latencyOffset=0s"]


DATABASES = (
    Database("Prometheus", "prometheus", _prometheus, "/api/v1/write", "prometheus_tsdb_compactions_total"),
    Database("VictoriaMetrics", "victoria-metrics", _victoria, "/api/v1/write", "vm_pending_rows"),
)


def there() -> tuple[Database, ...]:
    """Those whose program is on this machine."""
    return tuple(database for database in DATABASES if shutil.which(database.program))


@contextmanager
def running(database: Database, folder: Path) -> Iterator[str]:
    """Its URL; ended with the block."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [database.program, *database.arguments(folder, address)]
    with (folder / "database.log").open("w", encoding="utf-8") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _until(lambda: _page(f"http://{address}/metrics") is not None, _START_SECONDS, f"{database.name}: no start")
            yield f"http://{address}"
        finally:
            children.end(child, seconds=_START_SECONDS)


def write_past(database: Database, url: str, city: City, end: float, days: int) -> int:
    """Write it and wait until the database has put it in order; how many samples there were. Raises TrackerError."""
    counters, samples = series_of(city), 0
    with requests.Session() as session:
        for hour in hours(city, end, days):
            body = remote_write(counters, hour)
            answer = session.post(f"{url}{database.write_path}", data=body, headers=_HEADERS, timeout=_SETTLE_SECONDS)
            if not answer.ok:
                reason = f"{answer.status_code} {answer.text[:_SHOWN]}"
                raise TrackerError(f"bench: {database.name} refused the past: {reason}")
            samples += hour.values.size
    past, names = Prometheus(url), 'count({__name__=~"lebarpita_.*"})'
    # What was sent is found once its index is written, which takes some databases seconds.
    _until(lambda: past.first_value(names, end) == len(counters), _SETTLE_SECONDS, "not every counter is found")
    _settle(database, url)
    return samples


def _settle(database: Database, url: str) -> None:
    """Wait until what tells of its work has not moved for a while."""
    last, since = "", time.monotonic()

    def calm() -> bool:
        nonlocal last, since
        page = _page(f"{url}/metrics") or ""
        state = "\n".join(line for line in page.splitlines() if line.startswith(database.settled_by))
        if state != last:
            last, since = state, time.monotonic()
        return time.monotonic() - since > _CALM_SECONDS

    _until(calm, _SETTLE_SECONDS, f"{database.name} is still putting its past in order")


def _page(url: str) -> str | None:
    try:
        answer = requests.get(url, timeout=30)
    except requests.RequestException:
        return None
    return answer.text if answer.ok else None


def _until(true: Callable[[], bool], seconds: float, problem: str) -> None:
    over = time.monotonic() + seconds
    while not true():
        if time.monotonic() > over:
            raise TrackerError(f"bench: {problem}")
        time.sleep(0.5)
