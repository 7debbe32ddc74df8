"""A sentence in both languages, and the refusal that carries one: what rates, prefixes and tables say. Pure."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """One sentence, Indonesian first."""

    indonesian: str
    english: str

    def __str__(self) -> str:
        return f"{self.indonesian} / {self.english}"


class MisreadError(ValueError):
    """A text that is not what it should be; ``sentence`` says why and what to write instead."""

    def __init__(self, indonesian: str, english: str) -> None:
        self.sentence = Sentence(indonesian, english)
        super().__init__(english)


def check_digits(text: str) -> None:
    """Refuse digits of other scripts: Python reads them as numbers, people beside the file read other ones."""
    foreign = next((letter for letter in text if letter.isnumeric() and not letter.isascii()), None)
    if foreign:
        raise MisreadError(
            f"“{text}” memuat angka “{foreign}”; tulis dengan angka 0 sampai 9",
            f"{text!r} holds the digit {foreign!r}; write it with the digits 0 to 9",
        )


def plain(text: str) -> str:
    """A text without the blanks, quotation marks and dashes that only Excel and Word put: one blank between words."""
    # The no-break space is a blank to str.split; dashes of typesetting stand where people mean a hyphen.
    return " ".join(text.translate(_DASHES).split())


# Hyphen, no-break hyphen, figure dash, en dash, em dash, minus sign; the zero-width ones are nothing at all.
_DASHES = {0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2212: "-", 0x200B: None, 0xFEFF: None}
