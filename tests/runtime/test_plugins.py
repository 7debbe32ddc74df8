"""A folder of plug-ins is read by its names; nothing in it is imported, and what is not installed has none."""

import sys
from pathlib import Path

import pytest

from runtime.plugins import plugins, plugins_in


def test_the_names_are_the_files_and_folders_but_what_they_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "toybox"
    (folder / "train").mkdir(parents=True)
    for file in ("__init__.py", "base.py", "car.py", "train/__init__.py"):
        (folder / file).write_text("" if file == "__init__.py" else "raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert plugins("toybox", "base") == ("car", "train")
    assert plugins_in([str(folder)]) == ("base", "car", "train")
    assert not {name for name in sys.modules if name.startswith("toybox.")}


def test_a_package_that_is_not_installed_has_none() -> None:
    assert plugins("no_such_package_here") == ()
