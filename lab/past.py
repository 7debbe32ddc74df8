"""The made-up month, written where the demo's Prometheus will begin: a folder in, one block of thirty days in it.

A Prometheus of its own takes it by remote write and hands out a snapshot, before the demo's own has started: that one
needs no open receiver and no window for samples that come late. Never called by what an office installs.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import requests

from inventory.reading import read_city
from lab import LabError
from lab.made_up import DAYS, MadeUpPast, counters, hours, recorded
from lab.traffic import DEFAULT_ALLOCATION, read_allocations
from request_tracker.bench.history import Database, running
from request_tracker.bench.made_up_use import CountedHour, CounterSeries, remote_write

# A busy machine takes what comes in some milliseconds in some seconds.
PATIENCE_SECONDS = 120
_SHOWN = 200  # Letters of a server's own reason: two lines of a terminal.
_HEADERS = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"}


def write_past(past: MadeUpPast, folder: Path) -> int:
    """Put it into ``folder``, the data of a Prometheus that does not run yet; how many samples. Raises LabError."""
    samples, groups = 0, (counters(past.city), recorded(past.city))
    with tempfile.TemporaryDirectory(prefix="made-up-", dir=folder.parent) as scratch:
        with running(_WRITER, Path(scratch)) as url, requests.Session() as session:
            for hour in hours(past):
                for series, values in zip(groups, hour, strict=True):
                    _send(session, url, series, values)
                    samples += values.values.size
            answer = session.post(f"{url}/api/v1/admin/tsdb/snapshot", timeout=PATIENCE_SECONDS)
            if not answer.ok:
                raise LabError(f"made-up history: no snapshot of it: {answer.status_code} {answer.text[:_SHOWN]}")
            blocks = Path(scratch) / "data" / "snapshots" / answer.json()["data"]["name"]
        for block in blocks.iterdir():
            shutil.move(block, folder / block.name)
    return samples


def _send(session: requests.Session, url: str, series: Sequence[CounterSeries], values: CountedHour) -> None:
    body = remote_write(series, values)
    answer = session.post(f"{url}/api/v1/write", data=body, headers=_HEADERS, timeout=PATIENCE_SECONDS)
    if not answer.ok:
        raise LabError(f"made-up history: Prometheus refused it: {answer.status_code} {answer.text[:_SHOWN]}")


def _arguments(folder: Path, address: str) -> list[str]:
    (folder / "prometheus.yml").write_text("scrape_configs: []\n", encoding="utf-8")
    return [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--web.enable-remote-write-receiver",
        "--web.enable-admin-api",
        "--storage.tsdb.retention.time=400d",
        # Nothing is put in order meanwhile: the snapshot makes one block of it all.
        f"--storage.tsdb.min-block-duration={2 * DAYS}d",
        f"--storage.tsdb.max-block-duration={2 * DAYS}d",
    ]


_WRITER = Database("Prometheus", "prometheus", _arguments, "/api/v1/write", "")


def main(arguments: Sequence[str]) -> int:
    """``python -m lab.past CITY ALLOCATIONS FOLDER END``: the lab runs it in the namespace that has a loopback."""
    parser = argparse.ArgumentParser(prog="python -m lab.past", description=__doc__)
    parser.add_argument("city")
    parser.add_argument("allocations")
    parser.add_argument("folder", type=Path)
    parser.add_argument("end", type=float, help="Unix seconds")
    options = parser.parse_args(arguments)
    city, opening = read_city(options.city), read_allocations(options.allocations)
    allocations = {opd.code: opening.get(opd.code, DEFAULT_ALLOCATION) for opd in city.opds}
    write_past(MadeUpPast(city, allocations, options.end), options.folder)
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
