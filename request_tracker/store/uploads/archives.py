"""The ZIP under a document or a bundle: bytes in, its members out, each within bounds and none with tricks.

What a member claims to be comes first, so that little is unpacked of what is none; then it is read in pieces, and what
is in it is believed no further than what it claimed.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from request_tracker.store.damaged_zips import DAMAGES
from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.faults import spoiled

# A spreadsheet of 25 MB unpacks to ten times its size at most, a bomb to a thousand times; read in pieces, never whole.
MAX_UNPACKED_BYTES = 300 * 2**20
MAX_MEMBERS = 2000
# deflate cannot do more than 1,032 to one; a text of an office is seldom above fifty. Small members are not asked.
MAX_RATIO, SMALL_BYTES = 200, 2**20
PIECE_BYTES = 2**16  # What is held of a member at once.
_FLAG_LOCKED = 0x1  # Bit 0 of a member's flags: encrypted (PKWARE APPNOTE 4.4.4).
_DRIVE = re.compile(r"^[A-Za-z]:")


@contextmanager
def archive_of(content: bytes) -> Iterator[zipfile.ZipFile]:
    """An archive whose members are all in bounds. Raises Spoiled, also for what breaks while it is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_claims(archive)
            yield archive
    except Spoiled:
        raise
    except (*DAMAGES, OSError) as error:
        raise spoiled("damaged") from error


def pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member piece by piece, with its sum checked at its end; never more than it claimed."""
    left = member.file_size
    with archive.open(member) as file:
        while piece := file.read(PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise spoiled("unpacked")
            yield piece


def _check_claims(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if not members or len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise spoiled("unpacked")
    if any(_swollen(member) for member in members):
        raise spoiled("unpacked")
    if any(_leads_out(member.filename) for member in members):
        raise spoiled("outside")
    if any(member.flag_bits & _FLAG_LOCKED for member in members):
        raise spoiled("locked")
    names = {member.filename.replace("\\", "/").casefold() for member in members}
    # A ZIP is read from its end: what stands before the first member, or in the comment, no reader of it shows; of two
    # members with one name each reader shows another.
    if min(member.header_offset for member in members) or archive.comment or len(names) < len(members):
        raise spoiled("besides")


def _swollen(member: zipfile.ZipInfo) -> bool:
    return member.file_size > SMALL_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1)


def _leads_out(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or bool(_DRIVE.match(name))
