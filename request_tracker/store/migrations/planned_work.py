"""What is kept of announced work and of silences: weekly work, and which part of an outage either explains."""

from sqlite_utils import Database, Migrations

from request_tracker.store.seals import narrow

migrations = Migrations("planned_work")


@migrations()
def weekly_work(db: Database) -> None:
    """``weekly_until``: the last day (YYYY-MM-DD) on which the same hours come again; NULL for once."""
    db.execute("ALTER TABLE maintenance ADD COLUMN weekly_until TEXT")


@migrations()
def planned_part_of_an_outage(db: Database) -> None:
    """``planned``: JSON, pairs of Unix seconds in which announced work explains the outage; NULL for none."""
    db.execute("ALTER TABLE tickets ADD COLUMN planned TEXT")


@migrations()
def silence_of_a_ticket(db: Database) -> None:
    """``silence``: JSON of the silence in Alertmanager that mutes it; since when, and for how long before that."""
    db.execute("ALTER TABLE tickets ADD COLUMN silence TEXT")
    db.execute("ALTER TABLE tickets ADD COLUMN silenced_since REAL")
    db.execute("ALTER TABLE tickets ADD COLUMN silenced_seconds REAL NOT NULL DEFAULT 0")


@migrations()
def silences_of_a_window(db: Database) -> None:
    """Alertmanager's matchers are joined by "and", so each label by which alerts are named needs its own silence."""
    for statement in (
        "CREATE TABLE work_silences (window INTEGER NOT NULL REFERENCES maintenance (id), label TEXT NOT NULL,"
        " silence TEXT NOT NULL, PRIMARY KEY (window, label)) STRICT",
        "INSERT INTO work_silences (window, label, silence)"
        " SELECT id, 'root', silence FROM maintenance WHERE coalesce(silence, '') <> ''",
    ):
        db.execute(statement)
    narrow(db, "maintenance", ("silence",))
    db.execute("ALTER TABLE maintenance DROP COLUMN silence")
