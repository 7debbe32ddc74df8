"""``lab/environment`` in a folder of its own: made whole, left alone, and made anew from whatever was left half made.

``pip`` is a stand-in that installs nothing, each Python the one that runs the tests under another face: what is tried
is the order of steps and what is found afterwards. The real thing on a minimal Debian: CONTRIBUTING.md.
"""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from children import child, until

from lab.host import ROOT

EXPRESS = "exporter/flows/native/express.c"
LOCKS = ("requirements.lock", "requirements-test.lock", "pyproject.toml", EXPRESS)
# The stand-in for pip: says what it was asked, then fails, or stands still, as its folder says.
PIP = """
import pathlib, sys, time
root = pathlib.Path({root!r})
with (root / "asked").open("a") as asked:
    asked.write(" ".join(sys.argv[1:]) + chr(10))
while (root / "stand-still").exists():
    time.sleep(0.02)
sys.exit((root / "no-network").exists())
"""
# A Python whose venv module leaves what Debian's leaves without python3-venv: a folder with an interpreter, no pip.
NO_ENSUREPIP = """#!/bin/sh
case "$*" in
  *ensurepip*) exit 1 ;;
  *"-m venv"*) for folder; do :; done; "{python}" -m venv --without-pip "$folder"; exit 1 ;;
esac
exec "{python}" "$@"
"""
# A Python whose environments have the stand-in for pip.
ABLE = """#!/bin/sh
case "$*" in
  *"-m venv"*)
    for folder; do :; done
    "{python}" -m venv --without-pip "$folder" || exit 1
    site=$("$folder/bin/python" -c "import sysconfig; print(sysconfig.get_path('purelib'))")
    mkdir -p "$site/pip" && : > "$site/pip/__init__.py" && cp "{root}/pip.py" "$site/pip/__main__.py"
    exit ;;
esac
exec "{python}" "$@"
"""


