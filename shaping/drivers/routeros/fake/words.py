"""Words and sentences of the API protocol: bytes in, bytes out. Written from MikroTik's manual (API), no library.

The driver's side is librouteros; so each of the two reads what the other wrote.
"""

from collections.abc import Callable, Sequence

# (first value that no longer fits, the bits that say so, bytes of the prefix); manual, API, "API words".
_PREFIXES = ((0x80, 0x00, 1), (0x4000, 0x8000, 2), (0x200000, 0xC00000, 3), (0x10000000, 0xE0000000, 4))
# A word above this is no word of a queue or a script of ours; and a sentence has no more words than a record fields.
LONGEST_WORD = 1 << 20
MOST_WORDS = 500


class ProtocolFault(Exception):
    """What came is no sentence; nothing after it can be read."""


def encode_word(word: bytes) -> bytes:
    """The word with its length before it."""
    for limit, bits, size in _PREFIXES:
        if len(word) < limit:
            return (len(word) | bits).to_bytes(size, "big") + word
    return b"\xf0" + len(word).to_bytes(4, "big") + word


def encode_sentence(words: Sequence[str]) -> bytes:
    """Words and the empty one that ends them. A router keeps bytes, so text is bytes here (latin-1), one for one."""
    return b"".join(encode_word(word.encode("latin-1")) for word in words) + b"\0"


def read_sentence(receive: Callable[[int], bytes]) -> list[str]:
    """The next sentence; ``receive`` gives exactly so many bytes. Raises ProtocolFault."""
    words: list[str] = []
    while word := receive(_length(receive)):
        words.append(word.decode("latin-1"))
        if len(words) > MOST_WORDS:
            raise ProtocolFault(f"a sentence of more than {MOST_WORDS} words")
    return words


def _length(receive: Callable[[int], bytes]) -> int:
    first = receive(1)[0]
    # From 0xF8 on a control byte is reserved: a client cannot go on, and neither can this.
    if first >= 0xF8:
        raise ProtocolFault(f"control byte {first:#x}")
    size = 1 + sum(first >= bound for bound in (0x80, 0xC0, 0xE0, 0xF0))
    mask = 0xFF >> size if size <= 4 else 0
    length = int.from_bytes(bytes([first & mask]) + receive(size - 1), "big") if size > 1 else first
    if length > LONGEST_WORD:
        raise ProtocolFault(f"a word of {length} bytes")
    return length
