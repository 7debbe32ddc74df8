"""Evidence end to end: what iperf3 moved through the lab's kernels is the p95 that an official reads, to 0.2 %.

Real packets, real snmpd, the product's exporters, a real Prometheus that scraped them. One thing is made: a month
cannot be waited for, so the counters that were really scraped grow in each five minutes of one by what they grew here.
"""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests
from iperf import transfer
from office import keep_table, quiet, until
from tracker_office import MBIT, MONDAY, new_desk
from tracker_tsdb import serving_past

from lab.client import Lab
from request_tracker.cases import Allocation
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.usage import UseQuestion, gather

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1200)]
OPD, DIST, ADDRESS, SERVER = "rsud", "dist-timur", "10.10.5.2", "198.51.100.1"
# Every source of the office in both directions, and its uplink.
COUNTERS = (
    '{__name__=~"lebarpita_opd_(receive|transmit)_bytes_total",opd="rsud"}'
    ' or {__name__=~"lebarpita_link_(receive|transmit)_bytes_total",link="isp-utama"}'
)
STEP, STEPS = 300, 30 * 288
# The watch's echoes go on between two readings: 5 kB of 16 MB; story 1 holds SNMP to a thousandth.
WITHIN = 0.002
# Longer than an exporter of the lab keeps a flow that has ended; the watch's echoes are some kilobytes in it.
FLOW_SECONDS, STILL_BYTES = 20.0, 50_000
Labels = tuple[tuple[str, str], ...]


def scraped(lab: Lab) -> dict[Labels, float]:
    """Every counter as the lab's Prometheus has it, with its real labels."""
    answer = requests.get(lab.url("prometheus", "/api/v1/query"), params={"query": COUNTERS}, timeout=60).json()
    rows = answer["data"]["result"]
    return {tuple(sorted(row["metric"].items())): float(row["value"][1]) for row in rows}


def kernel(lab: Lab) -> int:
    """What the office's own line has carried to it; the router's transmit is what the office receives."""
    return int(lab.counters(DIST, OPD)["transmit"]["bytes"])


def of_interface(grown: Mapping[Labels, float]) -> float:
    wanted = {"__name__": "lebarpita_opd_receive_bytes_total", "source": "interface"}
    return next((value for labels, value in grown.items() if wanted.items() <= dict(labels).items()), 0.0)


def of_flows(grown: Mapping[Labels, float]) -> float:
    wanted = {("__name__", "lebarpita_opd_receive_bytes_total"), ("source", "flow")}
    return sum(value for labels, value in grown.items() if wanted <= set(labels))


def flows_are_still(lab: Lab) -> bool:
    """True where nothing more is told of what another story moved: exporters tell of it a while after."""
    before = of_flows(scraped(lab))
    time.sleep(FLOW_SECONDS)
    return of_flows(scraped(lab)) - before < STILL_BYTES


def month_of(before: Mapping[Labels, float], grown: Mapping[Labels, float], end: int) -> str:
    """The same counters over thirty days: in each five minutes they grow by what they grew here."""
    lines = []
    for labels in sorted(grown):
        name = dict(labels)["__name__"]
        head, text = (
            f"# TYPE {name.removesuffix('_total')} counter",
            ",".join(f'{key}="{value}"' for key, value in labels if key != "__name__"),
        )
        if head not in lines:
            lines.append(head)
        lines += [
            f"{name}{{{text}}} {before[labels] + grown[labels] * step:.0f} {end - (STEPS - step) * STEP}"
            for step in range(STEPS + 1)
        ]
    return "\n".join((*lines, "# EOF", ""))


def test_what_was_moved_is_the_p95_that_an_official_reads(city_lab: Lab, tmp_path: Path) -> None:
    quiet(city_lab)
    until("the flows of earlier transfers are told", lambda: flows_are_still(city_lab), 300.0)
    before, carried = scraped(city_lab), kernel(city_lab)
    with city_lab.running("isp", "iperf3", "-s", "-p", "5603", "-B", SERVER):
        time.sleep(0.5)
        transfer(city_lab, OPD, SERVER, "5603", ADDRESS, "-n", "16M", "-R")

    def counted() -> dict[Labels, float]:
        """What grew, once SNMP has told of all of it and the flows of nearly all."""
        after = scraped(city_lab)
        grown = {labels: after[labels] - value for labels, value in before.items() if labels in after}
        moved = kernel(city_lab) - carried
        whole = abs(of_interface(grown) / moved - 1) <= WITHIN / 2 and of_flows(grown) >= 0.9 * moved
        return grown if whole else {}

    grown = until("SNMP and flows tell of the transfer", counted, 300.0, 1.0)
    moved, end = kernel(city_lab) - carried, int(MONDAY.timestamp())
    desk = new_desk(tmp_path)
    wanted = Allocation(2 * MBIT, 20 * MBIT, 2 * MBIT, 10 * MBIT)
    with serving_past(tmp_path, month_of(before, grown, end)) as address:
        seen = gather(Prometheus(address), desk, UseQuestion(OPD, wanted, MONDAY))
    desk.store.close()
    p95 = seen.receive.p95 or 0.0
    keep_table("evidence-is-true", [f"kernel {moved / STEP:.0f} B/s, evidence's p95 {p95:.0f} B/s"])
    assert p95 == pytest.approx(moved / STEP, rel=WITHIN)
    assert seen.problem is None and seen.measured_days == pytest.approx(30, abs=0.01) and seen.judged["receive"]
    # The line to the ISP carried at least that, and two sources of one office do not contradict each other.
    assert (seen.uplink_p95["receive"] or 0.0) >= 0.95 * p95 and seen.notes == ()
    # Far below what it has: nothing more is advised, by the number that was moved.
    assert seen.verdict == "belum_disarankan"
