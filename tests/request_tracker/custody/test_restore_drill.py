"""A drill restores, verifies and leaves nothing but its record; a lost server comes back with its minutes printed."""

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from backup_place import Place
from served_office import configuration, serving
from tracker_office import MONDAY, request
from tree import ROOT

from request_tracker.custody.backup import SETTINGS
from request_tracker.custody.shipping import DRILLED, last


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "kantor")


def drilled(place: Place) -> list[Any]:
    return list(place.desk.store.rows("SELECT subject, data FROM rights_journal WHERE kind = ?", [DRILLED]))


def test_a_drill_says_its_minutes_and_what_is_newer_and_leaves_its_record(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scratch := tmp_path / "scratch").mkdir()
    (folder := tmp_path / "cadangan").mkdir()
    assert place.run("backup", str(folder / "lebarpita-20261130T013000Z.zip")) == 0
    before = last(place.desk.store, DRILLED, datetime.now(UTC))
    request(place.desk, now=MONDAY)
    assert place.run("drill", str(folder), "--scratch", str(scratch)) == 0
    said = capsys.readouterr().out
    assert "1 papers, restored and verified" in said and "events are newer than this backup" in said
    (row,) = drilled(place)
    assert row["subject"] == "backup:lebarpita-20261130T013000Z.zip" and '"faults":0' in str(row["data"])
    after = last(place.desk.store, DRILLED, datetime.now(UTC))
    assert before is not None and after is not None and after != before
    assert list(scratch.iterdir()) == []


def test_a_drill_of_an_office_that_does_not_verify_is_recorded_and_does_not_count(place: Place, tmp_path: Path) -> None:
    before = last(place.desk.store, DRILLED, datetime.now(UTC))
    # A paper that was lost before the backup was taken: the backup says so, and so does what it gives back.
    place.paper.unlink()
    assert place.run("backup", str(tmp_path / "a.zip")) == 1
    assert place.run("drill", str(tmp_path / "a.zip")) == 1
    assert len(drilled(place)) == 1 and last(place.desk.store, DRILLED, datetime.now(UTC)) == before


def test_a_damaged_backup_fails_the_drill(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK no backup")
    assert place.run("drill", str(tmp_path / "a.zip")) == 1
    assert "is no backup" in capsys.readouterr().err and drilled(place) == []


def test_a_server_that_is_lost_serves_again_from_its_backup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tracker = [sys.executable, "-m", "request_tracker.cli"]
    kept = tmp_path / "elsewhere.zip"
    (old := tmp_path / "old").mkdir()
    with serving(old) as served:
        assert served.get("/permohonan")[0] == 200
        words = ["backup", str(kept), "--config", str(old / "tracker.yaml")]
        subprocess.run([*tracker, *words], cwd=ROOT, check=True, capture_output=True)
    shutil.rmtree(old)

    began = time.monotonic()
    (new := tmp_path / "new").mkdir()
    with ZipFile(kept) as opened:
        opened.extractall(new)
    city = str(new / SETTINGS / "city.yaml")
    settings = configuration(new, 1, inventory=city)
    words = ["restore", str(kept), "--config", str(settings)]
    done = subprocess.run([*tracker, *words], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "restored and verified" in done.stdout
    with serving(new, inventory=city) as served:
        assert served.get("/permohonan")[0] == 200
        minutes = (time.monotonic() - began) / 60
    with capsys.disabled():
        print(f"\nserver lost -> new server serving: {minutes:.2f} minutes of machine time")
