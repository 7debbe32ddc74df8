"""SOP files at the product's doors: a file or its text in, a checked Sop out. Knows every action and every paper.

Here, because this is the lowest place that knows both: the actions of ``cases`` and the papers of ``letters``.
"""

from pathlib import Path

from request_tracker.cases.actions import ACTIONS
from request_tracker.letters.registry import words
from request_tracker.sop import loader
from request_tracker.sop.loader import SHIPPED, SopError
from request_tracker.sop.model import Sop
from request_tracker.sop.words import Vocabulary

VOCABULARY = Vocabulary(ACTIONS, frozenset(words()))


def read_sop(path: str | Path) -> Sop:
    """Read and check one SOP file. Raises SopError with all problems at once."""
    return loader.read_sop(path, VOCABULARY)


def parse_sop(text: str, file: str = "sop.yaml") -> Sop:
    """Check the text of an SOP file; ``file`` is the name the problems carry."""
    return loader.parse_sop(text, file, VOCABULARY)


def shipped_sops() -> list[Sop]:
    """The SOPs that come with the tracker, by code."""
    return loader.shipped_sops(VOCABULARY)


__all__ = ["SHIPPED", "VOCABULARY", "SopError", "parse_sop", "read_sop", "shipped_sops"]
