"""One cell of networks as people write it in, the pieces that are networks or words out. Pure; reads no address.

Marks of a list, strokes of other keyboards, words between two networks, labels before one and masks behind one.
"""

import re
from collections.abc import Iterator

from inventory.sentences import plain

# Other strokes that people and keyboards put: backslash, full-width, division and fraction slash.
_STROKES = {ord("\\"): "/", 0xFF0F: "/", 0x2215: "/", 0x2044: "/"}
# The mark of a list at the beginning of a line, or of its number anywhere: ``-``, ``1.``, ``b)``.
_BULLET = re.compile(r"^\s*[-*\u2022\u2013\u2014\u00b7]\s+", re.MULTILINE)
_NUMBERING = re.compile(r"(?:^|(?<=[\s,;]))(?:[0-9]{1,2}|[a-z])[.)]\s+", re.IGNORECASE | re.MULTILINE)
_GLUED = re.compile(r"(?<=[0-9])(?:dan|and|serta|atau)(?=[0-9])", re.IGNORECASE)
# Blanks around the stroke of a length or a mask go away, so that blanks part networks only.
_STROKE = re.compile(r"(?<=[0-9a-f:])\s*/\s*(?=(?:[0-9]{1,3}(?![0-9.])|255\.|0\.0\.))", re.IGNORECASE)
# A network, a stroke and another network: ``10.1.2.0/24/10.1.3.0/24``.
_NEXT = re.compile(r"(/[0-9]{1,3}|255\.[0-9]+\.[0-9]+\.[0-9]+)/(?=[0-9]+\.[0-9]+\.[0-9]+\.[0-9])")
_MASK = re.compile(
    r"(?<=[0-9])\s+\(?(?:(?:subnet|net)?\s?mask\s?[:=]?\s?)?(?=255\.[0-9]+\.[0-9]+\.[0-9]+)", re.IGNORECASE
)
_RANGE = re.compile(
    r"(?<=[0-9:])\s*(?:-+>?|~|→|…|\.{2,}|\b(?:s/d|sd|sampai(?: dengan)?|hingga|to)\b|\bs\.d\.?)\s*(?=[0-9])",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;&+|•]+")
_LABEL = re.compile(r"^[A-Za-z][\w-]*[:=](?=[0-9]+\.[0-9]+)")
# A word with a number, as VLAN10 and ether1 are: no network, and no part of one. ``2001:db8`` and ``fd00`` are neither.
_NUMBERED_WORD = re.compile(r"(?![0-9a-f:]+$)[a-z][a-z-]*[0-9]{1,4}:?", re.IGNORECASE)
# The star of a footnote behind a length.
_FOOTNOTE = re.compile(r"(?<=/[0-9]{2})\*+")
# Words between networks that say nothing else.
_NOISE = {"dan", "and", "serta", "ip", "lan", "network", "subnet", "blok", "segmen", "gateway", "gw"}


def pieces(text: str) -> Iterator[str]:
    """Every piece of the cell that says something: what has a digit and is no word is meant to be a network."""
    listed = _NUMBERING.sub(" ", _BULLET.sub(" ", text.translate(_STROKES)))
    apart = _FOOTNOTE.sub("", _NEXT.sub(r"\1 ", _GLUED.sub(" ", _STROKE.sub("/", plain(listed)))))
    joined = _RANGE.sub("-", _MASK.sub("/", apart))
    for piece in _BETWEEN.split(joined):
        bare = _LABEL.sub("", piece.strip("()[]{}.'\"/"))
        if bare.lower().rstrip(":") not in _NOISE and any(letter.isalnum() for letter in bare):
            yield bare


def is_word(piece: str) -> bool:
    """Whether a piece is a word beside the networks, not one of them that is written wrong."""
    return not any(letter.isdigit() for letter in piece) or _NUMBERED_WORD.fullmatch(piece) is not None