@dataclass(frozen=True)
class Place:
    """A checkout with nothing but what the script reads."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    def environment(self, python: str) -> dict[str, str]:
        return {**os.environ, "PYTHON": str(self.root / python)}

    def make(self, *words: str, python: str = "able") -> "subprocess.CompletedProcess[str]":
        command = [str(self.root / "lab/environment"), *words]
        return subprocess.run(command, env=self.environment(python), capture_output=True, text=True, check=False)

    def asked(self) -> list[str]:
        """What pip was asked since the last time."""
        file = self.root / "asked"
        lines = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [line.removeprefix("install -q --disable-pip-version-check ") for line in lines]


ALL = ["--require-hashes -r requirements.lock", "--no-deps --no-build-isolation -e ."]


def furnished(root: Path) -> Place:
    (root / "lab").mkdir(parents=True)
    shutil.copy(ROOT / "lab/environment", root / "lab")
    (root / EXPRESS).parent.mkdir(parents=True)
    for name in LOCKS:
        (root / name).write_text(name)
    (root / "pip.py").write_text(PIP.format(root=str(root)))
    for name, text in (("able", ABLE), ("no-ensurepip", NO_ENSUREPIP)):
        (root / name).write_text(text.format(python=getattr(sys, "_base_executable", sys.executable), root=root))
        (root / name).chmod(0o755)
    return Place(root)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return furnished(tmp_path / "a checkout")


def test_it_makes_an_environment_and_leaves_a_whole_one_alone(place: Place) -> None:
    assert place.make().returncode == 0
    assert place.asked() == ALL
    made = (place.venv / "whole").stat().st_mtime_ns
    assert place.make().stdout == ""
    assert (place.asked(), (place.venv / "whole").stat().st_mtime_ns) == ([], made)


def test_a_python_without_ensurepip_is_a_sentence_and_leaves_nothing(place: Place) -> None:
    done = place.make(python="no-ensurepip")
    assert done.returncode == 1
    assert "run lab/packages setup" in done.stderr
    assert not place.venv.exists()
    assert place.make().returncode == 0


def test_what_a_python_without_ensurepip_left_behind_is_healed(place: Place) -> None:
    """The fault itself: ``python3 -m venv`` left an interpreter without pip, and it was taken as made."""
    subprocess.run([place.root / "no-ensurepip", "-m", "venv", place.venv], check=False)
    assert (place.venv / "bin/python").exists()
    assert place.make().returncode == 0
    assert place.asked() == ALL


def test_without_a_network_nothing_half_made_is_left(place: Place) -> None:
    (place.root / "no-network").touch()
    assert place.make().returncode == 1
    assert not place.venv.exists()
    (place.root / "no-network").unlink()
    assert place.make().returncode == 0


def test_killed_in_the_middle_it_begins_anew(place: Place) -> None:
    (place.root / "stand-still").touch()
    with child([place.root / "lab/environment"], env=place.environment("able"), start_new_session=True) as started:
        until((place.root / "asked").exists, "pip", started)
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    assert (place.venv / "bin/python").exists() and not (place.venv / "whole").exists()
    (place.venv / "left").touch()
    (place.root / "stand-still").unlink()
    place.asked()
    assert place.make().returncode == 0
    assert place.asked() == ALL and not (place.venv / "left").exists()


@pytest.mark.parametrize("spoil", ["no pip", "broken python", "another python", "old marker"])
def test_an_environment_that_was_spoilt_is_made_anew(place: Place, spoil: str) -> None:
    place.make()
    place.asked()
    whole = place.venv / "whole"
    if spoil == "no pip":
        shutil.rmtree(next(place.venv.glob("lib/python*/site-packages/pip")))
    elif spoil == "broken python":
        (place.venv / "bin/python").unlink()
        (place.venv / "bin/python").symlink_to("/no/such/python3")
    elif spoil == "another python":
        whole.write_text(whole.read_text().replace("cpython-3", "cpython-2"))
    else:
        whole.rename(place.venv / ".installed")
    assert place.make().returncode == 0
    assert place.asked() == ALL
    assert sys.implementation.cache_tag in whole.read_text()


def test_a_checkout_that_was_moved_is_made_anew(place: Place, tmp_path: Path) -> None:
    place.make()
    place.asked()
    shutil.move(place.root, tmp_path / "elsewhere")
    moved = Place(tmp_path / "elsewhere")
    for name in ("pip.py", "able"):
        file = moved.root / name
        file.write_text(file.read_text().replace(str(place.root), str(moved.root)))
    assert moved.make().returncode == 0
    assert moved.asked() == ALL


@pytest.mark.parametrize("name", ["requirements.lock", EXPRESS])
def test_a_lock_or_a_source_that_changed_is_installed_over_what_is_there(place: Place, name: str) -> None:
    place.make()
    place.asked()
    (place.venv / "of my own").touch()
    (place.root / name).write_text("newer")
    assert place.make().returncode == 0
    assert place.asked() == ALL
    assert (place.venv / "of my own").exists()


def test_tests_need_one_list_more_and_the_demo_is_content_with_theirs(place: Place) -> None:
    place.make()
    place.asked()
    assert place.make("test").returncode == 0
    assert place.asked()[-1] == "--require-hashes -r requirements-test.lock"
    assert place.make().returncode == place.make("test").returncode == 0
    assert place.asked() == []


def test_two_at_once_make_it_once(place: Place) -> None:
    (place.root / "stand-still").touch()
    command, here = [place.root / "lab/environment"], place.environment("able")
    with child(command, env=here) as first, child(command, env=here) as second:
        until((place.root / "asked").exists, "pip", first)
        (place.root / "stand-still").unlink()
        assert (first.wait(120), second.wait(120)) == (0, 0)
    assert place.asked() == ALL


def test_a_wrong_word_is_wrong_use(place: Place) -> None:
    assert place.make("everything").returncode == 2
