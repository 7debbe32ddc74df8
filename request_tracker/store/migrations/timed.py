"""What the ledger keeps beside its rates: in which hours of the week they hold, and the clock where it was set back."""

from sqlite_utils import Database, Migrations

migrations = Migrations("timed")


@migrations()
def hours_of_the_week(db: Database) -> None:
    """``hours``: JSON of days, begin, end and zone; NULL for an allocation of all hours."""
    db.execute("ALTER TABLE ledger ADD COLUMN hours TEXT")
    # The agents ask each second, and few rows have hours or lie ahead.
    db.execute("CREATE INDEX ledger_hours ON ledger (opd, effective_at, id) WHERE hours IS NOT NULL")
    db.execute("CREATE INDEX ledger_effective ON ledger (effective_at, id)")


@migrations()
def clock_of_the_ledger(db: Database) -> None:
    """``clock``: what the machine's clock showed, where ``recorded_at`` was carried on over it; else NULL."""
    db.execute("ALTER TABLE ledger ADD COLUMN clock TEXT")
