"""``bench snmp``: this exporter and snmp_exporter on the same farm of agents, the same columns, in one run.

Prints CPU, memory and time of each and their ratios beside what is held to. Starts everything it measures as children
on loopback and ends them. Nothing here is an assertion: a slow machine changes the figures, hardly the ratios.
"""

import argparse
import json
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from exporter.errors import ExporterError
from exporter.snmp.device import objects as c
from exporter.snmp.drop_in.if_mib_columns import COLUMNS
from exporter.snmp.testing.bench_children import Farm, free, ours, scripted, snmpd
from exporter.snmp.testing.bench_city import V2C, V3
from exporter.snmp.testing.bench_growth import growth
from exporter.snmp.testing.bench_modules import ROWS, SCRAPES, VALUES, module_costs
from exporter.snmp.testing.bench_rounds import ALL, DEVICES, farm_of, peer_cost, round_cost
from exporter.snmp.testing.bench_status import status_share
from exporter.snmp.testing.bench_storm import STORM, storm_loss
from exporter.snmp.testing.farm import addresses
from exporter.snmp.testing.peer import AUTH, PROGRAM, configuration, release, snmp_exporter
from exporter.snmp.testing.scraping import AT_ONCE, Cost, ScrapeSubject, measured

SAME = (*c.STATE, *c.FAULTS, *c.OCTETS_64, c.IF_DISCONTINUITY)
# 2,000 devices once a minute take at most a tenth of a core.
MINUTE_SHARE = 0.1
EXAMPLE = "example: lebarpita-exporter bench snmp --devices 100 --rounds 5"

# Devices of a large city with its districts.
CITY = 500


