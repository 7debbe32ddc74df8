"""A real Prometheus scrapes real jobs: the rule names the stale one, whatever becomes of the label ``job``."""

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from children import child
from ports import free_port
from ruamel.yaml import YAML

from alert_rules import RULES
from exporter.job_metrics import job_page
from lab.loopback import at_work
from runtime.jobs import Job, Jobs

JOBS = Jobs("tracker", (Job("reconcile", 60.0, lambda: None), Job("outbox", 2.0, lambda: dict[str, None]()["planted"])))


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(job_page(JOBS))

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture(params=["false", "true"])
def prometheus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    source = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    config, address = tmp_path / "prometheus.yml", f"127.0.0.1:{free_port()}"
    config.write_text(
        "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        f"scrape_configs: [{{job_name: lebarpita-tracker, honor_labels: {request.param},"
        f' static_configs: [{{targets: ["127.0.0.1:{source.server_address[1]}"]}}]}}]\n',
        encoding="utf-8",
    )
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={tmp_path / 'data'}"]
    command.append(f"--web.listen-address={address}")
    with at_work(source), (tmp_path / "log").open("w") as log, child(command, stdout=log, stderr=log):
        yield f"http://{address}"


def asked(url: str, expr: str) -> list[Any]:
    try:
        with urlopen(f"{url}/api/v1/query?{urlencode({'query': expr})}", timeout=60) as answer:
            return list(json.load(answer)["data"]["result"])
    except (URLError, OSError):
        return []


def test_the_rule_names_the_job_that_has_not_succeeded_for_long(prometheus: str) -> None:
    groups = YAML(typ="safe").load((RULES / "stack.yml").read_text(encoding="utf-8"))["groups"]
    (rule,) = [rule for group in groups for rule in group["rules"] if rule["alert"] == "LebarpitaJobStale"]
    for state in JOBS.states.values():
        state.last_success = time.time() - 300
    for name in JOBS.states:
        JOBS.run(name)
    deadline = time.monotonic() + 180
    while not (found := asked(prometheus, rule["expr"])):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [row["metric"] for row in found] == [{"part": "tracker", "task": "outbox"}]
    assert 300 <= float(found[0]["value"][1]) < 400
