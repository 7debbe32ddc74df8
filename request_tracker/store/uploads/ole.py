"""Word files of before 2007 (.doc): the bytes in, the same bytes out where no macro, program or lock is seen in them.

olefile reads the container; nothing reads the text in it, so the pages say that such a file is only stored.
"""

import io

import olefile

from request_tracker.store.picture_work import Spoiled
from request_tracker.store.uploads.faults import CleanFile, spoiled

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # MS-CFB 2.2.
MAX_ENTRIES = 5000  # A long report has some dozen streams and one for each picture that is an object.
_MACROS = frozenset(("macros", "vba", "_vba_project", "_vba_project_cur"))
# A packed file of any kind, and an ActiveX control (MS-OLEDS 2.3.6, MS-OFORMS).
_PROGRAMS = frozenset(("\x01ole10native", "\x03ocxname", "\x03ocxdata"))
_FLAGS_AT, _ENCRYPTED = 10, 0x0100  # The word of flags of the FIB, and fEncrypted in it (MS-DOC 2.5.2).


def clean_doc(content: bytes) -> CleanFile:
    """The document as it is. Raises Spoiled."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            _check(container)
    except (Spoiled, MemoryError):
        raise
    except Exception as error:
        # olefile raises what a broken byte makes of it: OSError, IndexError, struct.error and more.
        raise spoiled("damaged") from error
    return CleanFile(content)


def _check(container: olefile.OleFileIO) -> None:
    paths = container.listdir(streams=True, storages=True)
    if len(paths) > MAX_ENTRIES:
        raise spoiled("too_complex")
    parts = {part.lower() for path in paths for part in path}
    if "encryptedpackage" in parts:
        raise spoiled("locked")
    if "worddocument" not in parts:
        raise spoiled("other_kind")
    if parts & _MACROS:
        raise spoiled("macros")
    if parts & _PROGRAMS:
        raise spoiled("objects")
    with container.openstream("WordDocument") as stream:
        flags = stream.read(_FLAGS_AT + 2)[_FLAGS_AT:]
    if int.from_bytes(flags, "little") & _ENCRYPTED:
        raise spoiled("locked")
