"""A device's page by metric, with places for the numbers that change: a page's text in, its pieces out. Pure.

The text is the one that ``scrape`` writes, so that there is one way to a page; only numbers that carry a ``Slot``
become places, whatever was decided about them on the way.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# What a slot's number is written as: no label of ours has these bytes, and a text that has them gets no places.
_BEGIN, _END = "\x01", "\x02"
_PLACE = re.compile(f"{_BEGIN}(-?[0-9]+){_END}")
_HELP = "# HELP "
# After a segment: nothing, or how long the device took (rounds.c).
NOTHING, DURATION = -1, -2
# The longest a number is written: 2**64 has twenty digits.
DIGITS = 20


class Slot(int):
    """A number that is written as the place where others will stand."""

    cell: int

    def __new__(cls, number: int, cell: int) -> "Slot":
        """The number, and which cell it will come from."""
        slot = super().__new__(cls, number)
        slot.cell = cell
        return slot

    def __str__(self) -> str:
        return f"{_BEGIN}{self.cell}{_END}"

    def __round__(self, digits: int = 0) -> "Slot":  # type: ignore[override]  # int's own forgets the cell
        return self


class PageForm(NamedTuple):
    """A page's text without heads, cut into segments; after each stands a number (its cell) or nothing.

    ``families``: by the metric's name the first segment, how many, and the metric's head.
    """

    text: NDArray[np.uint8]
    ends: NDArray[np.uint64]
    slots: NDArray[np.int64]
    families: dict[str, tuple[int, int, str]]

    @property
    def most_bytes(self) -> int:
        """The longest that it can be written."""
        return len(self.text) + DIGITS * len(self.slots)


def joined(forms: Sequence[PageForm]) -> bytes:
    """One page of the pages of several devices, by metric, without any places: as ``rounds.c`` writes it."""
    heads: dict[str, str] = {}
    for form in forms:
        heads |= {name: head for name, (_, _, head) in form.families.items() if name not in heads}
    return b"".join(heads[name].encode() + b"".join(_lines(form, name) for form in forms) for name in sorted(heads))


def _lines(form: PageForm, name: str) -> bytes:
    first, count, _ = form.families.get(name, (0, 0, ""))
    begin, end = (int(form.ends[place - 1]) if place else 0 for place in (first, first + count))
    return form.text[begin:end].tobytes()


def has_places(text: str) -> bool:
    """Whether the text has the marks of places."""
    return _BEGIN in text or _END in text


def form_of(text: str) -> PageForm:
    """The form of a page written by ``exporter.metrics`` or ``exporter.template``."""
    pieces, ends, slots, length = list[bytes](), list[int](), list[int](), 0
    families: dict[str, tuple[int, int, str]] = {}
    for block in text.split(_HELP)[1:]:
        first = len(ends)
        # The two lines of the head, HELP and TYPE, and then the samples.
        help_line, type_line, lines = block.split("\n", 2)
        parts = _PLACE.split(lines)
        for place in range(0, len(parts), 2):
            piece = parts[place].encode()
            length += len(piece)
            pieces.append(piece)
            ends.append(length)
            slots.append(int(parts[place + 1]) if place + 1 < len(parts) else NOTHING)
        families[help_line.split(" ", 1)[0]] = (first, len(ends) - first, f"{_HELP}{help_line}\n{type_line}\n")
    text_bytes = np.frombuffer(b"".join(pieces) or b"\n", np.uint8)
    return PageForm(text_bytes, np.array(ends, np.uint64), np.array(slots, np.int64), families)
