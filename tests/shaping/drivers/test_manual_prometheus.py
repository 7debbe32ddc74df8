"""The manual driver's queries against a real Prometheus: peak and p95 of each office and direction, as recorded."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from children import child
from ports import free_port

from alert_rules import rule_files
from lab.loopback import at_work
from shaping.errors import ShapingError
from shaping.measuring import Use, uses

PAGE = """\
opd:receive:rate5m{opd="dinkes"} 2400000
opd:transmit:rate5m{opd="dinkes"} 1000
opd:receive:rate5m{opd="rsud"} NaN
opd:transmit:rate5m{opd="rsud"} 5
"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("prometheus")
    source = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    config, target = home / "prometheus.yml", f"127.0.0.1:{source.server_port}"
    config.write_text(
        "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        f'scrape_configs: [{{job_name: page, static_configs: [{{targets: ["{target}"]}}]}}]\n'
    )
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={home / 'data'}"]
    command.append(f"--web.listen-address={address}")
    with at_work(source), Path(home / "log").open("w") as log, child(command, stdout=log, stderr=log):
        wait_for_figures(f"http://{address}", home / "log")
        yield f"http://{address}"


def wait_for_figures(url: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while True:
        try:
            if uses(url, 300, time.time()):
                return
        except ShapingError:
            pass
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def test_peak_and_p95_of_each_office_come_back_and_what_is_no_number_does_not(prometheus: str) -> None:
    assert uses(prometheus, 300, time.time()) == {
        ("dinkes", "receive"): Use(2_400_000, 2_400_000),
        ("dinkes", "transmit"): Use(1_000, 1_000),
        ("rsud", "transmit"): Use(5, 5),
    }


def test_a_window_without_figures_is_empty(prometheus: str) -> None:
    assert uses(prometheus, 300, time.time() - 86_400) == {}


def test_the_series_it_asks_for_are_recorded_by_the_shipped_rules() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in rule_files())
    assert "record: opd:receive:rate5m" in text and "record: opd:transmit:rate5m" in text
