"""Files that only their owner may read: what this process makes, and what it finds too open; by path."""

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

log = logging.getLogger(__name__)
# The rights of the group and of everybody else.
OTHERS = 0o077


@contextmanager
def kept_private() -> Iterator[None]:
    """Whatever the block makes is its owner's alone (umask(2)); what wants more sets it after making it."""
    before = os.umask(OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def make_private(path: Path) -> None:
    """Make an empty file for its owner alone where there is none, before a library makes it for everybody."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def tighten(paths: Iterable[Path]) -> None:
    """Take the rights of all others from those that are there; what is not ours to change is told in the log."""
    for path in paths:
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & OTHERS:
                path.chmod(mode & ~OTHERS)
                log.warning("event=file_tightened path=%s mode=%o was=%o", path, mode & ~OTHERS, mode)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.error("event=file_open_to_others path=%s reason=%r mend=%r", path, error.strerror, f"chmod go= {path}")
