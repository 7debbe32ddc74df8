"""Rate limits that every worker shares: hits in one small SQLite file beside the database in, a yes or a no out.

``limits`` itself counts in one process's memory, or in a server (Redis, Memcached, MongoDB) that an office would have
to run. The file holds addresses for a day at most; it is no record, stands in no backup, and may be deleted.
"""

import time
from collections.abc import Generator
from contextlib import contextmanager

from limits.storage import MovingWindowSupport, Storage
from sqlite_utils import Database

from request_tracker.errors import TrackerError
from request_tracker.store.database import DatabaseError, Store

SCHEME = "tracker-file"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS hits (key TEXT NOT NULL, at REAL NOT NULL, expires_at REAL NOT NULL) STRICT",
    "CREATE INDEX IF NOT EXISTS hits_of_key ON hits (key, at)",
    "CREATE INDEX IF NOT EXISTS hits_over ON hits (expires_at)",
)
_COUNT = "SELECT count(*) FROM hits WHERE key = ? AND at > ?"


class FileStorage(Storage, MovingWindowSupport):
    """The file of hits for ``limits``. Building it opens nothing; the first hit makes the file."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012  # the library's own form

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, path: str) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._store = Store(path)
        self._made = False

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """What the file may raise; the limiter then counts in its own memory until the file answers again."""
        return (DatabaseError, TrackerError)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` hits where they keep within ``limit`` in the last ``expiry`` seconds; False where not."""
        with self._writing() as (_, now):
            # A refused hit is not counted: whoever keeps pressing is let in again when the first ones are over.
            if self._store.value(_COUNT, [key, now - expiry]) + amount > limit:
                return False
            self._store.execute_many("INSERT INTO hits VALUES (?, ?, ?)", [(key, now, now + expiry)] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The oldest hit in the window (now, where there is none), and the number of hits."""
        with self._writing() as (_, now):
            first = self._store.value("SELECT min(at) FROM hits WHERE key = ? AND at > ?", [key, now - expiry])
            return first or now, self._store.value(_COUNT, [key, now - expiry])

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count hits of a fixed window, which begins with its first hit; their number."""
        with self._writing() as (_, now):
            # A fixed window: every hit ends when the first does.
            ends = self._store.value("SELECT min(expires_at) FROM hits WHERE key = ?", [key]) or now + expiry
            self._store.execute_many("INSERT INTO hits VALUES (?, ?, ?)", [(key, now, ends)] * amount)
            return int(self._store.value(_COUNT, [key, 0.0]))

    def get(self, key: str) -> int:
        """The hits of a key that are not over."""
        with self._writing():
            return int(self._store.value(_COUNT, [key, 0.0]))

    def get_expiry(self, key: str) -> float:
        """When the first hit of a key is over; now, where there is none."""
        with self._writing() as (_, now):
            return float(self._store.value("SELECT min(expires_at) FROM hits WHERE key = ?", [key]) or now)

    def check(self) -> bool:
        """Whether the file can be written now."""
        try:
            with self._writing():
                return True
        except self.base_exceptions:
            return False

    def reset(self) -> int:
        """Forget every hit; their number."""
        with self._writing() as (db, _):
            return int(db.execute("DELETE FROM hits").rowcount)

    def clear(self, key: str) -> None:
        """Forget the hits of one key."""
        with self._writing() as (db, _):
            db.execute("DELETE FROM hits WHERE key = ?", [key])

    @contextmanager
    def _writing(self) -> Generator[tuple[Database, float], None, None]:
        """One transaction; its time is read once the lock is held, so hits stand in their order.

        Hits that are over are forgotten, and hits from the future: after a clock was set back they would lock
        people out.
        """
        with self._store.transaction() as db:
            for statement in () if self._made else _TABLES:
                db.execute(statement)
            now = time.time()
            db.execute("DELETE FROM hits WHERE expires_at <= ? OR at > ?", [now, now])
            yield db, now
        self._made = True

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        self._store.close()
