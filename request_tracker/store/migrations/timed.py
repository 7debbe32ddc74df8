"""What the ledger keeps of allocations that hold in some hours of the week only."""

from sqlite_utils import Database, Migrations

migrations = Migrations("timed")


@migrations()
def hours_of_the_week(db: Database) -> None:
    """``hours``: JSON of days, begin, end and zone; NULL for an allocation of all hours."""
    db.execute("ALTER TABLE ledger ADD COLUMN hours TEXT")
    # The agents ask each second, and few rows have hours or lie ahead.
    db.execute("CREATE INDEX ledger_hours ON ledger (opd, effective_at, id) WHERE hours IS NOT NULL")
    db.execute("CREATE INDEX ledger_effective ON ledger (effective_at, id)")
