"""What ``request_tracker.outages`` keeps of outages that come back: one ticket, how often, and its minutes summed."""

from sqlite_utils import Database, Migrations

migrations = Migrations("recurrences")


@migrations()
def interruptions_of_a_ticket(db: Database) -> None:
    """Tickets of before fell once. ``down_seconds``: the interruptions' sum, NULL where there was only one."""
    db.execute("ALTER TABLE tickets ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 1")
    db.execute("ALTER TABLE tickets ADD COLUMN down_seconds REAL")
