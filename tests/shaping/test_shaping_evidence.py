"""An hour has one line, whatever the clock, the disk and a kill do; and nothing that was counted is lost."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from evidences import EvidenceScene
from hypothesis import given, settings
from hypothesis import strategies as st

from shaping.delivery import Verdict
from shaping.evidence import files
from shaping.evidence.check import check_files
from shaping.evidence.hours import MOST_FIGURES
from shaping.evidence.lines import COLUMNS, GENESIS, MISSED_COLUMNS, VERDICTS

ACTS = ["on", "back", "ahead", "stop", "kill"]
MET, MISSED, IDLE = Verdict.MET, Verdict.MISSED, Verdict.IDLE


@pytest.fixture
def scene(tmp_path: Path) -> EvidenceScene:
    """An agent at half past noon, without any evidence."""
    return EvidenceScene(tmp_path)


def bodies(scene: EvidenceScene) -> list[dict[str, Any]]:
    return [json.loads(line) for path in scene.files for line in path.read_bytes().splitlines()]


def hours(scene: EvidenceScene) -> list[dict[str, Any]]:
    return [body for body in bodies(scene) if body["kind"] == "hour"]


def counts(body: dict[str, Any]) -> dict[str, int]:
    """The sums of an hour's line by verdict, where they are not nought."""
    totals = {verdict: sum(row[COLUMNS.index(verdict)] for row in body["offices"]) for verdict in VERDICTS}
    return {verdict: total for verdict, total in totals.items() if total}


def sound(scene: EvidenceScene) -> bool:
    return not check_files(scene.files).faults


def test_an_hour_s_line_says_what_was_judged_under_which_revision_and_guarantee(scene: EvidenceScene) -> None:
    scene.hours(MET, MET, IDLE)
    (body,) = hours(scene)
    assert body["offices"] == [["dinkes", "receive", 17, "", 625_000, 1, 0, 2, 0, 0, 0]]
    assert (body["hour"], body["begin"]) == ("2026-11-30T05:00:00Z", "2026-11-30T05:30:00Z")
    assert [path.name for path in scene.files] == ["2026Q4.jsonl"] and sound(scene)


def test_a_missed_window_is_written_with_its_figures(scene: EvidenceScene) -> None:
    scene.hours(MISSED)
    figures = dict(zip(MISSED_COLUMNS, hours(scene)[0]["missed"][0], strict=True))
    assert figures == {
        "opd": "dinkes",
        "direction": "receive",
        "revision": 17,
        "began": "2026-11-30T05:29:45Z",
        "seconds": 15.0,
        "demand_seconds": 7.5,
        "bytes_per_second": 100_000,
        "guaranteed_bytes_per_second": 625_000,
    }


def test_of_many_misses_all_are_counted_and_the_first_have_figures(scene: EvidenceScene) -> None:
    scene.hours(*[MISSED] * 240)
    assert counts(hours(scene)[0]) == {"missed": 240} and len(hours(scene)[0]["missed"]) == MOST_FIGURES


def test_an_hour_in_which_nothing_was_judged_has_its_line(scene: EvidenceScene) -> None:
    scene.hours(count=3)
    assert [body["offices"] for body in hours(scene)] == [[], [], []]


def test_the_files_are_their_owner_s_alone(scene: EvidenceScene) -> None:
    scene.hours(MET)
    assert [stat.S_IMODE(path.stat().st_mode) for path in scene.files] == [0o600]


def test_a_quarter_turns_at_the_city_s_midnight_and_names_the_hash_before(scene: EvidenceScene) -> None:
    # The last hour of 2026 in Jakarta is 16.00 to 17.00 UTC.
    scene.wall = datetime(2026, 12, 31, 16, 10, tzinfo=UTC).timestamp()
    scene.hours(MET, count=2)
    first, second = ([json.loads(line) for line in path.read_bytes().splitlines()] for path in scene.files)
    assert [path.name for path in scene.files] == ["2026Q4.jsonl", "2027Q1.jsonl"]
    assert (first[0]["before"], first[0]["follows"]) == (GENESIS, "")
    assert (second[0]["before"], second[0]["follows"]) == (first[-1]["hash"], "2026Q4")
    assert second[-1]["hour"] == "2026-12-31T17:00:00Z" and sound(scene)


def test_an_agent_that_ends_and_begins_again_counts_on_in_the_same_hour(scene: EvidenceScene) -> None:
    scene.judge(MET)
    scene.duty.close()
    scene.restart()
    scene.sleep(60)
    scene.hours(IDLE)
    assert [counts(body) for body in hours(scene)] == [{"idle": 1, "met": 1}] and sound(scene)


def test_an_agent_that_was_off_for_hours_writes_what_it_had_and_leaves_a_gap(scene: EvidenceScene) -> None:
    scene.judge(MET)
    scene.duty.close()
    scene.restart()
    scene.sleep(3 * 3600)
    scene.hours(IDLE)
    assert [(body["hour"], counts(body)) for body in hours(scene)] == [
        ("2026-11-30T05:00:00Z", {"met": 1}),
        ("2026-11-30T08:00:00Z", {"idle": 1}),
    ]
    assert len(check_files(scene.files).gaps) == 1 and sound(scene)


def test_a_killed_agent_loses_a_minute_at_the_most(scene: EvidenceScene) -> None:
    scene.judge(MET)
    scene.sleep(61)
    scene.judge(MET)
    scene.judge(IDLE)  # Within the minute: only in memory.
    scene.restart()
    scene.hours()
    assert counts(hours(scene)[0]) == {"met": 2}


