"""Plain text (an exported chat) and RTF: the bytes of one in, the text that is kept out.

A chat is kept as UTF-8, whatever it was written in. RTF is kept as it is where no object, template or command is seen
in it; nobody's library reads all of its tricks, so the pages say that such a file is only stored.
"""

import codecs
import re

from request_tracker.store.uploads.faults import CleanFile, spoiled

RTF = b"{\\rtf"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters that a text has: tab, line ends, form feed. Others are bytes of something else.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Embedded and linked objects (RTF 1.9.1, "Objects"), and fields that load or call when the file is opened.
_OBJECTS = re.compile(rb"\\(?:objdata|objemb|objocx|objlink|objautlink|objupdate|objhtml)(?![a-z])", re.IGNORECASE)
_CALLS = re.compile(rb"\\\*\\template[^}]{0,400}?(?:://|\\\\)|\bDDE(?:AUTO)?\b|\bINCLUDE(?:TEXT|PICTURE)?\b")


def clean_text(content: bytes) -> CleanFile:
    """The text as UTF-8. Raises Spoiled for bytes that are none."""
    text = _decoded(content)
    if not text.strip() or _NO_TEXT.search(text):
        raise spoiled("no_text")
    return CleanFile(text.encode())


def clean_rtf(content: bytes) -> CleanFile:
    """The RTF as it is. Raises Spoiled."""
    if b"\0" in content or not content.rstrip(b"\r\n\t \0").endswith(b"}"):
        raise spoiled("damaged")
    if _OBJECTS.search(content):
        raise spoiled("objects")
    if _CALLS.search(content):
        raise spoiled("template")
    return CleanFile(content)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        # What Windows' Notepad wrote before 2019; every byte is a letter there, so that this never fails.
        return content.decode("cp1252", errors="replace")
