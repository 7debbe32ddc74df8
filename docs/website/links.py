"""Links of a page as they lead in the site: HTML with the file's own links in, HTML with the site's out. Pure.

A link that leads nowhere is a fault with its page and its target; none is dropped.
"""

import posixpath
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote

_REFERENCE = re.compile(r'(<(?:a|img) [^>]*?\b(?:href|src)=)"([^"]*)"')
_ID = re.compile(r'\bid="([^"]+)"')
OUTSIDE = ("https://", "http://", "mailto:")


@dataclass(frozen=True)
class Targets:
    """What may be linked: each file's or folder's address in the site, by its name in the tree; and pages' anchors."""

    addresses: Mapping[str, PurePosixPath]
    anchors: Mapping[str, Set[str]]
    faults: list[str] = field(default_factory=list)

    def led(self, source: PurePosixPath, html: str) -> str:
        """The page with every link leading to its place in the site; ``faults`` grows by those that lead nowhere."""
        return _REFERENCE.sub(lambda found: f'{found[1]}"{self._address(source, found[2])}"', html)

    def _address(self, source: PurePosixPath, target: str) -> str:
        if target.startswith(OUTSIDE):
            return target
        path, mark, anchor = target.partition("#")
        name = posixpath.normpath(posixpath.join(source.parent, unquote(path))) if path else str(source)
        if name not in self.addresses:
            self.faults.append(f"{source}: the link to {target} leads to nothing that the site has; mend its address")
            return target
        if anchor and anchor not in self.anchors.get(name, frozenset()):
            self.faults.append(f"{source}: the link to {target}: {name} has no heading {anchor}; mend the anchor")
        return f"{relative(self.addresses[name], self.addresses[str(source)])}{mark}{anchor}"


def relative(address: PurePosixPath, of: PurePosixPath) -> str:
    """An address as a page of the site calls it, so that the site works from any folder."""
    return posixpath.relpath(address, of.parent)


def anchors(html: str) -> frozenset[str]:
    """What may stand behind a link's ``#``."""
    return frozenset(_ID.findall(html))
