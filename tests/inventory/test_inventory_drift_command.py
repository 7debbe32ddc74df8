"""``drift`` as a command: a real snmpd, a Prometheus that is a small HTTP server of ours (a fake), exit codes."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from snmp_scene import Snmpd, snmpd

from inventory.cli import main
from inventory.divergence import DriftKind, read_report
from inventory.idle_offices import QUERY
from lab.loopback import at_work
from runtime.lined_yaml import UnreadableError

IDLE = {
    "status": "success",
    "data": {"resultType": "vector", "result": [{"metric": {"opd": "dinkes"}, "value": [0, "3"]}]},
}


class _Prometheus(BaseHTTPRequestHandler):
    answer: object = IDLE

    def do_GET(self) -> None:
        body = json.dumps(self.answer).encode() if parse_qs(urlsplit(self.path).query)["query"] == [QUERY] else b"{}"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def prometheus() -> Iterator[str]:
    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), _Prometheus)) as address:
        yield address


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snmpd]:
    monkeypatch.setenv("C", "lab")
    with snmpd(tmp_path, extra="sysName inti\n") as running:
        yield running


def city_file(folder: Path, port: int, name: str = "inti") -> Path:
    text = f"""\
city: {{name: Kota, watch_from: {name}, management: [0.0.0.0/1, "::/0"]}}
credentials: [{{name: snmp, community: "env:C"}}]
devices: [{{name: {name}, address: 127.0.0.1, snmp: snmp, snmp_port: {port}, snmp_timeout_seconds: 1}}]
uplinks: [{{name: isp, device: {name}, interface: lo, receive_capacity: 1 Gbit/s, transmit_capacity: 1 Gbit/s}}]
links: [{{name: l1, upstream: {{device: {name}, interface: lo2}}, opd: dinkes, speed: 1 Gbit/s}}]
opds: [{{code: dinkes, name: Dinas Kesehatan, prefixes: [198.51.100.0/24]}}]
"""
    file = folder / "city.yaml"
    file.write_text(text)
    return file


def test_drift_tells_by_its_exit_code_its_sentences_and_its_report_and_leaves_the_file_alone(
    agent: Snmpd, prometheus: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = city_file(tmp_path, agent.port, "core")
    before, out = file.read_text(), tmp_path / "drift.json"
    asked = ["drift", "--inventory", str(file), "--prometheus", prometheus, "--out", str(out)]
    assert main(asked) == 1
    told = capfd.readouterr().out
    assert "core kini menyebut dirinya “inti” / core calls itself 'inti' now" in told
    assert "    change in devices core:\n      sys_name: inti\n" in told
    assert "    remove from opds dinkes:\n" in told
    report = read_report(out)
    assert (report.city, report.devices, report.silent, report.offices_checked) == ("Kota", 1, (), True)
    assert {DriftKind.NAME, DriftKind.LINE, DriftKind.IDLE} <= {row.kind for row in report.divergences}
    assert file.read_text() == before


def test_a_device_that_does_not_answer_is_silent_and_not_without_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("C", "lab")
    assert main(["drift", "--inventory", str(city_file(tmp_path, 9)), "--json"]) == 1
    report = json.loads(capfd.readouterr().out)
    assert report["divergences"] == []
    assert "127.0.0.1" in report["silent"][0]
    assert report["offices_checked"] is False


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["drift"], 2, "which city? give --inventory FILE"),
        (["drift", "--inventory", "nowhere.yaml"], 1, "nowhere.yaml: cannot be read"),
        (["drift", "--inventory", "x", "--within", "rumah"], 2, "give networks such as 10.0.0.0/8"),
    ],
)
def test_wrong_use_of_drift_is_a_sentence(
    arguments: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LEBARPITA_INVENTORY", raising=False)
    assert main(arguments) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("answer", [{"status": "error"}, [], {"status": "success", "data": {"result": [{}]}}])
def test_a_prometheus_that_says_something_odd_is_a_sentence(
    answer: object, prometheus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_Prometheus, "answer", answer)
    monkeypatch.setattr("inventory.drift_command.exporter_walk", lambda *_: None)
    monkeypatch.setattr("inventory.drift_command.walk_each", lambda *_: _Nothing)
    assert main(["drift", "--inventory", str(city_file(tmp_path, 9)), "--prometheus", prometheus]) == 1
    assert "Prometheus did not say which offices had no traffic" in capsys.readouterr().err


class _Nothing:
    walks = ()
    silent = ()


def test_a_report_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ValueError, match="is no report of lebarpita-inventory drift"):
        read_report(tmp_path / "other.json")
    with pytest.raises(UnreadableError, match="cannot be read"):
        read_report(tmp_path / "none.json")
