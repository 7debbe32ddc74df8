"""What the ledger keeps of allocations that hold in some hours of the week only."""

from sqlite_utils import Database, Migrations

migrations = Migrations("timed")


@migrations()
def hours_of_the_week(db: Database) -> None:
    """``hours``: JSON of days, begin, end and zone; NULL for an allocation of all hours."""
    db.execute("ALTER TABLE ledger ADD COLUMN hours TEXT")
