"""A document as it is handed in, before it has a place in a case: data only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The file that was handed in, where another was kept of it: its name, sha256 and size in bytes.
Original = Mapping[str, str | int]


@dataclass(frozen=True)
class Supplied:
    """A document handed in: a stored file by hash, a note in its stead, or content (a form, frozen evidence).

    ``original`` is the file that the stored one was made from: a HEIC that became a JPEG, a photograph with its place.
    """

    sha256: str | None = None
    name: str | None = None
    note: str | None = None
    content: Mapping[str, Any] | None = None
    original: Original | None = None

    @property
    def empty(self) -> bool:
        """True where nothing was handed in."""
        return not (self.sha256 or self.note or self.content)
