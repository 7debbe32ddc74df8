"""Rate limits that every worker shares: hits in one small SQLite file beside the database in, a yes or a no out.

``limits`` itself counts in one process's memory, or in a server (Redis, Memcached, MongoDB) that an office would have
to run. The file holds addresses for an hour at most; it is no record, stands in no backup, and may be deleted.
"""

import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from limits.storage import MovingWindowSupport, Storage

SCHEME = "tracker-file"
BUSY_TIMEOUT_SECONDS = 2.0
_TABLES = """
CREATE TABLE IF NOT EXISTS hits (key TEXT NOT NULL, at REAL NOT NULL, expires_at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS hits_of_key ON hits (key, at);
CREATE INDEX IF NOT EXISTS hits_over ON hits (expires_at);
"""
# An hour of hits may be lost in a power cut, so no commit waits for the disk; WAL keeps the file whole all the same.
_PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL")


def file_beside(database: Path) -> Path:
    """Where the hits of a tracker lie."""
    return database.with_name(f"{database.name}.limits")


class FileStorage(Storage, MovingWindowSupport):
    """The file of hits for ``limits``. Building it opens nothing; the first use in a thread opens its connection."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # the library's own form

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, path: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._path = path
        self._local = threading.local()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the file may raise; the limiter then counts in its own memory until the file answers again."""
        return sqlite3.Error

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` hits where they keep within ``limit`` in the last ``expiry`` seconds; False where not."""
        with self._writing() as (db, now):
            _forget(db, now)
            if _count(db, key, now - expiry) + amount > limit:
                return False
            db.executemany("INSERT INTO hits VALUES (?, ?, ?)", [(key, now, now + expiry)] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The oldest hit in the window (now, where there is none), and the number of hits."""
        now = time.time()
        sql = "SELECT count(*), coalesce(min(at), ?) FROM hits WHERE key = ? AND at > ? AND at <= ?"
        hits, first = self._db().execute(sql, (now, key, now - expiry, now)).fetchone()
        return float(first), int(hits)

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits of a fixed window, which begins with its first hit; their number."""
        with self._writing() as (db, now):
            _forget(db, now)
            ends = db.execute("SELECT min(expires_at) FROM hits WHERE key = ?", (key,)).fetchone()[0]
            db.executemany("INSERT INTO hits VALUES (?, ?, ?)", [(key, now, ends or now + expiry)] * amount)
            return _count(db, key, 0.0)

    def get(self, key: str) -> int:
        """The hits of a key that are not over."""
        sql = "SELECT count(*) FROM hits WHERE key = ? AND expires_at > ?"
        return int(self._db().execute(sql, (key, time.time())).fetchone()[0])

    def get_expiry(self, key: str) -> float:
        """When the first hit of a key is over; now, where there is none."""
        sql = "SELECT coalesce(min(expires_at), ?) FROM hits WHERE key = ?"
        return float(self._db().execute(sql, (time.time(), key)).fetchone()[0])

    def check(self) -> bool:
        """Whether the file can be written now."""
        try:
            with self._writing():
                return True
        except sqlite3.Error:
            return False

    def reset(self) -> int:
        """Forget every hit; their number."""
        with self._writing() as (db, _):
            return db.execute("DELETE FROM hits").rowcount

    def clear(self, key: str) -> None:
        """Forget the hits of one key."""
        with self._writing() as (db, _):
            db.execute("DELETE FROM hits WHERE key = ?", (key,))

    def _db(self) -> sqlite3.Connection:
        if not hasattr(self._local, "db"):
            self._local.db = _open(self._path)
        found: sqlite3.Connection = self._local.db
        return found

    @contextmanager
    def _writing(self) -> Generator[tuple[sqlite3.Connection, float], None, None]:
        """One all-or-nothing write; the time is read once the lock is held, so hits stand in their order."""
        db = self._db()
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db, time.time()
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db


def _count(db: sqlite3.Connection, key: str, after: float) -> int:
    return int(db.execute("SELECT count(*) FROM hits WHERE key = ? AND at > ?", (key, after)).fetchone()[0])


def _forget(db: sqlite3.Connection, now: float) -> None:
    """Hits that are over, and hits from the future: after a clock was set back they would lock people out."""
    db.execute("DELETE FROM hits WHERE expires_at <= ? OR at > ?", (now, now))


def _open(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            db.execute(pragma)
        db.executescript(_TABLES)
    except sqlite3.Error:
        db.close()
        raise
    return db