@pytest.mark.parametrize("kept", range(0, 400, 7))
def test_a_half_written_last_line_is_set_aside_and_no_whole_line_is_lost(
    scene: EvidenceScene, caplog: pytest.LogCaptureFixture, kept: int
) -> None:
    scene.hours(MET, count=2)
    (path,), whole = scene.files, scene.files[0].read_bytes()
    scene.judge(MISSED)
    scene.duty.close()
    scene.sleep(3600)
    # Killed between the write and the end of the line: the hour is still in the file of the open one.
    path.write_bytes(whole + whole.splitlines(keepends=True)[-1][:-1][:kept])
    scene.restart()
    scene.hours(IDLE)
    assert path.read_bytes().startswith(whole) and sound(scene)
    assert [counts(body) for body in hours(scene)] == [{"met": 1}, {"met": 1}, {"missed": 1}, {"idle": 1}]
    broken = list(path.parent.glob("*.broken-*"))
    assert len(broken) == (1 if kept else 0) and ("event=evidence_mended" in caplog.text) == bool(kept)


def test_a_first_line_that_was_never_whole_is_written_anew(scene: EvidenceScene) -> None:
    scene.duty.folder.mkdir()
    (scene.duty.folder / "2026Q4.jsonl").write_bytes(b'{"before":"0000')
    scene.hours(MET)
    assert [body["kind"] for body in bodies(scene)] == ["quarter", "hour"] and sound(scene)


def test_a_disk_that_fills_up_in_the_middle_of_a_line_leaves_the_file_as_it_was(
    scene: EvidenceScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.hours(MET)
    before = scene.files[0].read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    scene.judge(MISSED)
    scene.sleep(3600)
    with pytest.raises(OSError, match="No space"):
        scene.duty.write()
    assert scene.files[0].read_bytes() == before
    # The agent goes on, and writes both hours as soon as there is room.
    monkeypatch.undo()
    scene.hours(IDLE)
    assert [counts(body) for body in hours(scene)] == [{"met": 1}, {"missed": 1}, {"idle": 1}] and sound(scene)


def test_a_line_that_stands_is_not_written_again_where_only_the_folder_s_fsync_failed(
    scene: EvidenceScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ill(folder: Path) -> None:
        raise OSError(5, "Input/output error")

    scene.judge(MET)
    scene.sleep(3600)
    monkeypatch.setattr(files, "settle", ill)
    with pytest.raises(OSError, match="Input/output"):
        scene.duty.write()
    monkeypatch.undo()
    scene.hours(IDLE)
    assert [counts(body) for body in hours(scene)] == [{"met": 1}, {"idle": 1}] and sound(scene)


def test_a_clock_that_is_set_back_makes_no_second_line_of_an_hour(scene: EvidenceScene) -> None:
    scene.hours(MET)
    scene.wall -= 2 * 3600
    scene.hours(IDLE, count=2)
    found = hours(scene)
    assert [body["hour"][11:16] for body in found] == ["05:00", "06:00", "07:00"] and sound(scene)
    assert [body.get("clock_behind_seconds") for body in found] == [None, 5400, 7200 - 1800]


def test_a_clock_that_is_set_back_over_a_restart_goes_on_behind_the_last_line(scene: EvidenceScene) -> None:
    scene.hours(MET)
    scene.duty.close()
    scene.wall -= 30 * 24 * 3600
    scene.restart()
    scene.hours(IDLE)
    assert [body["hour"] for body in hours(scene)] == ["2026-11-30T05:00:00Z", "2026-11-30T06:00:00Z"] and sound(scene)


def test_what_was_open_when_the_clock_was_set_back_over_a_restart_is_counted_on(scene: EvidenceScene) -> None:
    scene.hours(MET)
    scene.judge(MISSED)
    scene.duty.close()
    scene.wall -= 30 * 24 * 3600
    scene.restart()
    scene.hours(IDLE)
    assert [counts(body) for body in hours(scene)] == [{"met": 1}, {"idle": 1, "missed": 1}] and sound(scene)


def test_a_clock_that_ran_ahead_loses_nothing_when_it_is_right_again(scene: EvidenceScene) -> None:
    scene.wall += 365 * 24 * 3600
    scene.hours(MET)
    scene.wall -= 365 * 24 * 3600
    scene.hours(IDLE, count=3)
    assert sum(counts(body).get("idle", 0) for body in hours(scene)) == 3 and sound(scene)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9_000)), max_size=15))
def test_whatever_clock_and_processes_do_the_chain_is_sound_and_its_hours_differ(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    scene = EvidenceScene(tmp_path_factory.mktemp("evidence"))
    for act, seconds in steps:
        if act in ("on", "kill", "stop"):
            scene.sleep(seconds)
        scene.wall += {"back": -seconds, "ahead": seconds}.get(act, 0)
        if act == "stop":
            scene.duty.close()
        if act in ("kill", "stop"):
            scene.restart()
        scene.judge(MET)
    # Whoever ends in order loses nothing, whatever the clock did meanwhile.
    kept = [*hours(scene), *([scene.duty.hours.open.body] if scene.duty.hours.open else [])]
    if "kill" not in {act for act, _ in steps}:
        assert sum(counts(body).get("met", 0) for body in kept) == len(steps)
    found = [body["hour"] for body in hours(scene)]
    assert found == sorted(set(found))
    assert not scene.files or sound(scene)
