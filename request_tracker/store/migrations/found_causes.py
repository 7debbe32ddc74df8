"""What ``request_tracker.outages`` keeps of why a line was down, as the technician found it."""

from sqlite_utils import Database, Migrations

migrations = Migrations("found_causes")


@migrations()
def cause_that_was_found(db: Database) -> None:
    """A word of ``found_cause.CAUSES`` and what there is to say of it; NULL until a person has said it."""
    db.execute("ALTER TABLE tickets ADD COLUMN found_cause TEXT")
    db.execute("ALTER TABLE tickets ADD COLUMN found_text TEXT")
