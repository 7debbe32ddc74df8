"""A disk that is really full (ENOSPC on a disk of its own): each part keeps what it told, and goes on with room."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tree import ROOT

pytestmark = [pytest.mark.lab, pytest.mark.timeout(1200)]
# A mount that only this command sees: with its namespace it is gone.
MOUNT = 'mount -t tmpfs -o size="$1" none "$2" && shift && shift && exec "$@"'


def scene(name: str, folder: Path, megabytes: int) -> dict[str, Any]:
    """Play a scene of ``full_disk_scenes`` on a disk of that size; what it told."""
    disk = folder / "disk"
    disk.mkdir()
    program = [sys.executable, str(ROOT / "tests" / "full_disk_scenes.py"), name, str(disk)]
    namespace = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh"]
    done = subprocess.run(
        [*namespace, f"{megabytes}m", str(disk), *program],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_the_tracker_on_a_full_disk_keeps_what_it_told_answers_every_page_and_takes_the_form_once_there_is_room(
    tmp_path: Path,
) -> None:
    told = scene("tracker", tmp_path, 12)
    status, page = told["full"]
    assert told["told"] > 5, told
    assert status == 503 and "penyimpanan pelacak penuh" in page and "Traceback" not in page
    assert told["pages"] == dict.fromkeys(told["pages"], 200)
    assert told["health"] == {"/healthz": 200, "/readyz": 503, "/api/health": 503}
    assert (told["again"], told["stored"], told["faults"]) == (200, told["told"] + 1, [])


def test_the_watch_on_a_full_disk_counts_what_it_could_not_write_and_loses_nothing_that_it_did(tmp_path: Path) -> None:
    told = scene("watch", tmp_path, 1)
    kept = [root for root in told["roots"] if not root.startswith("full-")]
    assert (told["failures"], told["anew_failures"], kept) == (1, 0, ["root-0", "root-1", "root-2", "after"])
    assert len(told["roots"]) == 4 + told["written"]


def test_the_shaper_on_a_full_disk_keeps_the_last_good_ledger_until_the_next_is_whole(tmp_path: Path) -> None:
    told = scene("shaping", tmp_path, 1)
    assert told["refused"] == "No space left on device"
    assert (told["during"], told["after"]) == ({"revision": 1}, {"revision": 2})
    assert told["left"] == ["ledger.json"]


def test_the_history_on_a_full_disk_leaves_no_half_minute_and_writes_the_next_one_whole(tmp_path: Path) -> None:
    told = scene("history", tmp_path, 4)
    assert told["codes"] == [1, 0] and told["half"] == []
    assert told["total"] == told["wanted"]


def test_a_part_whose_disk_is_full_is_alive_and_not_ready_and_says_which_folder(tmp_path: Path) -> None:
    told = scene("readiness", tmp_path, 1)
    assert (told["before"], told["after"]) == (None, None)
    assert told["during"].endswith("/disk: cannot be written: No space left on device")
