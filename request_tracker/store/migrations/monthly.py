"""Who of the book of contacts wishes the month's summary, and since when."""

from sqlite_utils import Database, Migrations

migrations = Migrations("monthly")


@migrations()
def monthly_wishes(db: Database) -> None:
    """A table of its own, so that lines of the book that were sealed before stay as they were; no row: no wish."""
    db.execute(
        "CREATE TABLE monthly_wishes (contact_id INTEGER PRIMARY KEY REFERENCES contacts (id),"
        " wished_at TEXT NOT NULL) STRICT"
    )
