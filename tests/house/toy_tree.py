"""A checkout's copy with a toy added: a folder of rooms in, programs that run over the copy out."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tree import ROOT, TESTS

ENDS_WITHIN_SECONDS = 120  # A program of the tracker starts within two seconds; a loaded machine needs twenty.


@dataclass(frozen=True)
class Toys:
    """A copy of some rooms; the other rooms are the checkout's own."""

    folder: Path

    def add(self, path: str, text: str) -> Path:
        """One more file; its name must be new, because a plug-in touches nothing that is there."""
        file = self.folder / path
        assert not file.exists(), f"{path} is there already; a toy brings files of its own"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """``python`` with these words over the copy; the tests' own modules may be imported too."""
        places = [self.folder, ROOT, TESTS, TESTS / "request_tracker", TESTS / "shaping"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places)), "PYTHONSAFEPATH": "1"}
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_SECONDS,
        )


def copied(folder: Path, *rooms: str) -> Toys:
    """These rooms of the checkout, without what Python has compiled."""
    for room in rooms:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return Toys(folder)
