"""lebarpita-exporter: its parts as processes, its configuration, and what it says to a person who is mistaken."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from children import PATIENCE_SECONDS, child, until
from tree import EXAMPLE_CITY

from exporter.cli import main
from exporter.config import read_config, secret
from exporter.errors import ExporterError

CITY = EXAMPLE_CITY
WATCH = "watch: {{listen: 'unix:{}/watch.sock'}}\n"
COMMAND = [sys.executable, "-m", "exporter.cli", "serve", "--config"]


def configuration(folder: Path, more: str = "") -> Path:
    path = folder / "exporter.yaml"
    path.write_text(f"inventory: {CITY}\nstate: {folder}/state\nsnmp: {{listen: 'unix:{folder}/snmp.sock'}}\n{more}")
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_part_ends_with_code_0_when_it_is_told_to(number: signal.Signals, tmp_path: Path) -> None:
    with child([*COMMAND, configuration(tmp_path), "snmp"]) as part:
        until((tmp_path / "snmp.sock").exists, "the socket", part)
        part.send_signal(number)
        assert part.wait(PATIENCE_SECONDS) == 0


def test_two_parts_are_two_processes_and_one_that_ends_ends_the_other(tmp_path: Path) -> None:
    path = configuration(tmp_path, f"watch: {{listen: 'unix:{tmp_path}/no/such/folder'}}\n")
    started = subprocess.run(
        [*COMMAND, path, "snmp", "watch"], capture_output=True, text=True, timeout=PATIENCE_SECONDS
    )
    assert started.returncode == 1
    assert "watch ended with code" in started.stderr
    assert "Traceback" not in started.stderr


def test_parts_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    with child([*COMMAND, configuration(tmp_path, WATCH.format(tmp_path)), "snmp", "watch"]) as parent:
        until((tmp_path / "snmp.sock").exists, "the socket", parent)
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        parent.kill()
        parent.wait()
    until(lambda: not any(_alive(pid) for pid in children))


def _alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_city_that_is_not_there_is_one_sentence_and_code_1(tmp_path: Path) -> None:
    path = tmp_path / "exporter.yaml"
    path.write_text("inventory: /no/such/city.yaml\nstate: /tmp\n")
    started = subprocess.run([*COMMAND, path, "snmp"], capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert started.returncode == 1
    assert started.stderr == "/no/such/city.yaml: cannot be read: No such file or directory\n"


def test_a_part_carries_no_other_parts_libraries(tmp_path: Path) -> None:
    with child([*COMMAND, configuration(tmp_path), "snmp"]) as part:
        until((tmp_path / "snmp.sock").exists, "the socket", part)
        loaded = Path(f"/proc/{part.pid}/maps").read_text()
    assert "gufo" in loaded
    assert not [library for library in ("numpy", "aiohttp", "pysnmp") if library in loaded]


def test_every_fault_of_the_configuration_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "exporter.yaml"
    path.write_text("inventory: city.yaml\nsnmp: {lisen: x, engine: carrier-pigeon}\n")
    with pytest.raises(ExporterError) as caught:
        read_config(path)
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == ["state", "snmp.engine", "snmp.lisen"]


def test_a_wrong_part_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["serve", "nmp", "--config", str(configuration(tmp_path))])
    assert caught.value.code == 2
    assert "nmp" in capsys.readouterr().err


def test_a_secret_comes_from_the_environment_or_a_file_and_never_into_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T_SECRET", "hunter2")
    (tmp_path / "secret").write_text("hunter3\n")
    assert secret("env:T_SECRET") == "hunter2"
    assert secret(f"file:{tmp_path}/secret") == "hunter3"
    with pytest.raises(ExporterError, match="T_UNSET is not set"):
        secret("env:T_UNSET")
