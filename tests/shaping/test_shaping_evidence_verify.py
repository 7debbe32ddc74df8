"""``evidence verify`` finds every byte that was changed and every line that was moved, and says where."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from evidences import EvidenceScene

from shaping.cli import main
from shaping.delivery import Verdict
from shaping.evidence.check import check_files
from shaping.evidence.lines import GENESIS, canonical, line_of
from shaping.queues import Queue

EXAMPLE = Path("inventory/example/city.yaml").resolve()
OTHER = Queue("diskominfo", "transmit", 625_000, 2_500_000)


@pytest.fixture
def scene(tmp_path: Path) -> EvidenceScene:
    """Seven hours of two offices, and a hole of an hour in them; then the next quarter's first hour."""
    scene = EvidenceScene(tmp_path / "state")
    scene.hours(Verdict.MET, Verdict.IDLE, Verdict.MISSED, count=2)
    scene.sleep(2 * 3600)
    scene.judge(Verdict.UNDECIDABLE, queue=OTHER)
    scene.hours(Verdict.MET, count=3)
    scene.wall = datetime(2026, 12, 31, 17, 5, tzinfo=UTC).timestamp()
    scene.hours(Verdict.MET)
    return scene


@pytest.fixture
def small(tmp_path: Path) -> bytes:
    """The file of two hours."""
    scene = EvidenceScene(tmp_path / "small")
    scene.hours(Verdict.MET, Verdict.MISSED, count=2)
    return scene.files[0].read_bytes()


@pytest.fixture
def config(scene: EvidenceScene, tmp_path: Path) -> str:
    """The agent's settings."""
    path = tmp_path / "shaping.yaml"
    path.write_text(
        f"inventory: {EXAMPLE}\nuplink: isp-utama\ntracker: http://127.0.0.1:9\ntoken: env:SHAPING_TOKEN\n"
        f"state: {scene.state}\n"
    )
    return str(path)


