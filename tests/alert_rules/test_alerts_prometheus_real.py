"""A real Prometheus and Alertmanager with the built files: an outage is one alert, whoever tells it, and no rule fails.

Debian's Prometheus is 2.42. LEBARPITA_PROMETHEUS names further ones (paths, a colon between them), such as one of 3.x
that ``go build`` made: every test then runs on each of them too (CONTRIBUTING.md).
"""

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from alertmanager_real import alertmanager, answers, listed, send
from children import child, until
from mail_server import MailServer, mails
from ports import free_port
from tree import EXAMPLE_CITY

from alert_rules.building import build
from alert_rules.office import OfficeAlerts
from exporter.watch.outages import Outage, alert
from lab.loopback import at_work

__all__ = ["mails"]
PROGRAMS = ("prometheus", *filter(None, os.environ.get("LEBARPITA_PROMETHEUS", "").split(":")))


OUTAGE = 'lebarpita_outage{root="agg-timur",kind="link"} 1\nlebarpita_outage_offices_cut_off{root="agg-timur"} 3\n'


class WatchMetrics(BaseHTTPRequestHandler):
    """The watch while a trunk is cut, while it is being started anew, and when all is well again."""

    server: "WatchPage"

    def do_GET(self) -> None:
        self.send_response(503 if self.server.state == "dead" else 200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        # One that has just begun has decided nothing yet; its journal is not read when the page answers first.
        rounds = 0 if self.server.state == "starting" else time.time()
        outages = OUTAGE if self.server.state == "cut" else ""
        self.wfile.write(f"{outages}lebarpita_watch_round_timestamp_seconds {rounds:.0f}\n".encode())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class WatchPage(ThreadingHTTPServer):
    """Its page, in the state that the test says: cut, dead, starting or well."""

    state = "cut"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def watch() -> Iterator[WatchPage]:
    server = WatchPage(("127.0.0.1", 0), WatchMetrics)
    with at_work(server):
        yield server


@contextmanager
def prometheus(program: str, folder: Path) -> Iterator[str]:
    """That Prometheus with the built files; its address."""
    address = f"127.0.0.1:{free_port()}"
    command = [program, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    command.append(f"--web.listen-address={address}")
    with (folder / "prometheus.log").open("w") as log, child(command, stdout=log, stderr=log) as process:
        until(lambda: answers(f"http://{address}/-/ready"), folder / "prometheus.log", process)
        yield f"http://{address}"


def built(folder: Path, watch: WatchPage, port: int, mail: dict[str, Any] | None = None) -> None:
    """The office's files, each figure asked for every second: what is told is looked at here, not when."""
    for name in ("webhook", "metrics"):
        (folder / name).write_text("s" * 32)
    nobody = {part: f"127.0.0.1:{free_port()}" for part in ("exporter", "flows", "tracker", "shaper", "prometheus")}
    office = {
        "tracker": "https://lebarpita.kota.test",
        "inventory": str(EXAMPLE_CITY),
        "receivers": [{"name": "piket", "duty": ["outage"], "mail": mail}] if mail else [],
        "addresses": {**nobody, "watch": watch.address, "alertmanager": f"127.0.0.1:{port}"},
        "secrets": {name: str(folder / name) for name in ("webhook", "metrics")},
    }
    build(OfficeAlerts.model_validate(office), folder)
    for name in ("prometheus.yml", "alertmanager.yml"):
        text = (folder / name).read_text(encoding="utf-8")
        quick = re.sub(r"(scrape_interval|scrape_timeout|evaluation_interval|group_interval): \w+", r"\1: 1s", text)
        (folder / name).write_text(quick, encoding="utf-8")
    # What is told after a minute without calls, or without the watch, is another test's, however slow the machine is.
    slow = folder / "rules" / "outage.yml"
    slow.write_text(re.sub(r"for: \w+", "for: 1h", slow.read_text(encoding="utf-8")), encoding="utf-8")


def rules(url: str) -> list[dict[str, Any]]:
    with urlopen(f"{url}/api/v1/rules", timeout=60) as answer:
        return [rule for group in json.load(answer)["data"]["groups"] for rule in group["rules"]]


def outages(url: str) -> list[dict[str, str]]:
    return [row["labels"] for row in listed(url) if row["labels"]["alertname"] == "LebarpitaOutage"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_outage_by_prometheus_is_the_watch_s_own_alert_and_no_rule_fails(
    program: str, tmp_path: Path, watch: WatchPage
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


def turns(server: str) -> Iterator[str]:
    """The moments at which the rule of outages was worked out, each once."""
    last = ""
    while True:
        (now,) = (rule["lastEvaluation"] for rule in rules(server) if rule["name"] == "LebarpitaOutage")
        if now != last:
            last = now
            yield now
        time.sleep(0.05)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_watch_that_is_started_anew_in_an_outage_sends_no_false_all_clear(
    program: str, tmp_path: Path, watch: WatchPage, mails: MailServer
) -> None:
    port, smarthost = free_port(), f"127.0.0.1:{mails.server_address[1]}"
    built(tmp_path, watch, port, {"to": ["a@k.test"], "from": "b@k.test", "smarthost": smarthost, "tls": False})
    with alertmanager(tmp_path / "alertmanager.yml", tmp_path, port) as url, prometheus(program, tmp_path) as server:
        until(lambda: len(mails.mails) == 1, "the mail of the outage")
        for state in ("dead", "starting"):
            watch.state = state
            # Of old its end was mailed within ten rounds of a second, and its beginning once more after them.
            assert len(list(islice(turns(server), 12))) == 12
            assert len(outages(url)) == 1 and len(mails.mails) == 1
        watch.state = "well"
        until(lambda: len(mails.mails) == 2, "the mail of its end")
    assert [subject.startswith("[lebarpita] PULIH: ") for subject in mails.subjects] == [False, True]
