"""A document as it is handed in, before it has a place in a case: data only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Supplied:
    """A document handed in: a stored file by hash, a note in its stead, or content (a form, frozen evidence)."""

    sha256: str | None = None
    name: str | None = None
    note: str | None = None
    content: Mapping[str, Any] | None = None

    @property
    def empty(self) -> bool:
        """True where nothing was handed in."""
        return not (self.sha256 or self.note or self.content)
