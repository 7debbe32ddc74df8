"""A real Prometheus and Alertmanager with the built files: an outage is one alert, whoever tells it, and no rule fails.

Debian's Prometheus is 2.42. LEBARPITA_PROMETHEUS names further ones (paths, a colon between them), such as one of 3.x
that ``go build`` made: every test then runs on each of them too (CONTRIBUTING.md).
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from alertmanager_real import alertmanager, answers, listed, send
from children import child, until
from ports import free_port
from tree import EXAMPLE_CITY

from alert_rules.building import build
from alert_rules.office import OfficeAlerts
from exporter.watch.outages import Outage, alert

PROGRAMS = ("prometheus", *filter(None, os.environ.get("LEBARPITA_PROMETHEUS", "").split(":")))


class WatchMetrics(BaseHTTPRequestHandler):
    """The watch while a trunk is cut."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        text = (
            'lebarpita_outage{root="agg-timur",kind="link"} 1\n'
            'lebarpita_outage_offices_cut_off{root="agg-timur"} 3\n'
            f"lebarpita_watch_round_timestamp_seconds {time.time():.0f}\n"
        )
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def watch() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), WatchMetrics)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@contextmanager
def prometheus(program: str, folder: Path) -> Iterator[str]:
    """That Prometheus with the built files; its address."""
    address = f"127.0.0.1:{free_port()}"
    command = [program, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    with (folder / "prometheus.log").open("w") as log:
        with child([*command, f"--web.listen-address={address}"], stdout=log, stderr=log) as process:
            until(lambda: answers(f"http://{address}/-/ready"), folder / "prometheus.log", process)
            yield f"http://{address}"


def built(folder: Path, watch: str, port: int) -> None:
    for name in ("webhook", "metrics"):
        (folder / name).write_text("s" * 32)
    nobody = {part: f"127.0.0.1:{free_port()}" for part in ("exporter", "flows", "tracker", "shaper", "prometheus")}
    office = {
        "tracker": "https://lebarpita.kota.test",
        "inventory": str(EXAMPLE_CITY),
        "addresses": {**nobody, "watch": watch, "alertmanager": f"127.0.0.1:{port}"},
        "secrets": {name: str(folder / name) for name in ("webhook", "metrics")},
    }
    build(OfficeAlerts.model_validate(office), folder)


def rules(url: str) -> list[dict[str, Any]]:
    with urlopen(f"{url}/api/v1/rules", timeout=60) as answer:
        return [rule for group in json.load(answer)["data"]["groups"] for rule in group["rules"]]


def outages(url: str) -> list[dict[str, str]]:
    return [row["labels"] for row in listed(url) if row["labels"]["alertname"] == "LebarpitaOutage"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_outage_by_prometheus_is_the_watch_s_own_alert_and_no_rule_fails(
    program: str, tmp_path: Path, watch: str
) -> None:
    port = free_port()
    built(tmp_path, watch, port)
    with alertmanager(tmp_path / "alertmanager.yml", tmp_path, port) as url, prometheus(program, tmp_path) as server:
        until(lambda: bool(outages(url)), "Prometheus has told Alertmanager")
        by_rule = outages(url)
        now = time.time()
        outage = Outage("agg-timur", "link", now, ("a", "b", "c"), "link_down")
        send(url, [alert(outage, now, "https://lebarpita.kota.test/runbooks")])
        until(lambda: any("outage" in row["annotations"] for row in listed(url)), "the watch has told it too")
        by_both, health = outages(url), {rule["name"]: rule["health"] for rule in rules(server)}
    assert len(by_rule) == 1 and by_both == by_rule
    assert set(by_rule[0]) == {"alertname", "root", "kind", "severity", "sop"}
    # Those of once an hour have not had their turn yet.
    assert set(health.values()) <= {"ok", "unknown"}, health
    assert "LebarpitaPartDown" in health
