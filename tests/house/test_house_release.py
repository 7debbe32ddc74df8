"""One version in every place that names it, notes for it in the changelog, and a wheel that is the same bytes twice."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest
from tree import ROOT

VERSION = str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = json.loads((ROOT / "docs" / "lebarpita-releases.json").read_text(encoding="utf-8"))
# Any moment after 1980, with which ZIP begins: a release names that of its commit (docs/how-to/supply-chain.md).
MOMENT = "1764460800"


def places() -> dict[str, str]:
    """Where the version stands, and what stands there."""
    images = re.findall(r"localhost/lebarpita-\w+:([\w.]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    heading = re.search(r"^## (\S+) \(\d{4}-\d\d-\d\d\)$", CHANGELOG, re.MULTILINE)
    assert images and heading
    return {
        "docker-compose.yml": " and ".join(sorted(set(images))),
        "CHANGELOG.md": heading[1],
        "docs/lebarpita-releases.json": RELEASES[0]["version"],
    }


def test_every_place_names_the_version_of_pyproject() -> None:
    assert places() == dict.fromkeys(places(), VERSION)


def test_the_newest_release_has_its_day_its_database_and_its_way_back() -> None:
    newest, before = RELEASES
    heading = re.search(rf"^## {re.escape(VERSION)} \((.*)\)$", CHANGELOG, re.MULTILINE)
    assert (
        heading
        and newest["day"] == heading[1]
        and date.fromisoformat(newest["day"]) > date.fromisoformat(before["day"])
    )
    fixtures = {path.name for path in (ROOT / "tests" / "golden" / "upgrades").iterdir()}
    assert newest["upgrades_from"] == before["version"] and before["version"].rpartition(".")[0] in fixtures
    assert re.search(rf"^### From {before['version'].rpartition('.')[0]}$", CHANGELOG, re.MULTILINE)


@pytest.mark.parametrize("word", ["backup", "migrations", "tracker.yaml", "Back:"])
def test_the_upgrade_notes_say_what_to_do_and_how_to_go_back(word: str) -> None:
    notes = CHANGELOG.partition("### From 0.1\n")[2].partition("\n### ")[0]
    assert word in notes


def wheel(folder: Path, umask: int) -> Path:
    """The wheel of a copy of the tree, made in another folder, under another umask, at the same named moment."""
    source = folder / "tree"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        if name.startswith("tests/") or not (ROOT / name).exists():
            continue
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target, follow_symlinks=False)
    command = (
        "import os, sys; os.umask(int(sys.argv[1])); from hatchling.build import build_wheel; build_wheel(sys.argv[2])"
    )
    subprocess.run(
        [sys.executable, "-c", command, str(umask), str(folder)],
        cwd=source,
        env={**os.environ, "SOURCE_DATE_EPOCH": MOMENT},
        check=True,
        capture_output=True,
    )
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_made_twice_is_the_same_bytes_and_holds_every_room(tmp_path: Path) -> None:
    made = []
    for name, umask in (("one", 0o022), ("another-and-longer", 0o077)):
        (tmp_path / name).mkdir()
        made.append(wheel(tmp_path / name, umask))
    first, second = (hashlib.sha256(path.read_bytes()).hexdigest() for path in made)
    # The express lane is compiled here, for this architecture and every Python 3.
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert made[0].name == made[1].name == f"lebarpita-{VERSION}-py3-none-{platform}.whl"
    assert first == second
    inside = set(zipfile.ZipFile(made[0]).namelist())
    assert {f"{room}/__init__.py" for room in ("runtime", "inventory", "exporter", "shaping", "operations")} <= inside
    assert "exporter/flows/native/express.so" in inside
    assert {"request_tracker/handbook/tutorial.md", "request_tracker/runbooks/LebarpitaOutage.md"} <= inside
    assert not [name for name in inside if name.startswith(("lab/", "tests/", "docs/"))]
