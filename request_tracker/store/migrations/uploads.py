"""The tables around files that are handed in: what became of them, and which no case has yet."""

from sqlite_utils import Database, Migrations

migrations = Migrations("uploads")


@migrations()
def upload_counts(db: Database) -> None:
    """Sums only, for the metrics: they begin with this table and never fall."""
    db.execute(
        "CREATE TABLE upload_counts (kind TEXT NOT NULL, ended TEXT NOT NULL, files INTEGER NOT NULL,"
        " PRIMARY KEY (kind, ended)) STRICT"
    )


@migrations()
def parked_files(db: Database) -> None:
    """Files that no case has yet: ``last_at`` when they came last, ``after_event`` what was there before they came.

    ``gone_at``: when the row of files went; the file itself follows a day later.
    """
    db.execute(
        "CREATE TABLE parked_files (sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, stranger INTEGER NOT NULL,"
        " last_at TEXT NOT NULL, after_event INTEGER NOT NULL, gone_at TEXT) STRICT"
    )
