"""What ``request_tracker.evidence`` keeps of days that are over, so that a quarter need not be asked for again."""

from sqlite_utils import Database, Migrations

migrations = Migrations("measured_days")


@migrations()
def minutes_of_a_day(db: Database) -> None:
    """Of a day (YYYY-MM-DD) of the office: minutes measured and up. ``subject``: opd:CODE or line:NAME.

    ``judged``: quarter minutes in which the shaper could say whether an OPD got its guarantee, ``missed``: in which it
    did not; NULL where nobody shaped it.
    """
    db.execute(
        "CREATE TABLE measured_days (subject TEXT NOT NULL, day TEXT NOT NULL, up INTEGER NOT NULL,"
        " measured INTEGER NOT NULL, judged REAL, missed REAL, PRIMARY KEY (subject, day)) STRICT, WITHOUT ROWID"
    )
