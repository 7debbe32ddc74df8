"""Files that stand whole or not at all, also after a power cut; and what cannot be read, kept for a person."""

import logging
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file at once and wait for the disk, its name included (fsync(2): a name is safe with its folder).

    Readable by its owner alone. Raises OSError; then what stood there before still stands, and nothing half-made is
    left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, because rename(2) is atomic only within one file system; with a dot in front, so that nobody
    # who lists the folder takes a half-written file for one of its own. mkstemp makes it 0600 whatever the umask is.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            # Before the rename: ext4 and XFS may write the name before the content, and a power cut then leaves an
            # empty file.
            os.fsync(file.fileno())
        fresh.replace(path)
    # Also KeyboardInterrupt and SystemExit: nobody else knows the name of the half-made file.
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    settle(path.parent)


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
