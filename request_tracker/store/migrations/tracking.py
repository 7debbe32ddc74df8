"""What ``request_tracker.inbox.tracking`` keeps: the words by which requesters find their sendings again."""

from sqlite_utils import Database, Migrations

migrations = Migrations("tracking")


@migrations()
def tracking_words(db: Database) -> None:
    """One word for a secret link, as its mark under the office's key; the link is that of the entry and of its case."""
    db.execute(
        "CREATE TABLE tracking_words (link_hash TEXT PRIMARY KEY, mark TEXT NOT NULL, set_at TEXT NOT NULL) STRICT"
    )
