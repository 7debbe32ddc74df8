"""What ``request_tracker.capacity`` has replayed for open requests, until their cases end: a row for each case."""

from sqlite_utils import Database, Migrations

migrations = Migrations("whatif")


@migrations()
def what_ifs(db: Database) -> None:
    """``version`` of the case that was looked at, ``at``: Unix seconds; ``data`` NULL where the case names no rate."""
    db.execute(
        "CREATE TABLE what_ifs (number TEXT PRIMARY KEY, version INTEGER NOT NULL, at REAL NOT NULL, data TEXT) STRICT"
    )
