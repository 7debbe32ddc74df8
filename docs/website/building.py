"""The site: the tree's documents in, a folder of HTML, pictures, one style sheet and one search out.

It is made whole or not at all: every fault of every page is told together. The same tree gives the same bytes.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from docs.website.links import Targets, anchors, relative
from docs.website.shelves import Shelf, SitePage, lost, shelves
from request_tracker.web.public.handbook_texts import page_html, sections
from runtime.release import RELEASE

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
PICTURES = PurePosixPath("docs/pictures")
# What says that a folder is a site of ours, which the next one may take the place of.
MARK = "site-of-lebarpita"
ASSETS = ("site.css", "search.js")


class SiteError(Exception):
    """Pages that cannot be a site; the message has a line for each fault."""


@dataclass(frozen=True)
class SiteText:
    """A page as it was read: its title, its words by heading, its HTML with the file's own links."""

    page: SitePage
    title: str
    parts: list[tuple[str, str, str]]
    html: str


def build(out: Path, root: Path = ROOT) -> int:
    """Write the site into a folder that is empty, new or an older site; returns how many pages it has.

    Raises SiteError with every fault, before anything of an older site is touched.
    """
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        raise SiteError(f"{out} holds something else than a site of these documents; name an empty folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=".site-") as folder:
        made = Path(folder) / "made"
        count = _write(made, root)
        if out.exists():
            shutil.rmtree(out)
        made.rename(out)
    return count


def _write(out: Path, root: Path) -> int:
    order = shelves(root)
    texts = {page: _read(root, page) for shelf in order for page in shelf.pages}
    galleries = _galleries(root)
    addresses = {str(page.source): page.address for page in texts}
    addresses |= {name: PurePosixPath(name).relative_to("docs") / "index.html" for name in galleries}
    addresses |= {name: PurePosixPath(name).relative_to("docs") for names in galleries.values() for name in names}
    targets = Targets(addresses, {str(page.source): anchors(text.html) for page, text in texts.items()})
    led = {page: targets.led(page.source, text.html) for page, text in texts.items()}
    faults = [f"{name}: stands on no shelf of the site; put it into a folder that is one" for name in lost(root)]
    faults += [f"{page.source}: its first line is no heading" for page, text in texts.items() if not text.title]
    if faults := faults + targets.faults:
        raise SiteError("\n".join(faults))
    template = _template()
    for page, html in led.items():
        _put(out / page.address, template.render(_facts(texts[page], html, order, texts)))
    for name, pictures in galleries.items():
        _put(out / addresses[name], template.render(_gallery(addresses[name], pictures, order, texts)))
    shutil.copytree(root / PICTURES, out / "pictures", dirs_exist_ok=True)
    for asset in ASSETS:
        shutil.copyfile(HERE / asset, out / asset)
    _put(out / "search-index.js", f"lebarpitaIndex({json.dumps(_index(texts), ensure_ascii=False)});\n")
    _put(out / MARK, f"{RELEASE}\n")
    return len(led) + len(galleries)


def _read(root: Path, page: SitePage) -> SiteText:
    text = (root / page.source).read_text(encoding="utf-8")
    # A generated page begins with a remark for who would edit it.
    shown = text.partition("-->\n")[2].lstrip("\n") if text.startswith("<!--") else text
    parts = sections(shown) if shown.startswith("# ") else []
    return SiteText(page, parts[0][0] if parts else "", parts, page_html(shown))


def _galleries(root: Path) -> dict[str, list[str]]:
    """Each folder of pictures with its own; a guide may lead to the folder as a whole."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / PICTURES).rglob("*.png")):
        found.setdefault(path.parent.relative_to(root).as_posix(), []).append(path.relative_to(root).as_posix())
    return found


def _facts(text: SiteText, html: str, order: tuple[Shelf, ...], texts: dict[SitePage, SiteText]) -> dict[str, Any]:
    headings = [(name, anchor) for name, anchor, _ in text.parts[1:]]
    shell = _shell(text.page.address, order, texts)
    return shell | {"title": text.title, "language": text.page.language, "text": Markup(html), "headings": headings}


def _gallery(
    address: PurePosixPath, pictures: list[str], order: tuple[Shelf, ...], texts: dict[SitePage, SiteText]
) -> dict[str, Any]:
    names = "".join(f'<li><a href="{Path(name).name}">{Path(name).stem}</a></li>' for name in pictures)
    text = Markup(f"<h1>Pictures</h1><ul>{names}</ul>")
    return _shell(address, order, texts) | {"title": "Pictures", "language": "en", "text": text, "headings": []}


def _shell(address: PurePosixPath, order: tuple[Shelf, ...], texts: dict[SitePage, SiteText]) -> dict[str, Any]:
    """What every page has around its text: the way to the root, and the navigation from here."""
    navigation = [
        (
            shelf.title,
            any(page.address == address for page in shelf.pages),
            [(relative(page.address, address), texts[page].title, page.address == address) for page in shelf.pages],
        )
        for shelf in order
    ]
    return {"root": relative(PurePosixPath(), address), "navigation": navigation, "release": RELEASE}


def _index(texts: dict[SitePage, SiteText]) -> list[tuple[str, str, str, str, str]]:
    """Of each part: page, anchor, the page's title, the part's heading, its words."""
    return [
        (str(page.address), anchor, text.title, heading, words)
        for page, text in texts.items()
        for heading, anchor, words in text.parts
    ]


def _template() -> Any:
    loader = FileSystemLoader(HERE)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True).get_template(
        "page.html"
    )


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
