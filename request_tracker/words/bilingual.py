"""One text in both languages: how it is made, filled and joined. Pure."""

from collections.abc import Iterable
from typing import NamedTuple


class Both(NamedTuple):
    """One text in both languages."""

    indonesian: str
    english: str

    def said(self, language: str) -> str:
        """The text for a person, ``id`` (Indonesian) or ``en``."""
        return self.english if language == "en" else self.indonesian


def filled(text: Both, *values: object) -> Both:
    """The text with its ``{}`` filled; a value that is a text of ours is taken in each language."""

    def fill(language: str) -> str:
        return text.said(language).format(
            *(value.said(language) if isinstance(value, Both) else value for value in values)
        )

    return Both(fill("id"), fill("en"))


def quoted(name: Both) -> Both:
    """A field's name within a sentence: many are questions of their own, and their mark is not the sentence's."""
    return filled(Both("“{}”", "“{}”"), name)


def joined(texts: Iterable[Both], between: str = ", ") -> Both:
    """Several texts as one."""
    parts = list(texts)
    return Both(between.join(text.indonesian for text in parts), between.join(text.english for text in parts))
