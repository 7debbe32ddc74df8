"""Bytes are true: what iperf3 moved is what SNMP counted is what flows counted, against the kernel's own counters."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from iperf import transfer
from office import keep_table, prometheus, quiet, until

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1200)]
OPDS = {"dinkes": "10.10.1.2", "rsud": "10.10.5.2", "bappeda": "10.10.9.2"}
DIST = {"dinkes": "dist-utara", "rsud": "dist-timur", "bappeda": "dist-selatan"}
SERVER = "198.51.100.1"
KEYS = [(opd, way) for opd in OPDS for way in ("receive", "transmit")]
NOISE = {"interface": 5_000, "flow": 0}
"""Bytes that a source may count between two readings: an office's own line carries the watch's echoes too."""
TOLD = [(source, *key) for source in NOISE for key in KEYS]
TOLERANCE = 0.001
COUNTERS = "lbcount"
PREFIXES = {"dinkes": "10.10.1.0/24", "rsud": "10.10.5.0/24", "bappeda": "10.10.9.0/24"}
ENDS = {"core": ("receive", 'iifname "wan" ip daddr'), "isp": ("transmit", "ip saddr")}
"""The node that counts a direction, and which packets it counts."""


def count_layer_3(lab: Lab) -> None:
    """nftables counters of our own on both ends of the uplink: IP bytes per OPD and direction, IPv4.

    What an office sends is counted where it arrives, behind the core's shaping: its queue may drop packets that no
    exporter at the uplink has seen.
    """
    for node, (way, which) in ENDS.items():
        rules = [f"table inet {COUNTERS} {{", *(f"  counter {opd}_{way} {{ }}" for opd in OPDS)]
        rules.append("  chain c { type filter hook prerouting priority -300; policy accept;")
        rules += [f"    {which} {prefix} counter name {opd}_{way}" for opd, prefix in PREFIXES.items()]
        lab.run(node, "nft", "-f", "-", stdin="\n".join([*rules, "  }", "}"]) + "\n")


def layer_3(lab: Lab) -> dict[tuple[str, str], int]:
    found: dict[str, int] = {}
    for node in ENDS:
        listed = json.loads(lab.run(node, "nft", "-j", "list", "counters", "table", "inet", COUNTERS).stdout)
        found |= {row["counter"]["name"]: row["counter"]["bytes"] for row in listed["nftables"] if "counter" in row}
    return {(opd, way): found[f"{opd}_{way}"] for opd in OPDS for way in ("receive", "transmit")}


def layer_2(lab: Lab) -> dict[tuple[str, str], int]:
    """The kernel's counters of each office's line; the router's transmit is what the office receives."""
    seen: dict[str, dict[str, Any]] = {opd: lab.counters(DIST[opd], opd) for opd in OPDS}
    sides = {"receive": "transmit", "transmit": "receive"}
    return {(opd, way): seen[opd][side]["bytes"] for opd in OPDS for way, side in sides.items()}


def scraped(lab: Lab) -> dict[tuple[str, str, str], float]:
    """Prometheus' counters of both sources, as they stand."""

    def asked() -> list[float | None]:
        return [
            prometheus(lab, f'sum(lebarpita_opd_{way}_bytes_total{{opd="{opd}",source="{source}"}})')
            for source, opd, way in TOLD
        ]

    values = until("the counters are scraped", lambda: None not in (found := asked()) and found)
    return {key: float(value or 0) for key, value in zip(TOLD, values or [], strict=True)}


def settled(lab: Lab, seconds: float = 90.0) -> list[dict[tuple[str, str], float]]:
    """SNMP's and the flows' counters once two readings apart tell the same of both."""
    end = time.monotonic() + seconds
    before = scraped(lab)
    while True:
        time.sleep(12)
        after = scraped(lab)
        if all(after[key] - before[key] <= NOISE[key[0]] for key in after) or time.monotonic() > end:
            return [{key: after[source, *key] for key in KEYS} for source in NOISE]
        before = after


def difference(after: Mapping[Any, float], before: Mapping[Any, float]) -> dict[Any, float]:
    return {key: after[key] - before[key] for key in after}


def test_what_was_moved_is_what_was_counted(city_lab: Lab) -> None:
    quiet(city_lab)
    count_layer_3(city_lab)
    snmp_before, flows_before = settled(city_lab)
    kernel_before, nft_before = layer_2(city_lab), layer_3(city_lab)
    with city_lab.running("isp", "iperf3", "-s", "-p", "5601", "-B", SERVER):
        time.sleep(0.5)
        for number, (opd, address) in enumerate(OPDS.items()):
            way = ["-R"] if number != 1 else []
            transfer(city_lab, opd, SERVER, "5601", address, "-n", "8M", *way)
            if number == 1:
                city_lab.stop_service("flows")
                city_lab.start_service("flows")
    snmp_after, flows_after = settled(city_lab)
    kernel, nft = difference(layer_2(city_lab), kernel_before), difference(layer_3(city_lab), nft_before)
    snmp, flows = difference(snmp_after, snmp_before), difference(flows_after, flows_before)
    for node in ENDS:
        city_lab.run(node, "nft", "delete", "table", "inet", COUNTERS)
    lines = ["opd      way       kernel L2   SNMP        off %    nft L3      flows       off %"]
    worst = 0.0
    for key in kernel:
        off2, off3 = snmp[key] / kernel[key] - 1, flows[key] / nft[key] - 1
        left = f"{kernel[key]:<11.0f} {snmp[key]:<11.0f} {off2 * 100:+.4f}"
        told = f"{left}  {nft[key]:<11.0f} {flows[key]:<11.0f} {off3 * 100:+.4f}"
        lines.append(f"{key[0]:<8} {key[1]:<9} {told}")
        if nft[key] > 1_000_000:
            worst = max(worst, abs(off2), abs(off3))
    keep_table("bytes-are-true", lines)
    assert worst <= TOLERANCE, "\n".join(lines)
