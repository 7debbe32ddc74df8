"""The page of the way of the data: begun by a button, run beside the pages, and the first fault with its cure first."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from children import until
from tracker_site import Site, new_site

from request_tracker.custody.examination import Examination, ExaminationResult

WELL = {"step": "clock", "title": ["jam", "clock"], "ok": True}
SEEN = {"step": "backup", "title": ["cadangan", "backup"], "ok": True, "said": ["3 jam lalu", "3 hours old"]}
NOTE = {
    **{"step": "bundles", "title": ["bundel", "bundles"], "ok": True, "note": True},
    **{"wrong": ["tidak terbaca", "unread"], "cure": ["ethtool", "ethtool"]},
}
WRONG = {
    **{"step": "disk", "title": ["disk", "disk"], "ok": False, "note": False},
    **{"wrong": ["<b>/srv</b>: tinggal 1 MB", "<b>/srv</b>: 1 MB are left"], "cure": ["pindahkan", "move it"]},
}


def site_of(folder: Path, said: str, code: int = 0) -> Site:
    """An office whose examination is a program that says that."""
    site = new_site(folder)
    program = f"import sys; sys.stdout.write({said!r}); raise SystemExit({code})"
    here = site.client.application.extensions["office"]
    object.__setattr__(here, "examination", Examination(folder, (sys.executable, "-c", program)))
    site.enter("admin")
    return site


def looked_at(site: Site) -> str:
    """The page when the run that its button begins has ended."""
    assert site.post("/jalan-data").status_code == 302
    return until(lambda: "" if "Sedang diperiksa" in (page := site.get("/jalan-data")) else page)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")


def test_what_was_never_looked_at_is_not_known(tmp_path: Path) -> None:
    page = site_of(tmp_path, "[]").get("/jalan-data")
    assert "Belum pernah diperiksa." in page and "Tidak ada yang salah" not in page


def test_the_first_fault_stands_first_with_its_cure_and_every_step_below_it(tmp_path: Path) -> None:
    page = looked_at(site_of(tmp_path, json.dumps([WELL, WRONG, SEEN, NOTE]), 1))
    assert "Yang pertama salah: disk" in page and "pindahkan" in page and "3 jam lalu" in page
    # What a device or a part says of itself is text.
    assert "&lt;b&gt;/srv&lt;/b&gt;" in page and "<b>/srv" not in page
    assert page.count('class="status good"') == 2 and 'class="status unknown"' in page and 'class="status bad"' in page


def test_it_is_said_in_english_too(tmp_path: Path) -> None:
    site = site_of(tmp_path, json.dumps([WELL, WRONG]))
    looked_at(site)
    site.client.get("/bahasa/en")
    page = site.get("/jalan-data")
    assert "What is wrong first: disk" in page and "1 MB are left" in page and "move it" in page


def test_where_nothing_is_wrong_it_says_so(tmp_path: Path) -> None:
    page = looked_at(site_of(tmp_path, json.dumps([WELL, SEEN])))
    assert "Tidak ada yang salah di sepanjang jalan." in page and 'id="pertama"' not in page


@pytest.mark.parametrize("said", ["", "no JSON", '{"ok": true}', '[{"ok": true}]', "[" * 5000])
def test_a_run_that_says_nothing_of_use_is_said_and_is_not_well(tmp_path: Path, said: str) -> None:
    page = looked_at(site_of(tmp_path, said, 3))
    assert "Pemeriksaan tidak dapat dijalankan" in page and "Tidak ada yang salah" not in page


def test_a_program_that_cannot_be_started_is_said(tmp_path: Path) -> None:
    examination = Examination(tmp_path, (str(tmp_path / "none"),))
    examination.begin()
    last, running = examination.standing()
    assert last is not None and last.problem is not None and running is None


def test_an_old_result_is_never_shown_as_how_it_is_now(tmp_path: Path) -> None:
    site = site_of(tmp_path, "")
    examination = site.client.application.extensions["office"].examination
    examination._last = ExaminationResult(datetime.now(UTC) - timedelta(hours=1))
    page = site.get("/jalan-data")
    assert "keadaan sekarang tidak diketahui" in page and "Tidak ada yang salah" not in page


def test_while_one_runs_the_page_answers_and_a_second_is_not_begun(tmp_path: Path) -> None:
    site = new_site(tmp_path)
    begun, wait = tmp_path / "begun", tmp_path / "wait"
    wait.touch()
    program = (
        f"import pathlib, time\nwith open({str(begun)!r}, 'a') as f: f.write('x')\n"
        f"while pathlib.Path({str(wait)!r}).exists(): time.sleep(0.05)\nprint('[]')"
    )
    here = site.client.application.extensions["office"]
    object.__setattr__(here, "examination", Examination(tmp_path, (sys.executable, "-c", program)))
    site.enter("admin")
    site.client.application.config["WTF_CSRF_ENABLED"] = False
    for _ in range(3):
        site.client.post("/jalan-data")
    answer = site.client.get("/jalan-data")
    assert "Sedang diperiksa" in answer.text and answer.headers["Refresh"] == "3"
    until(begun.exists)
    wait.unlink()
    until(lambda: "Sedang diperiksa" not in site.get("/jalan-data"))
    assert begun.read_text() == "x"


def test_the_run_is_the_command_itself_over_the_folder_of_the_settings(tmp_path: Path) -> None:
    site = new_site(tmp_path)
    here = site.client.application.extensions["office"]
    object.__setattr__(here, "examination", Examination(tmp_path))
    site.enter("admin")
    page = looked_at(site)
    # A folder without a single setting: the first step says so.
    assert "Yang pertama salah: setelan" in page and "city.yaml: is not there" in page
