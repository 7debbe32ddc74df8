"""Files that stand whole or not at all, also after a power cut; and what cannot be read, kept for a person."""

import fcntl
import logging
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


# What ``mkstemp`` puts behind a prefix: eight of these letters (tempfile._RandomNameSequence).
_HALF_MADE = re.compile(r"\..+\.[a-z0-9_]{8}\.half")
_END = ".half"


def write_whole(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace the file at once and wait for the disk, its name included (fsync(2): a name is safe with its folder).

    Readable by its owner alone unless ``mode`` says otherwise. Raises OSError; then what stood there before still
    stands, and nothing half-made is left. What a killed writer left half-made in the folder is taken away by the next.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clear_half_made(path.parent)
    handle, fresh = _begun(path)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            # Before the rename: ext4 and XFS may write the name before the content, and a power cut then leaves an
            # empty file.
            os.fsync(file.fileno())
            # Inside, while the lock is held: nobody takes away what is about to become the file.
            fresh.replace(path)
    # Also KeyboardInterrupt and SystemExit: nobody else knows the name of the half-made file.
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    settle(path.parent)


def clear_half_made(folder: Path) -> int:
    """Delete what killed writers left half-made in a folder; how many files. What is being written now stays.

    A writer holds a lock on what it writes, which the kernel takes back when it is killed. Never raises: what cannot be
    looked at or deleted now can be by the next one.
    """
    cleared = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _HALF_MADE.fullmatch(entry.name):
                cleared += _cleared(Path(entry.path))
    return cleared


def _begun(path: Path) -> tuple[int, Path]:
    """A new hidden file beside the path, open and locked."""
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=_END)
        fcntl.flock(handle, fcntl.LOCK_EX)
        # Between the making and the lock somebody else may have taken it for a dead writer's.
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        os.close(handle)


def _cleared(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
        return True
    return False


def settle(folder: Path) -> None:
    """Put a folder's names on the disk: a renamed file is safe from a power cut only then. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(path: Path, reason: object) -> None:
    """Rename what cannot be read, say so in the log, and let work go on without it. Never raises.

    A file of the same name set aside in the same second is replaced: the older one is the likelier to be told of.
    """
    aside = path.with_name(f"{path.name}.unreadable-{int(time.time())}")
    try:
        path.replace(aside)
    except OSError as error:
        log.error("event=file_unreadable path=%s reason=%r not_set_aside=%r", path, str(reason), error.strerror)
    else:
        log.error("event=file_unreadable path=%s set_aside=%s reason=%r", path, aside, str(reason))