def test_sound_files_are_summed_for_each_office(
    config: str, scene: EvidenceScene, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evidence", "verify", "--config", config]) == 0
    out, err = capsys.readouterr()
    assert "dinkes: kept in 80.00 % of 10 decided windows, 2 missed, 0 not decidable" in out
    assert "diskominfo: nothing decided, 0 decided windows, 0 missed, 1 not decidable" in out
    assert "2026Q4.jsonl: no line from 2026-11-30T08:00:00Z to 2026-11-30T09:00:00Z" in out
    assert f"head {scene.duty.head.hash if scene.duty.head else ''}" in out and err == ""


def test_a_quarter_by_its_name_and_a_copy_by_its_path_are_the_same(
    config: str, scene: EvidenceScene, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "from-the-office.txt"
    copy.write_bytes(scene.files[0].read_bytes())
    answers = []
    for which in (["2026Q4", "--config", config], [str(copy)]):
        assert main(["evidence", "verify", *which, "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[0]["offices"] == answers[1]["offices"]
    assert answers[0]["quarters"][0]["head"] == answers[1]["quarters"][0]["head"]
    assert answers[0]["sound"] and answers[0]["quarters"][0]["hours"] == 7


def test_every_byte_that_is_changed_is_found_with_its_line(small: bytes, tmp_path: Path) -> None:
    sound, copy = small, tmp_path / "2026Q4.jsonl"
    for place in range(len(sound)):
        copy.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        faults = check_files([copy]).faults
        assert faults and faults[0].line == sound[:place].count(b"\n") + 1, place


def test_every_place_at_which_it_is_cut_is_found_or_is_the_end_of_a_line(small: bytes, tmp_path: Path) -> None:
    sound, copy = small, tmp_path / "2026Q4.jsonl"
    for size in range(len(sound)):
        copy.write_bytes(sound[:size])
        assert bool(check_files([copy]).faults) != (size > 0 and sound[:size].endswith(b"\n"))


def line_numbers(copy: Path, lines: list[bytes]) -> list[int]:
    copy.write_bytes(b"".join(lines))
    return [fault.line for fault in check_files([copy]).faults]


def test_lines_that_are_removed_doubled_or_swapped_are_found(scene: EvidenceScene, tmp_path: Path) -> None:
    lines = scene.files[0].read_bytes().splitlines(keepends=True)
    copy = tmp_path / "2026Q4.jsonl"
    for place in range(1, len(lines) - 1):
        assert line_numbers(copy, lines[:place] + lines[place + 1 :]) == [place + 1]
        assert line_numbers(copy, [*lines[: place + 1], *lines[place:]])[0] == place + 2
        swapped = [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]]
        assert line_numbers(copy, swapped)[0] == place + 1
    assert line_numbers(copy, lines[1:])[0] == 1


def test_a_line_that_is_made_anew_with_its_hash_does_not_hold_the_next(scene: EvidenceScene, tmp_path: Path) -> None:
    lines = scene.files[0].read_bytes().splitlines(keepends=True)
    body = json.loads(lines[1])
    content = {key: value for key, value in body.items() if key not in ("hash", "before")}
    lines[1] = line_of({**content, "missed": []}, body["before"])[0]
    assert line_numbers(tmp_path / "2026Q4.jsonl", lines) == [3]


def test_the_end_of_a_quarter_is_held_by_the_next_quarter_s_head(scene: EvidenceScene) -> None:
    first = scene.files[0]
    first.write_bytes(b"".join(first.read_bytes().splitlines(keepends=True)[:-1]))
    (fault,) = check_files(scene.files).faults
    assert fault.file.endswith("2027Q1.jsonl") and "does not follow the end of" in fault.sentence


def test_an_end_that_was_cut_off_is_told_by_the_fingerprint_on_a_paper(
    config: str, scene: EvidenceScene, capsys: pytest.CaptureFixture[str]
) -> None:
    head, verify = json.loads(scene.files[1].read_bytes().splitlines()[-1])["hash"], ["evidence", "verify"]
    assert main([*verify, "2027Q1", "--config", config, "--hash", head[:12]]) == 0
    scene.files[1].write_bytes(scene.files[1].read_bytes().splitlines(keepends=True)[0])
    capsys.readouterr()
    assert main([*verify, "2027Q1", "--config", config, "--hash", head[:12]]) == 1
    assert f"no line has the fingerprint {head[:12]}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        {"offices": None},
        {"offices": [[]]},
        {"offices": [["dinkes", "receive", 1, "", 1, -1, 0, 0, 0, 0, 0]]},
        {"offices": [["dinkes", "receive", 1, "", 1, True, 0, 0, 0, 0, 0]]},
        {"offices": [[7, "receive", 1, "", 1, 1, 0, 0, 0, 0, 0]]},
        {"missed": {}},
        {"hour": "noon"},
        {"hour": 5},
        {"hour": "2026-11-30T12:00:00+07:00"},
        {"hour": "2027-06-30T05:00:00Z", "begin": "2027-06-30T05:00:00Z", "end": "2027-06-30T05:00:00Z"},
        {"begin": "2026-11-30T04:00:00Z"},
        {"end": "2026-11-30T09:00:00Z"},
        {"kind": "day"},
    ],
    ids=canonical,
)
def test_a_line_that_hangs_together_and_says_nonsense_is_told(
    scene: EvidenceScene, tmp_path: Path, change: dict[str, Any]
) -> None:
    lines = scene.files[0].read_bytes().splitlines(keepends=True)[:2]
    body = json.loads(lines[1])
    content = {key: value for key, value in body.items() if key not in ("hash", "before")}
    assert line_numbers(tmp_path / "2026Q4.jsonl", [lines[0], line_of({**content, **change}, body["before"])[0]]) == [2]


@pytest.mark.parametrize(
    "change",
    [{"kind": "x"}, {"zone": "Mars/Olympus"}, {"zone": ""}, {"quarter": "2026Q3"}, {"uplink": 7}, {"follows": None}],
    ids=canonical,
)
def test_a_head_that_says_nonsense_is_told(scene: EvidenceScene, tmp_path: Path, change: dict[str, Any]) -> None:
    body = json.loads(scene.files[0].read_bytes().splitlines()[0])
    content = {key: value for key, value in body.items() if key not in ("hash", "before")}
    assert line_numbers(tmp_path / "2026Q4.jsonl", [line_of({**content, **change}, GENESIS)[0]]) == [1]


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 4096, b"\xff\xfe\n" * 50, b"[" * 100_000 + b"\n", b"{}\n"])
def test_what_is_no_evidence_is_told_and_never_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = tmp_path / "something"
    path.write_bytes(content)
    assert main(["evidence", "verify", str(path)]) == 1
    assert f"{path} line 1: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "add --config"),
        (["2026Q4"], "add --config"),
        (["/nowhere/2026Q4.jsonl"], "no such file"),
        (["2031Q1", "--config", "CONFIG"], "quarters there: 2026Q4, 2027Q1"),
        (["--config", "CONFIG", "--hash", "abc"], "no fingerprint"),
        (["--config", "/nowhere/shaping.yaml"], "/nowhere/shaping.yaml"),
    ],
)
def test_wrong_input_gets_a_sentence(
    config: str, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(["evidence", "verify", *(config if each == "CONFIG" else each for each in arguments)]) == 1
    assert sentence in capsys.readouterr().err


def test_an_agent_without_evidence_yet_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "shaping.yaml"
    path.write_text(
        f"inventory: {EXAMPLE}\nuplink: isp-utama\ntracker: http://127.0.0.1:9\ntoken: env:T\nstate: {tmp_path}\n"
    )
    assert main(["evidence", "verify", "--config", str(path)]) == 1
    assert "there is no evidence yet" in capsys.readouterr().err
