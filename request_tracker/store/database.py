"""The tracker's store: one SQLite file behind sqlite-utils; a path comes in, connections and transactions go out.

Every write happens inside ``Store.transaction()``, which begins IMMEDIATE: a transaction that begins DEFERRED and
writes after reading fails as "database is locked" under several writers. Never use sqlite-utils' own nested blocks
at top level. One connection per thread; a connection never crosses threads.
"""

import sqlite3
import threading
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Table

from request_tracker.errors import NotStored, TrackerError
from request_tracker.store import rights_journal, seals
from request_tracker.store.migrations import ALL
from runtime.own_files import make_private
from runtime.storage_trouble import primary_code

# A writer holds the file for milliseconds, a backup or a rebuild for seconds; then a person should be told.
BUSY_TIMEOUT_MILLISECONDS = 10_000
_PRAGMAS = (
    # First, so that the pragmas after it wait for the lock too. All of them are a connection's and forgotten with it.
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
    # In WAL the usual NORMAL may lose the last commits in a power cut (sqlite.org/pragma): a signature that a person
    # was told is stored has to be there afterwards.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    # KiB of pages that a connection keeps, half of SQLite's own: each of the server's threads has one, and what they
    # keep together fills for hours (docs/why/tracker-speed.md). The system keeps the file's pages once for all.
    "PRAGMA cache_size=-1000",
    # What is erased (personal data) leaves no bytes behind in the file's pages.
    "PRAGMA secure_delete=ON",
)
_DISK_TAKES_NO_MORE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
# Two seconds in all: as long as several workers need that open a new file at once.
_OPENING_TRIES = 40
_OPENING_PAUSE_SECONDS = 0.05
Row = dict[str, Any]
DatabaseError = sqlite3.DatabaseError
Connection = sqlite3.Connection


class Store:
    """The database file. Building it opens nothing; the first use in a thread opens that thread's connection."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._local = threading.local()

    @property
    def db(self) -> Database:
        """This thread's connection, opened on first use."""
        if not hasattr(self._local, "db"):
            self._local.db = _open(self.path)
        return self._local.db  # type: ignore[no-any-return]  # threading.local has no types

    def table(self, name: str) -> Table:
        """A table by name, for inserts and updates inside a transaction."""
        return self.db.table(name)

    @contextmanager
    def transaction(self) -> Generator[Database, None, None]:
        """One all-or-nothing write. Begins IMMEDIATE, so what was read stays true until the commit.

        Raises NotStored where another program holds the database or the disk takes no more.
        """
        db = self.db
        if self._busy():
            raise TrackerError("a transaction is already open; commands do not nest")
        try:
            db.conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise self._not_stored(error) from error
        try:
            yield db
            db.conn.execute("COMMIT")
        except BaseException as error:
            # SQLite may have rolled back by itself (disk full): a second ROLLBACK would hide the first error.
            if self._busy():
                db.conn.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError) and primary_code(error) in _DISK_TAKES_NO_MORE:
                raise self._not_stored(error) from error
            raise

    @contextmanager
    def snapshot(self) -> Generator[None, None, None]:
        """Reads that belong together: all see the database of one moment. No commands inside."""
        # DEFERRED here, and on purpose: it only reads, so it keeps nobody from writing; in WAL its first read fixes the
        # moment.
        self.db.conn.execute("BEGIN")
        try:
            yield
        finally:
            self.db.conn.execute("ROLLBACK")

    @contextmanager
    def beside(self) -> Generator[Connection, None, None]:
        """A connection for the block that reads alone, and may write what is temporary."""
        with closing(
            sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        ) as own:
            yield own

    def _not_stored(self, error: sqlite3.OperationalError) -> NotStored:
        full = primary_code(error) in _DISK_TAKES_NO_MORE
        return NotStored("store_full" if full else "store_busy", self.path, error)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query as dictionaries."""
        # Not sqlite-utils' own query(): it wraps every read in a savepoint, two statements more for each.
        cursor = self.db.conn.execute(sql, list(parameters))
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor]

    def each(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query one after the other, for what may be longer than memory."""
        cursor = self.db.conn.execute(sql, list(parameters))
        columns = [column[0] for column in cursor.description or ()]
        return (dict(zip(columns, row, strict=True)) for row in cursor)

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(sql, parameters)), None)

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, parameters)
        return next(iter(row.values())) if row else None

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows; only inside a transaction."""
        self.db.conn.executemany(sql, rows)

    def copy_to(self, target: Path) -> None:
        """A consistent copy of the database while others write."""
        # One read transaction from the first page to the last; erased bytes do not come along, as a file copy would
        # bring them.
        self.db.conn.execute("VACUUM INTO ?", [str(target)])

    def _busy(self) -> bool:
        return bool(self.db.conn.in_transaction)

    def close(self) -> None:
        """Close this thread's connection, if it has one."""
        if hasattr(self._local, "db"):
            self._local.db.close()
            del self._local.db


