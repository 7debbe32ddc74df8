"""The tables around files that are handed in: what became of them."""

from sqlite_utils import Database, Migrations

migrations = Migrations("uploads")


@migrations()
def upload_counts(db: Database) -> None:
    """Sums only, for the metrics: they begin with this table and never fall."""
    db.execute(
        "CREATE TABLE upload_counts (kind TEXT NOT NULL, ended TEXT NOT NULL, files INTEGER NOT NULL,"
        " PRIMARY KEY (kind, ended)) STRICT"
    )
