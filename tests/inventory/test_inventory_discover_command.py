"""``discover`` from the command to the file, against a real snmpd: credentials in turn, and a run that merges."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from snmp_scene import Snmpd, snmpd

from inventory.cli import main
from inventory.reading import parse_city

WITHIN = ["--within", "127.0.0.0/8"]


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snmpd]:
    monkeypatch.setenv("RIGHT", "lab")
    monkeypatch.setenv("WRONG", "lain")
    with snmpd(tmp_path) as running:
        yield running


def test_credentials_are_tried_in_turn_and_the_one_that_is_right_is_written(
    agent: Snmpd, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = ["--community-from", "env:WRONG", "--community-from", "env:RIGHT", "--port", str(agent.port)]
    assert main(["discover", "127.0.0.1", *WITHIN, *asked]) == 0
    city = parse_city(capfd.readouterr().out)
    assert [credential.community for credential in city.credentials] == ["env:RIGHT"]
    assert city.devices[0].snmp_port == agent.port


def test_a_merging_run_asks_with_the_files_own_credential_and_port_and_leaves_the_file_alone(
    agent: Snmpd, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = ["--community-from", "env:RIGHT", "--port", str(agent.port)]
    file = tmp_path / "city.yaml"
    assert main(["discover", "127.0.0.1", *WITHIN, *asked, "--out", str(file)]) == 0
    before = file.read_text()
    capfd.readouterr()
    assert main(["discover", "127.0.0.1", *WITHIN, "--merge", str(file), "--out", str(tmp_path / "new.yaml")]) == 0
    assert file.read_text() == before
    assert (tmp_path / "new.yaml").read_text() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "how to ask it? give --community-from env:NAME, or --user for v3"),
        (["--community-from", "hunter2"], "--community: not one of the values allowed; secrets are env:NAME"),
        (["--merge", "nowhere.yaml"], "nowhere.yaml: cannot be read"),
        (["--user", "u", "--auth", "ROT13"], "--auth: not one of the values allowed"),
    ],
)
def test_what_cannot_be_asked_with_is_a_sentence_without_the_secret(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["discover", "127.0.0.1", *WITHIN, *arguments]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "hunter2" not in told
