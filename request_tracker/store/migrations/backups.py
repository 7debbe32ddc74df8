"""When a backup was taken: a row for each one that was written and checked."""

from sqlite_utils import Database, Migrations

migrations = Migrations("backups")


@migrations()
def backups(db: Database) -> None:
    """``at``: Unix seconds. The backup itself does not hold its own row."""
    db.execute("CREATE TABLE backups (id INTEGER PRIMARY KEY, at REAL NOT NULL) STRICT")
