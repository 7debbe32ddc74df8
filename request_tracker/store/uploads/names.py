"""The names of files that people hand in: any text in, the same name without what misleads a reader or a system out.

Letters of every script stay, quotes too. Folders, control characters, line ends and the marks that turn the direction
of writing (U+202E makes "exe.fdp" read as "pdf.exe") do not.
"""

import unicodedata

MAX_NAME = 255  # Bytes of UTF-8: where ext4, XFS and APFS end.
NO_NAME = "surat"
# Unicode's categories: control, format (the marks of direction), surrogate, private, unassigned, line and paragraph.
_MISLEADING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FOLDERS = str.maketrans("/\\", "__")
# How browsers write a quote or a line end of a name in a form (WHATWG HTML, multipart/form-data encoding).
_IN_FORMS = (("%22", '"'), ("%0D", "\r"), ("%0A", "\n"))


def sent_name(name: str) -> str:
    """The name as it was before the browser wrote it into a form."""
    for written, meant in _IN_FORMS:
        name = name.replace(written, meant)
    return name


def kept_name(name: str) -> str:
    """The name under which a file is kept; its ending stays, whatever its length."""
    plain = "".join(_plain(letter) for letter in unicodedata.normalize("NFC", name.translate(_FOLDERS)))
    stem, dot, ending = " ".join(plain.split()).strip("._ ").rpartition(".")
    if not dot:
        return cut(ending or NO_NAME, MAX_NAME)
    last = cut(f".{ending}", MAX_NAME // 2)
    return cut(stem.rstrip() or NO_NAME, MAX_NAME - len(last.encode())) + last


def renamed(name: str, ending: str) -> str:
    """The name of a file that became another kind: ``IMG_1.HEIC`` is ``IMG_1.jpg``."""
    stem = name.rpartition(".")[0] or name
    return cut(stem, MAX_NAME - len(ending.encode())) + ending


def cut(text: str, most: int) -> str:
    """The longest beginning of a text that takes at most so many bytes; no letter is cut in two."""
    return text.encode()[:most].decode(errors="ignore")


def _plain(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in _MISLEADING:
        return " " if category in ("Cc", "Zl", "Zp") else ""
    return letter
