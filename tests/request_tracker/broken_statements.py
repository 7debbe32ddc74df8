"""A connection that breaks at the n-th statement that writes: a store in, the same store out, broken there."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from request_tracker.cases import Desk
from request_tracker.store.database import Store

# What writes nothing by itself: reads, the end of a read, and the savepoints that sqlite-utils puts around each insert.
READS = ("SELECT", "PRAGMA", "WITH", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Broken:
    """A connection of sqlite3 that counts the statements that write, and does something before one of them."""

    def __init__(self, conn: sqlite3.Connection, at: int, breaks: Callable[[], None]) -> None:
        self._conn, self._at, self._breaks = conn, at, breaks
        self.written: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Count it; break before it where it is the one."""
        if not sql.lstrip().upper().startswith(READS):
            self.written.append(sql)
            if len(self.written) == self._at:
                self._breaks()
        return self._conn.execute(sql, *values)


def disk_full() -> None:
    """What SQLite raises where the disk takes no more."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def fault() -> None:
    """A mistake of the program that nobody foresaw."""
    raise KeyError("planted")


def killed_here() -> None:
    """The process ends here, as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def broken(store: Store, at: int, breaks: Callable[[], None]) -> Iterator[Broken]:
    """This thread's connection breaks at that statement; 0 only counts."""
    whole = store.db.conn
    store.db.conn = Broken(whole, at, breaks)  # type: ignore[assignment]  # a stand-in with the same methods
    try:
        yield store.db.conn  # type: ignore[misc]  # the stand-in again
    finally:
        store.db.conn = whole


class Snapshot:
    """The database as it stood; put back as often as one likes."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._store, self._copy = desk.store, folder / "before.db"
        desk.store.copy_to(self._copy)

    def put_back(self) -> None:
        """The database stands as it stood then."""
        self._store.close()
        for tail in ("", "-wal", "-shm"):
            self._store.path.with_name(self._store.path.name + tail).unlink(missing_ok=True)
        shutil.copyfile(self._copy, self._store.path)
