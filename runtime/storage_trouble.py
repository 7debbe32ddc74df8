"""Whether it is the storage that failed: an exception in, yes or no out.

What a program's own fault raises looks alike at first: a statement with a wrong name is sqlite3's OperationalError, a
template that is not there is an OSError. Nobody helps a reader by telling him to wait until the disk is well again.
"""

import errno
import sqlite3

# The database or its file: held by another program, not to be opened, read or written, full, damaged (sqlite3.h).
_OF_THE_DATABASE = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
        *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH),
        *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB),
    }
)
# The disk, or files of it that are gone or not ours; and no file left to open, of this process or the machine. Networks
# have numbers of their own, and exceptions that only derive from OSError (a picture's, a template's) have none.
_OF_THE_DISK = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.ESTALE),
        *(errno.ENOENT, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE),
    }
)


def is_of_storage(error: BaseException) -> bool:
    """True where the database or the disk could not be read or written; False for every other fault."""
    if isinstance(error, sqlite3.Error):
        return primary_code(error) in _OF_THE_DATABASE
    return isinstance(error, OSError) and error.errno in _OF_THE_DISK


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's error without its finer detail; nought where sqlite3 itself complains."""
    # An extended result code is the primary one in its low byte (sqlite3.h), say SQLITE_IOERR_WRITE above SQLITE_IOERR.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
