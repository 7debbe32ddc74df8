"""``import csv`` and ``import xlsx``: the preview first, then the file where somebody says yes."""

import sys
from pathlib import Path

import pytest

from inventory.cli import main
from inventory.reading import read_city

GOOD = "Nama;Subnet;Perangkat;Port;Bandwidth\nDinas A;10.1.0.1/24;mt;e1;50 Mbps\n"
BAD = GOOD + "Dinas B;10.2.0.0/33;mt;e2;50 Mbps\n"


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD)
    return tmp_path


def test_nothing_is_written_where_nobody_can_say_yes(lists: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "csv", str(lists / "good.csv"), "--out", str(lists / "city.yaml")]) == 1
    shown = capsys.readouterr()
    assert "baris    2  ditebak   dinas-a  Dinas A  10.1.0.0/24  mt/e1  50 Mbit/s" in shown.out
    assert "10.1.0.1/24 was read as 10.1.0.0/24" in shown.out and "add --yes" in shown.err
    assert not (lists / "city.yaml").exists()


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("Ya", 0), ("t", 1), ("", 1)])
def test_on_a_terminal_a_person_is_asked(
    answer: str, code: int, lists: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    assert main(["import", "csv", str(lists / "good.csv"), "--out", str(lists / "city.yaml")]) == code
    assert (lists / "city.yaml").exists() == (code == 0)
    assert "ditebak" in capsys.readouterr().out


def test_what_was_not_refused_is_written_and_the_refused_row_is_told(
    lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "xlsx", str(lists / "bad.csv"), "--yes", "--out", str(lists / "city.yaml")]) == 1
    assert [opd.name for opd in read_city(lists / "city.yaml").opds] == ["Dinas A"]
    assert "line 3: office dinas-b: prefix 10.2.0.0/33 is not a network" in capsys.readouterr().err


def test_the_printed_file_is_that_file_alone_and_the_preview_goes_beside(
    lists: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "csv", str(lists / "good.csv")]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("# Proposed by lebarpita-inventory") and "baris    2" not in printed.out
    assert "baris    2  ditebak" in printed.err


def test_where_discovery_may_go_is_read_like_any_prefix_and_echoed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["discover", "192.0.2.1", "--within", "10.9.0.1/16 dan 10.8.0.0/16"]) == 2
    said = capsys.readouterr().err
    assert "10.9.0.1/16 was read as 10.9.0.0/16" in said and "192.0.2.1 is outside" in said
