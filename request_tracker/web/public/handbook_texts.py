"""The handbook: the files of docs/ as pages and as what a search reads. Knows no page of the web and no reader.

The folder beside this package is those very files (links in the checkout, copies in the installed package).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown import markdown
from markdown.extensions.toc import slugify, unique

from request_tracker.store.full_text import FullText

FOLDER = Path(__file__).parents[2] / "handbook"
# The folders in the order of the list: name, language, heading in Indonesian and in English.
SHELVES = (
    ("panduan", "id", "Panduan menurut peran", "Guides by role"),
    ("how-to", "en", "Cara mengerjakan", "How to"),
    ("reference", "en", "Acuan", "Reference"),
    ("why", "en", "Alasan dan angka", "Reasons and figures"),
)
TUTORIAL = "tutorial"
# A page of a handbook is read, not scrolled for ever: what is found beyond these is found by one more word.
MOST_HITS = 30
# Letters of a search; longer ones find nothing that these would not.
MOST_LETTERS = 100
# More than there are files; each is some ten kilobytes and does not change while the program runs.
_PAGES_KEPT = 128
_HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"\]\([^)]*\)|[`*\[]")


@dataclass(frozen=True)
class HandbookPage:
    """A file of the handbook: ``name`` is its place without ``.md``; ``html`` still has the links of the file."""

    name: str
    title: str
    language: str
    html: str

    @property
    def shelf(self) -> str:
        """The folder that it stands in; empty for the tutorial."""
        return self.name.rpartition("/")[0]


@dataclass(frozen=True)
class HandbookHit:
    """A part of a page in which the words stand, with some words around them."""

    page: str
    heading: str
    anchor: str
    words: str


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Every page by its place, in the order of the shelves."""
    rest = (path for shelf, *_ in SHELVES for path in sorted((FOLDER / shelf).glob("*.md")) if path.stem != "README")
    return (TUTORIAL, *(f"{path.parent.name}/{path.stem}" for path in rest))


@lru_cache(maxsize=_PAGES_KEPT)
def read(name: str) -> HandbookPage:
    """One page; ``name`` is one of ``names``."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    languages = {shelf: language for shelf, language, *_ in SHELVES}
    language = languages.get(name.rpartition("/")[0], "en")
    return HandbookPage(name, _title(text), language, page_html(text))


def find(words: str, among: tuple[str, ...]) -> list[HandbookHit]:
    """Where all of these words stand in one part of a page of ``among``, best first; a beginning is enough."""
    hits = (HandbookHit(*row) for row in _parts().find(words[:MOST_LETTERS]))
    return [hit for hit in hits if hit.page in among][:MOST_HITS]


@lru_cache(maxsize=1)
def _parts() -> FullText:
    """Every part of every page, read at the first search."""
    texts = {name: (FOLDER / f"{name}.md").read_text(encoding="utf-8") for name in names()}
    return FullText((name, *part[:2], _title(text), part[2]) for name, text in texts.items() for part in sections(text))


def sections(text: str) -> list[tuple[str, str, str]]:
    """Each heading of a file down to the third rank, its anchor on the page, and the words until the next."""
    # A line that begins with # inside of what is typed is a remark and no heading.
    hidden = _FENCE.sub(lambda typed: re.sub(r"^#", " ", typed[0], flags=re.MULTILINE), text)
    marks = list(_HEADING.finditer(hidden))
    ends = [*(mark.start() for mark in marks[1:]), len(hidden)]
    used: set[str] = set()
    return [
        (_MARK.sub("", mark[1]), unique(slugify(_MARK.sub("", mark[1]), "-"), used), _bare(hidden[mark.end() : end]))
        for mark, end in zip(marks, ends, strict=True)
    ]


def _title(text: str) -> str:
    return _MARK.sub("", text.partition("\n")[0].lstrip("# "))


def _bare(text: str) -> str:
    """The words without the marks of Markdown and without the addresses of links."""
    return " ".join(re.sub(r"\]\([^)]*\)|[`*|\[\]>#]|-{3,}", " ", text).split())


def page_html(text: str) -> str:
    """A file as HTML, with the links of the file."""
    html: str = markdown(text, extensions=["fenced_code", "sane_lists", "tables", "toc"], output_format="html")
    # What is to be typed and a wide table scroll by themselves on a narrow screen, so the keyboard must reach them.
    html = html.replace("<pre>", '<pre tabindex="0">')
    return html.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
