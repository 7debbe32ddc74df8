"""Boards to files and back: builders in, ``boards/<uid>.json`` out. The files are committed; a test finds drift."""

import json
from pathlib import Path

from dashboards import BOARDS
from dashboards.board import TRACKER, dashboard
from dashboards.catalogue import ALL
from dashboards.panels import Json


def text_of(board: Json) -> str:
    """The committed form: sorted keys and one value a line, so that a change shows as a small difference."""
    return json.dumps(board, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def built(tracker: str = TRACKER) -> dict[str, str]:
    """File name to text, for every board; tickets and runbooks are pages of ``tracker``."""
    return {f"{board.uid}.json": text_of(dashboard(board, tracker)) for board in ALL}


def write(directory: Path = BOARDS, tracker: str = TRACKER) -> tuple[Path, ...]:
    """Write every board, take away files that no board makes any more; the files written."""
    files = built(tracker)
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    return tuple(directory / name for name in files)


def committed(directory: Path = BOARDS) -> tuple[Json, ...]:
    """The boards as they stand in the directory."""
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted(directory.glob("*.json")))


def drift(directory: Path = BOARDS) -> tuple[str, ...]:
    """Files that differ from what the builders make now."""
    there = {path.name: path.read_text(encoding="utf-8") for path in directory.glob("*.json")}
    wanted = built()
    return tuple(sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name)))
