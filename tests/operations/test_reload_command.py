"""``lebarpita reload``: a right file is handed to every running unit, a wrong one to none."""

import os
from pathlib import Path

import pytest
from new_office import REFUSED, with_office

from operations.cli import main

SYSTEMCTL = """#!/bin/sh
echo "$*" >> "{asked}"
case "$*" in *shaping*) exit 3 ;; *"{bad}"*) exit 1 ;; esac
"""


def machine(folder: Path, monkeypatch: pytest.MonkeyPatch, bad: str = "nothing at all") -> Path:
    """A machine on which all parts but the shaping agent run."""
    asked, systemctl = folder / "asked", folder / "systemctl"
    systemctl.write_text(SYSTEMCTL.format(asked=asked, bad=bad))
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return asked


def city_file(folder: Path, text: str) -> str:
    path = folder / "city.yaml"
    path.write_text(text)
    return str(path)


def test_every_running_part_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = machine(tmp_path, monkeypatch)
    assert main(["reload", "--city", city_file(tmp_path, with_office())]) == 0
    told = [line for line in asked.read_text().splitlines() if line.startswith("reload")]
    assert told == [f"reload lebarpita-{part}" for part in ("snmp", "watch", "flows", "tracker")]
    assert "13 offices, right" in capsys.readouterr().out


def test_a_file_in_error_is_said_and_no_part_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = machine(tmp_path, monkeypatch)
    assert main(["reload", "--city", city_file(tmp_path, with_office(prefix=REFUSED))]) == 1
    assert REFUSED in capsys.readouterr().err and not asked.exists()


def test_a_part_that_cannot_be_told_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine(tmp_path, monkeypatch, bad="reload lebarpita-flows")
    assert main(["reload", "--city", city_file(tmp_path, with_office())]) == 1
    assert "lebarpita-flows: could not be told; systemctl status lebarpita-flows" in capsys.readouterr().err


def test_a_machine_without_systemd_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["reload", "--city", city_file(tmp_path, with_office())]) == 1
    assert "send SIGHUP to each part by hand" in capsys.readouterr().err
