"""Which pages the site has and in what order: the tree in, shelves of pages out.

The shelves are those of the tracker's handbook (``/buku``), so that both have one order; runbooks and the pages of the
root stand beside them. Every page of docs/ stands on a shelf, or the site is not built.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from request_tracker.web.public.handbook_texts import SHELVES

RUNBOOKS = ("runbooks", "id", "Buku tindakan", "Runbooks")
# Pages that stand in the root, where those who look for them do; the first is the site's first.
OF_ROOT = {"README.md": "en", "README.id.md": "id", "CHANGELOG.md": "en", "CONTRIBUTING.md": "en", "SECURITY.md": "en"}


@dataclass(frozen=True)
class SitePage:
    """One page: its file, as the tree names it, and its language."""

    source: PurePosixPath
    language: str

    @property
    def address(self) -> PurePosixPath:
        """Its place in the site; what a folder calls its README is what a web server serves for the folder."""
        place = self.source.relative_to("docs") if self.source.parts[0] == "docs" else self.source
        return place.with_name(place.name.replace("README", "index")).with_suffix(".html")


@dataclass(frozen=True)
class Shelf:
    """One entry of the navigation, with its pages in order."""

    title: str
    pages: tuple[SitePage, ...]


def shelves(root: Path) -> tuple[Shelf, ...]:
    """The whole navigation, the tutorial first."""
    first = Shelf("Tutorial", (SitePage(PurePosixPath("docs/tutorial.md"), "en"),))
    folders = (Shelf(english, tuple(_of(root, name, language))) for name, language, _, english in (*SHELVES, RUNBOOKS))
    project = Shelf("Project", tuple(SitePage(PurePosixPath(name), language) for name, language in OF_ROOT.items()))
    return (first, *folders, project)


def lost(root: Path) -> list[str]:
    """Pages of docs/ that stand on no shelf."""
    there = {str(page.source) for shelf in shelves(root) for page in shelf.pages}
    return sorted({path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md")} - there)


def _of(root: Path, folder: str, language: str) -> Iterator[SitePage]:
    """A folder's own list first, where it has one."""
    paths = sorted((root / "docs" / folder).glob("*.md"), key=lambda path: (path.name != "README.md", path.name))
    return (SitePage(PurePosixPath(path.relative_to(root).as_posix()), language) for path in paths)
