"""What the tracker keeps of the sign of life on the alerts' way: when an alert was delivered last."""

from sqlite_utils import Database, Migrations

migrations = Migrations("watchdog")


@migrations()
def last_delivery(db: Database) -> None:
    """Unix seconds of the last repetition; NULL until the alert came a second time."""
    db.execute("ALTER TABLE deliveries ADD COLUMN repeated_at REAL")
