"""``bench snmp``: this exporter and snmp_exporter on the same farm of agents, the same columns, in one run.

Prints CPU, memory and time of each and their ratios beside what is held to. Starts everything it measures as children
on loopback and ends them. Nothing here is an assertion: a slow machine changes the figures, hardly the ratios.
"""

import argparse
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from typing import Any

from exporter.config import ExporterError
from exporter.snmp import columns as c
from exporter.snmp.bench_city import COMMUNITY, city_of_farm
from exporter.snmp.engine import Login
from exporter.snmp.farm import addresses
from exporter.snmp.if_mib_columns import COLUMNS
from exporter.snmp.peer import PROGRAM, configuration, snmp_exporter
from exporter.snmp.scraping import Cost, measured

SAME = (*c.STATE, *c.FAULTS, *c.OCTETS_64, c.IF_DISCONTINUITY)
EXAMPLE = "example: lebarpita-exporter bench snmp --devices 100 --rounds 5"


@dataclass(frozen=True)
class Scenario:
    """One comparison: how the farm behaves and what the ratios are held to."""

    name: str
    delay_seconds: float = 0.0
    dead_every: int = 0
    held: tuple[tuple[str, float], ...] = ()


SCENARIOS = (
    Scenario("as fast as it goes", held=(("cpu", 0.25), ("memory", 0.6))),
    Scenario("20 ms away", delay_seconds=0.02, held=(("time", 0.45),)),
    Scenario("every fifth dead", dead_every=5),
)


def add_bench(bench: Any) -> None:
    """Add ``bench snmp``."""
    snmp = bench.add_parser("snmp", help="against Debian's snmp_exporter on a farm of agents", epilog=EXAMPLE)
    snmp.add_argument("--devices", type=int, default=60)
    snmp.add_argument("--interfaces", type=int, default=24)
    snmp.add_argument("--rounds", type=int, default=5)
    snmp.add_argument("--json", action="store_true")
    snmp.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure every scenario and print; code 1 where a ratio is over what it is held to."""
    if not shutil.which(PROGRAM):
        raise ExporterError(f"{PROGRAM} is not installed; apt-get install prometheus-snmp-exporter")
    results = [_scenario(scenario, options) for scenario in SCENARIOS]
    if options.json:
        print(json.dumps(results))
    return int(any(not held["met"] for result in results for held in result["held"]))


def _scenario(scenario: Scenario, options: argparse.Namespace) -> dict[str, Any]:
    if sys.stderr.isatty():
        print(f"{scenario.name} ...", file=sys.stderr)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lebarpita-bench-")))
        port = _free(socket.SOCK_DGRAM)
        stack.enter_context(_farm(scenario, options, port))
        names = [f"d{n}" for n in range(options.devices)]
        ours = stack.enter_context(_ours(folder, options, port))
        mine = measured(ours[0].pid, ours[1], names, options.rounds)
        theirs_port = _free(socket.SOCK_STREAM)
        columns = [column for column in COLUMNS if column.oid in SAME or column.name == "sysUpTime"]
        text = configuration(Login("2c", COMMUNITY), columns, SAME)
        peer = stack.enter_context(snmp_exporter(folder, theirs_port, text))
        url = f"http://127.0.0.1:{theirs_port}/snmp?module=if_mib&target="
        theirs = measured(peer.pid, url, [f"{a}:{port}" for a in addresses(options.devices)], options.rounds)
    return _told(scenario, options, mine, theirs)


def _told(scenario: Scenario, options: argparse.Namespace, mine: Cost, theirs: Cost) -> dict[str, Any]:
    values = options.devices * options.interfaces * len(SAME)
    ratios = {
        "cpu": mine.cpu_seconds / theirs.cpu_seconds,
        "time": median(mine.device_seconds) / median(theirs.device_seconds),
        "memory": mine.peak_bytes / theirs.peak_bytes,
    }
    held = [{"what": what, "at_most": at_most, "met": ratios[what] <= at_most} for what, at_most in scenario.held]
    if not options.json:
        _print(scenario, options, mine, theirs, ratios, values)
    return {"scenario": scenario.name, "ours": vars(mine), "peer": vars(theirs), "ratios": ratios, "held": held}


def _print(
    scenario: Scenario,
    options: argparse.Namespace,
    mine: Cost,
    theirs: Cost,
    ratios: dict[str, float],
    values: int,
) -> None:
    print(f"\n{scenario.name}: {options.devices} devices, {options.interfaces} interfaces, {len(SAME)} columns")
    print(f"{'':<34} {'lebarpita':>12} {'snmp_exporter':>14} {'ratio':>7}")
    limits = dict(scenario.held)
    thousands = options.devices * options.interfaces / 1000
    rows = [
        ("CPU s per 1,000 interfaces", mine.cpu_seconds / thousands, theirs.cpu_seconds / thousands, "cpu"),
        ("median scrape, ms", 1000 * median(mine.device_seconds), 1000 * median(theirs.device_seconds), "time"),
        ("peak memory, MB", mine.peak_bytes / 1e6, theirs.peak_bytes / 1e6, "memory"),
    ]
    for name, a, b, key in rows:
        limit = f"  held to {limits[key]:g}" if key in limits else ""
        print(f"{name:<34} {a:>12.4f} {b:>14.4f} {ratios[key]:>7.2f}{limit}")
    for name, a, b in (
        ("CPU ms per device", 1000 * mine.cpu_seconds / options.devices, 1000 * theirs.cpu_seconds / options.devices),
        ("values per CPU second", values / mine.cpu_seconds, values / theirs.cpu_seconds),
        ("last live device, s", mine.last_live_seconds, theirs.last_live_seconds),
        ("devices read", float(mine.live), float(theirs.live)),
    ):
        print(f"{name:<34} {a:>12.2f} {b:>14.2f}")


@contextmanager
def _farm(scenario: Scenario, options: argparse.Namespace, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "exporter.snmp.farm", f"--port={port}"]
    command += [f"--devices={options.devices}", f"--interfaces={options.interfaces}"]
    command += [f"--delay-seconds={scenario.delay_seconds}", f"--dead-every={scenario.dead_every}"]
    child = Popen(command, stdin=PIPE, stdout=PIPE)
    try:
        assert child.stdout is not None
        if child.stdout.readline() != b"ready\n":
            raise ExporterError("bench: the farm of agents did not start")
        yield
    finally:
        child.terminate()
        child.communicate()


@contextmanager
def _ours(folder: Path, options: argparse.Namespace, port: int) -> Iterator[tuple["Popen[bytes]", str]]:
    listen = f"127.0.0.1:{_free(socket.SOCK_STREAM)}"
    (folder / "city.yaml").write_text(city_of_farm(options.devices, options.interfaces, port))
    (folder / "exporter.yaml").write_text(
        f"inventory: {folder}/city.yaml\nstate: {folder}\nsnmp: {{listen: '{listen}'}}\n"
    )
    command = [sys.executable, "-m", "exporter.cli", "serve", "snmp", "--config", str(folder / "exporter.yaml")]
    child = Popen(command, env={**os.environ, "LEBARPITA_BENCH_COMMUNITY": COMMUNITY})
    try:
        yield child, f"http://{listen}/snmp?target="
    finally:
        child.terminate()
        child.wait(10)


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
