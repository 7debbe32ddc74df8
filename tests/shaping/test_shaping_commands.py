"""The commands of a technician, against a tracker on loopback, with the manual driver: it touches no device."""

import json
import os
import signal
import subprocess
import sys
import syslog
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from children import PATIENCE_SECONDS, child, until
from ledgers import ledger
from libreqos_reader import LibreQosReader
from ports import free_port

from lab.loopback import at_work
from shaping.cli import main

EXAMPLE = Path("inventory/example/city.yaml")
LEDGER = ledger(dinkes=(625_000, 2_500_000))


class Office(BaseHTTPRequestHandler):
    """The tracker's ledger, and Prometheus' figures: every office at 97 % of 20 Mbit/s."""

    ledger = LEDGER
    peak = "2425000"
    status = 200
    proofs: ClassVar[list[Any]] = []

    def do_GET(self) -> None:
        rows = [{"metric": {"opd": "dinkes"}, "value": [1, self.peak]}]
        vector = {"status": "success", "data": {"resultType": "vector", "result": rows}}
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(self.ledger if self.path == "/api/allocations" else vector).encode())

    def do_POST(self) -> None:
        self.proofs.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"accepted": true}')

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SHAPING_TOKEN", "a token of a test")
    (tmp_path / "city.yaml").write_text(EXAMPLE.read_text().replace("driver: linux", "driver: manual"))
    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), Office)) as url:
        lines = ("uplink: isp-utama", f"tracker: {url}", f"prometheus: {url}", "token: env:SHAPING_TOKEN")
        places = (f"inventory: {tmp_path / 'city.yaml'}", f"state: {tmp_path / 'state'}")
        (tmp_path / "shaping.yaml").write_text("\n".join((*lines, *places)))
        yield str(tmp_path / "shaping.yaml")


def run(config: str, command: str, *more: str) -> int:
    return main([command, "--config", config, *more])


def plan_hash(config: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(config, "plan", "--json") == 0
    return str(json.loads(capsys.readouterr().out)["hash"])


def confirmed(config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ago: float) -> None:
    hash = plan_hash(config, capsys)
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("shaping.cli.time.time", lambda: now - ago)
        assert run(config, "confirm", "--plan", hash, "--by", "Budi Santoso") == 0
    assert "applied by hand, confirmed by Budi Santoso" in capsys.readouterr().out


def test_plan_prints_what_to_type_and_how_to_confirm_it(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "plan") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["dinkes", "lan", "none", "->", "5", "Mbit/s", "/", "20", "Mbit/s"]
    assert any(line.startswith("tc class replace dev lan") for line in lines)
    assert lines[-1].startswith("2 operations; when typed: confirm --plan ")


def test_apply_says_that_a_person_must_type_it(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "apply", "--plan", plan_hash(config, capsys), "--many") == 1
    assert "nothing was applied from here" in capsys.readouterr().err


def test_a_large_plan_needs_to_be_meant(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "apply", "--plan", plan_hash(config, capsys)) == 1
    assert "add --many if that is meant" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["apply", "confirm"])
def test_another_plan_than_the_one_that_was_read_is_refused(
    config: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, command, "--plan", "0" * 64) == 1
    assert "something moved; read the plan again" in capsys.readouterr().err