@dataclass(frozen=True)
class Scenario:
    """One comparison: how the farm behaves and what the ratios are held to."""

    name: str
    delay_seconds: float = 0.0
    dead_every: int = 0
    real: bool = False
    all_at_once: bool = False
    relearn: str = ""
    devices: int = 0
    columns: int = len(SAME)
    limits: tuple[tuple[str, float], ...] = ()

    def alive(self, devices: int) -> int:
        """How many of the farm's devices answer."""
        return devices - (devices // self.dead_every if self.dead_every else 0)


# Memory is held to the same at every size, also where the peer is the smaller of the two.
_MEMORY = ("memory", 0.6)

# The limits are the promises of docs/why/snmp-speed.md, which has the figures measured beside them.
SCENARIOS = (
    Scenario("50 at once", limits=(("cpu", 0.25), _MEMORY)),
    Scenario("20 ms away", delay_seconds=0.02, limits=(("time", 0.45), _MEMORY)),
    Scenario("all at once", all_at_once=True, devices=CITY, limits=(_MEMORY,)),
    Scenario("all at once, every fifth dead", all_at_once=True, devices=CITY, dead_every=5, limits=(_MEMORY,)),
    Scenario("v3 authPriv, one real snmpd on many addresses", real=True, limits=(("cpu", 0.25), _MEMORY)),
    Scenario("50 at once, names walked in every scrape", relearn="names", limits=(("cpu", 0.4), _MEMORY)),
    Scenario("50 at once, everything learnt anew in every scrape", relearn="all", limits=(_MEMORY,)),
)


# The ones after them: any module of an office's snmp.yml, and all counters of 500 devices each second.
MODULE_SCENARIO = len(SCENARIOS)
ROUND_SCENARIO = MODULE_SCENARIO + 1
# All counters of 500 devices a second, with the scrape, take at most so much of a core.
ROUND_SHARE = 0.03


def add_bench(bench: Any) -> None:
    """Add ``bench snmp``."""
    snmp = bench.add_parser("snmp", help="against Debian's snmp_exporter on a farm of agents", epilog=EXAMPLE)
    snmp.add_argument("--devices", type=int, default=60)
    snmp.add_argument("--interfaces", type=int, default=24)
    snmp.add_argument("--rounds", type=int, default=5)
    snmp.add_argument("--scenario", type=int, choices=range(ROUND_SCENARIO + 1), help="only this one")
    snmp.add_argument("--json", action="store_true")
    snmp.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure every scenario and print; code 1 where a ratio is over what it is held to."""
    if not shutil.which(PROGRAM):
        raise ExporterError(f"{PROGRAM} is not installed; apt-get install prometheus-snmp-exporter")
    wanted = [s for number, s in enumerate(SCENARIOS) if options.scenario in (None, number)]
    results = [_scenario(scenario, options) for scenario in wanted]
    if options.scenario is None or options.scenario == MODULE_SCENARIO:
        results.append(_module(options))
    if options.scenario is None or options.scenario == ROUND_SCENARIO:
        results.append(_rounds(options))
    if options.scenario is None:
        results += [_dead_and_live(results, options), _status(options), _storm(options)]
        minute = results[0]["ours"]["cpu_seconds"] / results[0]["ours"]["live"] * 2_000 / 60
        results += [alone("2,000 devices a minute, share of a core", minute, MINUTE_SHARE, options)]
        results += [alone(*figure, options) for figure in growth()]
    if options.json:
        print(json.dumps(results))
    return code(results)


def code(results: Iterable[dict[str, Any]]) -> int:
    """1 where anything is over what it is held to."""
    return int(any(not limit["met"] for result in results for limit in result["held"]))


def _module(options: argparse.Namespace) -> dict[str, Any]:
    """Ten devices with the same module of 200 values, by both."""
    scenario = Scenario("a module of 200 values, 10 devices", columns=len(VALUES), limits=(("cpu", 0.25),))
    scrapes = argparse.Namespace(**{**vars(options), "devices": SCRAPES})
    return comparison(scenario, scrapes, ROWS, *module_costs(options.rounds))


def _rounds(options: argparse.Namespace) -> dict[str, Any]:
    """All counters of 500 devices, each second, in one scrape; and what the peer would need for the same."""
    farm = farm_of(options.interfaces)
    with scripted(farm, 0.0, 0, "--one-socket"):
        own = round_cost(farm, 2 * options.rounds, "--opds")
        peer = peer_cost(farm, 1)
    size = f"{own.page_bytes / 1e6:.1f} MB of page, {own.peak_bytes / 1e6:.0f} MB of memory"
    other = f"snmp_exporter {'.'.join(map(str, release()))} read {peer.live:.0f} in {peer.last_live_seconds:.1f} s"
    name = (
        f"all {len(ALL)} columns of {DEVICES} devices with {options.interfaces} interfaces every second in one scrape,"
        f" share of a core ({own.devices:.0f} read, {1000 * own.seconds:.0f} ms a scrape, {size}; {other} and would"
        f" need {DEVICES * peer.device_cpu_seconds:.2f} of a core)"
    )
    result = alone(name, own.share, ROUND_SHARE, options)
    result["held"].append({"what": "devices lost", "at_most": 0.0, "met": own.devices >= DEVICES})
    return result


def _dead_and_live(results: list[dict[str, Any]], options: argparse.Namespace) -> dict[str, Any]:
    """How much later the last live device arrives when every fifth is dead."""
    by_name = {result["scenario"]: result["ours"]["last_live_seconds"] for result in results}
    ratio = by_name[SCENARIOS[3].name] / by_name[SCENARIOS[2].name]
    return alone("last live device, every fifth dead to none dead", ratio, 1.1, options)


def _status(options: argparse.Namespace) -> dict[str, Any]:
    farm = Farm(free(socket.SOCK_DGRAM), list(addresses(options.devices)), ["-"] * options.interfaces)
    with scripted(farm):
        share = status_share(farm.agents, farm.port, options.interfaces, V2C)
    return alone("states of 500 devices every second, share of a core", share, 0.04, options)


def _storm(options: argparse.Namespace) -> dict[str, Any]:
    missing, seconds = storm_loss()
    name = f"traps not received of {STORM:,} sent at once (all accounted for after {seconds:.1f} s)"
    return alone(name, missing, 0.0, options)


def alone(name: str, value: float, at_most: float, options: argparse.Namespace) -> dict[str, Any]:
    """A figure of our own, without the peer."""
    if not options.json:
        print(f"\n{name}: {value:.3f}{_limit(value, at_most)}")
    limits = [{"what": name, "at_most": at_most, "met": value <= at_most}]
    return {"scenario": name, "value": value, "held": limits}


def _scenario(scenario: Scenario, options: argparse.Namespace) -> dict[str, Any]:
    if sys.stderr.isatty():
        print(f"{scenario.name} ...", file=sys.stderr)
    options = argparse.Namespace(**{**vars(options), "devices": scenario.devices or options.devices})
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lebarpita-bench-")))
        farm = Farm(free(socket.SOCK_DGRAM), list(addresses(options.devices)), _interfaces(scenario, options))
        restless = ["--restless"] if scenario.relearn == "names" else []
        stack.enter_context(
            snmpd(farm, folder)
            if scenario.real
            else scripted(farm, scenario.delay_seconds, scenario.dead_every, *restless)
        )
        login = V3 if scenario.real else V2C
        at_once = options.devices if scenario.all_at_once else AT_ONCE
        child, page = stack.enter_context(ours(farm, login, scenario.relearn))
        names = [f"d{n}" for n in range(options.devices)]
        http = free(socket.SOCK_STREAM)
        columns = [column for column in COLUMNS if column.oid in SAME or column.name == "sysUpTime"]
        peer = stack.enter_context(snmp_exporter(folder, http, configuration(login, columns, SAME)))
        url = f"http://127.0.0.1:{http}/snmp?module=if_mib&auth={AUTH}&target="
        agents = [f"{address}:{farm.port}" for address in farm.agents]
        subjects = (ScrapeSubject(child.pid, page, names), ScrapeSubject(peer.pid, url, agents))
        own_cost, peer_cost = measured(subjects, options.rounds, at_once)
    return comparison(scenario, options, len(farm.interfaces), own_cost, peer_cost)


def _interfaces(scenario: Scenario, options: argparse.Namespace) -> list[str]:
    """What the farm's devices have; a real snmpd has the interfaces of this machine."""
    if scenario.real:
        return sorted(name for _, name in socket.if_nameindex())
    return [f"e{n}" for n in range(1, options.interfaces + 1)]


def comparison(
    scenario: Scenario, options: argparse.Namespace, each: int, own_cost: Cost, peer_cost: Cost
) -> dict[str, Any]:
    """Our cost beside the peer's: printed and judged."""
    ratios = {
        # For each device that was read: who gives one up has less to do.
        "cpu": own_cost.device_cpu_seconds / peer_cost.device_cpu_seconds,
        "time": median(own_cost.device_seconds) / median(peer_cost.device_seconds),
        "memory": own_cost.peak_bytes / peer_cost.peak_bytes,
    }
    limits = [{"what": what, "at_most": at_most, "met": ratios[what] <= at_most} for what, at_most in scenario.limits]
    lost = scenario.alive(options.devices) - own_cost.live
    limits.append({"what": "devices lost", "at_most": 0.0, "met": lost <= 0})
    if not options.json:
        _print(scenario, (options.devices, each), own_cost, peer_cost, ratios)
    return {
        "scenario": scenario.name,
        "ours": vars(own_cost),
        "peer": {"release": ".".join(map(str, release())), **vars(peer_cost)},
        "ratios": ratios,
        "held": limits,
    }


def _limit(value: float, at_most: float) -> str:
    return f"  held to {at_most:g}{', MISSED' if value > at_most else ''}"


def _print(
    scenario: Scenario, size: tuple[int, int], own_cost: Cost, peer_cost: Cost, ratios: dict[str, float]
) -> None:
    devices, interfaces = size
    alive, peer = scenario.alive(devices), f"{'.'.join(map(str, release()))}"
    size_text = f"{devices} devices, {interfaces} interfaces, {scenario.columns} columns"
    print(f"\n{scenario.name}: {size_text}, snmp_exporter {peer}")
    print(f"{'':<34} {'lebarpita':>12} {'snmp_exporter':>14} {'ratio':>7}")
    limits = dict(scenario.limits)
    own_cpu, peer_cpu = own_cost.device_cpu_seconds, peer_cost.device_cpu_seconds
    rows = [
        ("CPU s per 1,000 interfaces", 1000 * own_cpu / interfaces, 1000 * peer_cpu / interfaces, "cpu"),
        ("median scrape, ms", 1000 * median(own_cost.device_seconds), 1000 * median(peer_cost.device_seconds), "time"),
        ("peak memory, MB", own_cost.peak_bytes / 1e6, peer_cost.peak_bytes / 1e6, "memory"),
    ]
    for name, a, b, key in rows:
        limit = _limit(ratios[key], limits[key]) if key in limits else ""
        print(f"{name:<34} {a:>12.4f} {b:>14.4f} {ratios[key]:>7.2f}{limit}")
    for name, a, b in (
        ("CPU ms per device read", 1000 * own_cpu, 1000 * peer_cpu),
        ("values per CPU second", interfaces * scenario.columns / own_cpu, interfaces * scenario.columns / peer_cpu),
        ("last live device, s", own_cost.last_live_seconds, peer_cost.last_live_seconds),
    ):
        print(f"{name:<34} {a:>12.2f} {b:>14.2f}")
    missed = ", MISSED" if own_cost.live < alive else ""
    print(f"{f'devices read of {alive}':<34} {own_cost.live:>12.2f} {peer_cost.live:>14.2f}{missed}")
