"""A paper as data: what every writer (PDF, Word, OpenDocument) sets in the same words."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from request_tracker.letters.press.sheets import LETTER


@dataclass(frozen=True)
class Signer:
    """Who signs: the function, the name where it is known, and for whom (Plh./Plt.).

    ``under``: position, rank and NIP below the name; ``mark``: what stands where ink would, with its moment.
    """

    title: str
    name: str = ""
    behalf: str = field(default="", kw_only=True)
    place: str = field(default="", kw_only=True)
    under: tuple[str, ...] = field(default=(), kw_only=True)
    mark: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Letterhead:
    """The head of the office's letters."""

    government: str
    name: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper.

    ``pairs``: names and values between the opening and the closing; ``svg``: a graph; ``copies``: tembusan; ``annex``:
    how many of the closing's last lines stand in an annex behind the signatures (how to compute the figures again).
    """

    template: str
    file: str
    title: str
    head: Letterhead
    number: str = ""
    date: str = ""
    to: str = ""
    subject: str = ""
    opening: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    signers: tuple[Signer, ...] = ()
    copies: tuple[str, ...] = ()
    foot: str = ""
    svg: str = ""
    annex: int = 0

    @property
    def body_closing(self) -> tuple[str, ...]:
        """What stands between the figures and the signatures."""
        return self.closing[: len(self.closing) - self.annex]

    @property
    def annexed(self) -> tuple[str, ...]:
        """What stands behind the signatures."""
        return self.closing[len(self.closing) - self.annex :]

    @property
    def letter(self) -> bool:
        """True for a letter, which has no title of its own: number, enclosure and subject stand in its place."""
        return self.template == LETTER.template

    def data(self) -> Mapping[str, Any]:
        """As the templates see it."""
        parts = {"closing": self.body_closing, "annexed": self.annexed}
        return {**asdict(self), **parts, "office": asdict(self.head), "letter": self.letter}
