"""The boards as pictures, for a demo without Grafana: the pictures of the documentation in, a page of them out."""

import html

from dashboards import building
from lab.host import ROOT

FOLDER = ROOT / "docs" / "pictures"
# What a picture is of, by the last word of its name: the scenes that ``lab.preview`` draws.
SCENES = {"hari": "hari kerja", "gangguan": "saat tautan putus", "sakit": "saat tautan sakit"}
_PREFIX, UID = "boards-", "lebarpita-"


def names() -> tuple[str, ...]:
    """Every picture of a board, in the order of their names."""
    return tuple(path.name for path in sorted(FOLDER.glob(f"{_PREFIX}*.png")))


def picture(name: str) -> bytes | None:
    """One of them; None for any other name."""
    return (FOLDER / name).read_bytes() if name in names() else None


def figures() -> str:
    """All of them as the body of a page; they show made-up scenes, and say so."""
    rows, titles = [], {board["uid"].removeprefix(UID): board["title"] for board in building.committed()}
    for name in names():
        board, _, scene = name.removeprefix(_PREFIX).removesuffix(".png").rpartition("-")
        title = html.escape(f"{titles.get(board, board)} · {SCENES.get(scene, scene)}")
        caption = f"<figcaption><h2>{title}</h2><p class='to'>data karangan (demo)</p></figcaption>"
        rows.append(f"<figure>{caption}<img src='/papan/{name}' alt='{title}' loading='lazy'></figure>")
    return "\n".join(rows)
