"""What a page costs on the line: its HTML in, bytes as it is and compressed, and what the browser asks for with it."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median_low

from request_tracker.web.shell.compression import LEVEL

# A page may grow or shrink by a third before the golden file is written anew: a paragraph, a column, a longer name. A
# page of twice the size cannot hide in that. Half a kilobyte is a paragraph.
MOST_RATIO, FEW_BYTES = 1.33, 600
ROUNDED = 100  # Figures of the golden file are whole hundreds: dates and tokens are not written down.


@dataclass(frozen=True)
class PageWeight:
    """``html`` and ``gzip`` are bytes; the others are requests beside the page itself, each address once."""

    html: int
    gzip: int
    css: int
    js: int
    img: int

    def is_like(self, other: "PageWeight") -> bool:
        """Whether the difference is a text's and not a page's."""
        near = all(abs(a - b) <= FEW_BYTES or max(a, b) <= MOST_RATIO * min(a, b) for a, b in self._sizes(other))
        return near and (self.css, self.js, self.img) == (other.css, other.js, other.img)

    def _sizes(self, other: "PageWeight") -> list[tuple[int, int]]:
        return [(self.html, other.html), (self.gzip, other.gzip)]


def weight(html: str) -> PageWeight:
    """Of one page."""
    content = html.encode()
    links = [tag for tag in re.findall(r"<link\b[^>]*>", html) if 'rel="stylesheet"' in tag]
    addresses = (
        {re.sub(r'.*href="([^"]*)".*', r"\1", tag) for tag in links},
        set(re.findall(r'<script\b[^>]*\bsrc="([^"]*)"', html)),
        set(re.findall(r'<img\b[^>]*\bsrc="(?!data:)([^"]*)"', html)),
    )
    sizes = (round(size, -2) for size in (len(content), len(gzip.compress(content, LEVEL))))
    return PageWeight(*sizes, *map(len, addresses))


def row(role: str, pages: Mapping[str, PageWeight]) -> str:
    """A role's line of the table in docs/why/faces.md."""
    sizes = [[page.html for page in pages.values()], [page.gzip for page in pages.values()]]
    cells = [size for column in sizes for size in (median_low(column), max(column))]
    return f"| {role} | {len(pages)} | {' | '.join(f'{size:,}' for size in cells)} |"
