"""A board and its answers in, a picture out: npm's packages, one bundle, a headless Chromium that photographs it."""

import io
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from dashboards.panels import Json
from lab import LabError
from lab.preview.asking import STEP_SECONDS, PictureTime

HERE = Path(__file__).parent
# Wide as a notebook of the desk; the height is the board's: Grafana's row is 38 px, its head 44.
_WIDTH, _ROW, _HEAD = 1600, 38, 52
# As many as a PNG's palette holds.
_COLOURS = 256
# Virtual time: a page that has drawn all is photographed at once.
_PATIENCE_MS = 15_000
# The packages are 420 MB once; a slow line needs its time for that. A picture takes seconds.
_INSTALL_SECONDS, _DRAW_SECONDS = 1800, 180


def small(picture: bytes) -> bytes:
    """The same PNG in a third of its bytes; thin lines keep their colours, shades of text share theirs."""
    page = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS, Image.Quantize.MAXCOVERAGE).save(
        page, "PNG", optimize=True
    )
    return page.getvalue()


@dataclass(frozen=True)
class Studio:
    """Where the packages, the bundle and the pages stand."""

    home: Path

    def prepare(self) -> None:
        """Install the packages where they are missing or of another version, and bundle. Raises LabError."""
        for program in ("npm", "node", "chromium"):
            if not shutil.which(program):
                raise LabError(f"{program} is missing; pictures of the boards need npm, node and chromium")
        self.home.mkdir(parents=True, exist_ok=True)
        wanted = (HERE / "package.json").read_bytes()
        stamp = self.home / "installed.json"
        if not stamp.is_file() or stamp.read_bytes() != wanted:
            (self.home / "package.json").write_bytes(wanted)
            # No script of a package is run: none of these needs any.
            install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"]
            self._run(install, _INSTALL_SECONDS)
            stamp.write_bytes(wanted)
        (self.home / "bundle.mjs").write_bytes((HERE / "bundle.mjs").read_bytes())
        self._run(["node", "bundle.mjs", str(HERE / "view.tsx"), "view.js"], _DRAW_SECONDS)

    def draw(self, board: Json, answers: dict[str, dict[str, Any]], moment: PictureTime, note: str) -> bytes:
        """The picture (PNG) of one board; ``note`` stands beside its title. Raises LabError."""
        times = {"from": moment.since, "to": moment.now, "step": STEP_SECONDS}
        page = json.dumps({"board": board, "answers": answers, "note": note, **times}, ensure_ascii=False)
        text = (HERE / "page.html").read_text(encoding="utf-8").replace("PAGE_DATA", page.replace("</", "<\\/"))
        (self.home / "page.html").write_text(text, encoding="utf-8")
        rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board["panels"])
        picture = self.home / "page.png"
        picture.unlink(missing_ok=True)
        switches = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        switches += [f"--window-size={_WIDTH},{_HEAD + rows * _ROW}", f"--virtual-time-budget={_PATIENCE_MS}"]
        switches += ["--allow-file-access-from-files", f"--screenshot={picture}", (self.home / "page.html").as_uri()]
        self._run(["chromium", *switches], _DRAW_SECONDS)
        if not picture.is_file():
            raise LabError(f"chromium made no picture of {board['uid']}")
        return small(picture.read_bytes())

    def _run(self, command: Sequence[str], seconds: int) -> None:
        try:
            done = subprocess.run(command, cwd=self.home, capture_output=True, text=True, check=False, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise LabError(f"{command[0]} took longer than {seconds} s") from error
        if done.returncode:
            raise LabError(f"{' '.join(command[:3])} failed: {done.stderr.strip() or done.stdout.strip()}")
