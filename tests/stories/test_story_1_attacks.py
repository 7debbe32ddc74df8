"""Attacks in the lab's own packets: the router's NetFlow tells them, the collector names each, Prometheus warns.

Nothing is fed in: kernels send and answer, pmacctd on the router's uplink tells of it, the exporter's history looks at
its minute, its page carries the signs and the lab's Prometheus fires on them. Nobody else is named.
"""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import planted_attacks as planted
import pytest
import requests
from office import keep_table, until

from lab.client import Lab

pytestmark = [pytest.mark.lab, pytest.mark.timeout(600)]
PROGRAM = str(Path(planted.__file__))
NAMES = ("kind", "opd", "host", "way", "port", "network")
ATTACKS = {
    ("scan", "disdik", "10.10.2.2", "out", "22", ""): ("disdik", "scan", "10.10.2.2"),
    ("ports", "dukcapil", "10.10.3.2", "out", "0", ""): ("dukcapil", "ports", "10.10.3.2"),
    ("flood", "kec-utara", "10.10.4.2", "in", "7777", ""): ("isp", "udp", "10.10.4.2"),
    ("flood", "dishub", "10.10.6.2", "in", "8080", ""): ("isp", "syn", "10.10.6.2"),
    ("mail", "rsud", "10.10.5.2", "out", "0", ""): ("rsud", "mail", "10.10.5.2"),
}
"""What is to be named, and where which packets of it are sent."""
LEAST = {"scan": 100, "ports": 100, "flood": 1_000, "mail": 30}
"""More than so many a minute are an attack (``exporter/flows/history/attack_signs.py``)."""
# A minute to its end, and half of one for the exporter's timeouts and Prometheus' rounds; a busy machine needs more.
PATIENCE = 180.0
# A public site, so that the SYNs of a flood are answered.
SERVER = ("-c", "import http.server as h; h.HTTPServer(('0.0.0.0', 8080), h.BaseHTTPRequestHandler).serve_forever()")
Sign = tuple[str, ...]


def asked(lab: Lab, path: str, **given: str) -> list[dict[str, Any]]:
    data = requests.get(lab.url("prometheus", path), params=given, timeout=60).json()["data"]
    rows: list[dict[str, Any]] = data["alerts"] if path.endswith("alerts") else data["result"]
    return rows


def signs(lab: Lab) -> dict[Sign, float]:
    """What the collector's page says, as Prometheus scraped it."""
    rows = asked(lab, "/api/v1/query", query="max_over_time(lebarpita_flow_attack_targets[10m])")
    return {tuple(row["metric"].get(name, "") for name in NAMES): float(row["value"][1]) for row in rows}


def warnings(lab: Lab) -> dict[Sign, str]:
    """The sentence of each warning that fires."""
    rows = asked(lab, "/api/v1/alerts")
    mine = [row for row in rows if row["labels"]["alertname"] == "LebarpitaAttackSigns" and row["state"] == "firing"]
    return {tuple(row["labels"].get(name, "") for name in NAMES): row["annotations"]["summary"] for row in mine}


def test_each_planted_attack_is_a_warning_with_its_evidence_and_nobody_else_is_named(city_lab: Lab) -> None:
    servers = planted.addresses(planted.MAILED, planted.MAIL_SERVERS)
    batch = "".join(f"addr replace {address}/32 dev lo\n" for address in servers)
    city_lab.run("isp", "ip", "-batch", "-", stdin=batch)
    with (
        city_lab.running("isp", sys.executable, PROGRAM, "servers"),
        city_lab.running("dishub", sys.executable, *SERVER),
    ):
        until("mail is taken", lambda: city_lab.run("isp", "ss", "-Hltn", "sport = :25").stdout)
        until("the site is there", lambda: city_lab.run("dishub", "ss", "-Hltn", "sport = :8080").stdout)
        began = time.time()
        with ThreadPoolExecutor() as senders:
            rows = [(node, sys.executable, PROGRAM, kind, own) for node, kind, own in ATTACKS.values()]
            for sent in [senders.submit(city_lab.run, *row) for row in rows]:
                sent.result()
        fire = until("each attack is a warning", lambda: ATTACKS.keys() <= warnings(city_lab).keys(), PATIENCE, 0.5)
        seconds = time.time() - began
    city_lab.run("isp", "ip", "-batch", "-", stdin=batch.replace("replace", "del"))
    seen, told = signs(city_lab), warnings(city_lab)
    lines = [f"{' '.join(sign):<50} {count:6.0f}  {told.get(sign, '')}" for sign, count in sorted(seen.items())]
    keep_table("attacks-in-the-lab", [*lines, f"all fire {seconds:.0f} s after the first packet"])
    assert fire and seen.keys() == told.keys() == ATTACKS.keys()
    for sign, count in seen.items():
        # What fires may be of another minute than the largest count, where an attack lies across two.
        numbers = [int(number) for number in re.findall(r"(?<= )\d+(?= )", told[sign])]
        assert count > LEAST[sign[0]] and any(number > LEAST[sign[0]] for number in numbers)