def migrate(store: Store) -> list[str]:
    """Bring the schema up to date in one transaction; returns the names of what was applied."""
    applied: list[str] = []
    with store.transaction() as db:
        before = rights_journal.guards_there(db)
        for migrations in ALL:
            applied += [migration.name for migration in migrations.pending(db)]
            # The same transaction for every group: a schema is the old one or the new one, whenever the power goes.
            migrations.apply(db)
        # Triggers name the columns that they seal, so a new column needs new triggers.
        if applied:
            # Before the seals: what it records of a table's rows is sealed with them.
            rights_journal.renew(db, before)
            seals.renew(db)
    return applied


def check_file(path: Path) -> None:
    """Raise TrackerError where the file is not a whole database."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise TrackerError(f"{path} is not a usable database: {error}") from error
    if answer != "ok":
        raise TrackerError(f"{path} is damaged: {answer}")


def set_aside(path: Path, end: str) -> list[Path]:
    """Rename a database that nobody uses, and what SQLite left beside it; returns the new names.

    A forgotten write-ahead log would be read into the database that comes in its place. Raises TrackerError where
    another program has the database open.
    """
    if path.exists():
        try:
            with closing(sqlite3.connect(path, timeout=_OPENING_TRIES * _OPENING_PAUSE_SECONDS)) as connection:
                # Leaving WAL needs the file alone, and writes the log into it: so nobody has it open, and all is in it.
                connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.DatabaseError as error:
            if primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise TrackerError(f"{path} is in use; stop the tracker first, nothing was put in place") from error
    return [file.rename(file.with_name(file.name + end)) for file in parts_of(path) if file.exists()]


def parts_of(path: Path) -> list[Path]:
    """A database and what SQLite writes beside it, whether it is there or not."""
    return [path.with_name(path.name + tail) for tail in ("", "-wal", "-shm", "-journal")]


def hits_beside(database: Path) -> Path:
    """Where the hits of the tracker's rate limits lie: a file of their own, which is no record."""
    return database.with_name(f"{database.name}.limits")


def last_id(table: Table) -> int:
    """The number of the row just inserted."""
    key = table.last_pk
    if not isinstance(key, int):
        raise TrackerError(f"the table {table.name} gave no row number")
    return key


class _ThreadConnection(sqlite3.Connection):
    """A connection that closes itself when its thread has ended and nobody holds it any more.

    Nobody else can: a thread's connection is known to that thread alone. Python 3.13 warns of one left open.
    """

    def __del__(self) -> None:
        # Collected in another thread, SQLite's own check refuses; the file is let go of all the same.
        with suppress(sqlite3.ProgrammingError):
            self.close()


def _open(path: Path) -> Database:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives its log and its index of it the rights of the database, and a database those that the umask leaves.
    make_private(path)
    db = Database(sqlite3.connect(path, factory=_ThreadConnection))
    for pragma in _PRAGMAS:
        db.conn.execute(pragma)
    _into_wal(db)
    seals.learn(db)
    rights_journal.learn(db)
    return db


def _into_wal(db: Database) -> None:
    """Several workers opening a new file at once collide here, and SQLite does not wait by itself for this lock."""
    for _ in range(_OPENING_TRIES):
        try:
            db.conn.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        time.sleep(_OPENING_PAUSE_SECONDS)
    raise TrackerError("the database is locked by another program; end that one and try again")