def test_verify_says_in_force_only_when_confirmed_and_measured(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(config, "verify") == 1
    assert "revision 1 is not shown to be in force: no person has confirmed" in capsys.readouterr().err
    confirmed(config, capsys, monkeypatch, ago=86_400)
    assert run(config, "verify") == 0
    assert "revision 1 is in force: 2 of 2 rates applied by hand, confirmed by Budi" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("peak", "ago", "said"),
    [
        ("2425000", 60, "less than ten minutes"),
        ("1000", 86_400, "never came close to the ceiling"),
        ("NaN", 86_400, "no figures of this office"),
        ("9000000", 86_400, "above the ceiling"),
    ],
)
def test_verify_never_says_in_force_of_what_was_not_measured(
    config: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    peak: str,
    ago: float,
    said: str,
) -> None:
    monkeypatch.setattr(Office, "peak", peak)
    confirmed(config, capsys, monkeypatch, ago)
    assert run(config, "verify") == 1
    assert said in capsys.readouterr().err
    assert run(config, "verify", "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["in_force"], answer["operations"], len(answer["problems"])) == (False, 0, 2)
    assert answer["confirmed"][0]["by"] == "Budi Santoso"


def test_a_confirmation_is_withdrawn(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(config, capsys, monkeypatch, ago=0)
    assert run(config, "confirm", "--withdraw") == 0
    assert "2 rates are confirmed otherwise now" in capsys.readouterr().out
    assert run(config, "confirm", "--withdraw") == 1


def test_panic_by_hand_says_what_to_type_and_the_journal_who_asked(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[tuple[int, str]] = []
    monkeypatch.setattr(syslog, "syslog", lambda level, line: lines.append((level, line)))
    monkeypatch.setenv("SUDO_USER", "budi")
    assert run(config, "panic") == 1
    assert "nothing was opened from here; type on core" in capsys.readouterr().err
    assert lines == [(syslog.LOG_WARNING, "lebarpita-shaping event=panic uplink=isp-utama by=budi")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("uplink: isp-utama", "uplink: isp-lain", "uplink 'isp-lain' is not in"),
        ("uplink: isp-utama", "uplinks: isp-utama", "uplinks: Extra inputs are not permitted"),
        ("uplink: isp-utama", "uplink: [", "not YAML"),
        ("prometheus: http", "prometheus: ftp", "prometheus: String should match pattern"),
        ("token: env:SHAPING_TOKEN", "token: env:SHAPING_NOTHING", "SHAPING_NOTHING is not set"),
        ("tracker: http://127.0.0.1", "tracker: http://127.0.0.1:9/", "did not answer"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(
    config: str, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    text = Path(config).read_text()
    Path(config).write_text(text.replace(old, new, 1))
    assert run(config, "plan") == 1
    assert said in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nowhere/shaping.yaml", "plan") == 1
    assert "nowhere/shaping.yaml: cannot be read" in capsys.readouterr().err


def test_a_city_whose_uplink_is_not_shaped_says_what_to_add(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    city = Path(config).with_name("city.yaml")
    text = "\n".join(line for line in city.read_text().splitlines() if "shaping:" not in line)
    city.write_text(text)
    assert run(config, "plan") == 1
    assert "the inventory has no shaping: for it; add driver and interfaces" in capsys.readouterr().err


def test_a_city_with_a_driver_that_is_not_there_is_refused_before_anything_is_asked(
    config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    city = Path(config).with_name("city.yaml")
    city.write_text(city.read_text().replace("driver: manual", "driver: vyos"))
    assert run(config, "verify") == 1
    error = capsys.readouterr().err
    assert "line 35: uplink isp-utama: shaping.driver: 'vyos' is not a driver" in error


def test_a_tracker_that_refuses_is_named_with_its_answer(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Office, "status", 403)
    assert run(config, "plan") == 1
    error = capsys.readouterr().err
    assert "tracker: http://127.0.0.1:" in error and "/api/allocations answered 403" in error


def test_a_device_that_refuses_is_no_traceback(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("shaping.drivers.manual.technician.ManualDriver.plan", refuse)
    assert run(config, "plan") == 1
    assert "the device or the state directory refused" in capsys.readouterr().err


def page(address: str) -> str:
    """The agent's metrics; empty while it does not answer yet."""
    try:
        with urlopen(f"http://{address}/metrics", timeout=10) as answer:
            return str(answer.read().decode())
    except (URLError, OSError):
        return ""


def test_the_agent_serves_what_it_knows_proves_it_and_ends_when_it_is_told_to(
    config: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Office, "proofs", [])
    address = f"127.0.0.1:{free_port()}"
    with Path(config).open("a") as file:
        file.write(f"\nlisten: {address}\nrefresh_seconds: 0.5\n")
    command = [sys.executable, "-m", "shaping.cli", "agent", "--config", config]
    with child(command, env=os.environ, stderr=subprocess.DEVNULL) as process:
        until(lambda: Office.proofs and "lebarpita_shaping_undecided{" in page(address), "the agent's page", process)
        text = page(address)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
    assert 'lebarpita_shaping_undecided{direction="receive",opd="dinkes"} 1.0' in text
    assert "lebarpita_shaping_drift{" not in text
    assert [(proof["driver"], proof["ok"]) for proof in Office.proofs] == [("manual", False)]


def test_libreqos_is_planned_applied_and_waited_for_until_its_own_copy_shows_it(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, folder = tmp_path / "city.yaml", tmp_path / "libreqos"
    city.write_text(city.read_text().replace("driver: manual", "driver: libreqos"))
    assert run(config, "plan") == 1
    assert "driver: libreqos needs libreqos: {directory: ...} in shaping.yaml" in capsys.readouterr().err
    Path(config).write_text(f"{Path(config).read_text()}\nlibreqos: {{directory: {folder}, core: 1 Gbit/s}}\n")
    folder.mkdir()
    assert run(config, "apply", "--plan", plan_hash(config, capsys), "--many") == 1
    out, error = capsys.readouterr()
    assert "3 operations done" in out and "undone" not in error
    assert "written; LibreQoS has not shown that it read it" in error
    LibreQosReader(folder).load()
    assert run(config, "verify") == 0
    assert "is in force: rows of" in capsys.readouterr().out
    assert run(config, "panic") == 1
    assert "within 30 minutes; at once: type on its machine" in capsys.readouterr().err
