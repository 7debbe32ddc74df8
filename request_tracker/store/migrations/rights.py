"""The tables of who may act: the rights journal, and acts that wait for a second person."""

from sqlite_utils import Database, Migrations

migrations = Migrations("rights")


@migrations()
def rights_journal(db: Database) -> None:
    """The chain; the triggers that write it stand in ``store.guards`` and are made anew after every migration."""
    for statement in (
        """CREATE TABLE rights_journal (
             seq INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, actor TEXT NOT NULL, door TEXT NOT NULL,
             kind TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL, previous_hash TEXT NOT NULL,
             hash TEXT NOT NULL UNIQUE) STRICT""",
        "CREATE INDEX rights_journal_time ON rights_journal (recorded_at)",
        "CREATE INDEX rights_journal_kind ON rights_journal (kind, subject)",
        "CREATE TRIGGER rights_journal_no_update BEFORE UPDATE ON rights_journal"
        " BEGIN SELECT RAISE(ABORT, 'rights_journal is append-only'); END",
        "CREATE TRIGGER rights_journal_no_delete BEFORE DELETE ON rights_journal"
        " BEGIN SELECT RAISE(ABORT, 'rights_journal is append-only'); END",
        # A link that is made again is told from a case's first one by this index, whatever the archive holds.
        "CREATE INDEX public_tokens_case ON public_tokens (case_id)",
    ):
        db.execute(statement)


@migrations()
def second_person(db: Database) -> None:
    """Acts that wait for the confirmation of a second person; what was asked stands in the row, as it was asked."""
    db.execute(
        """CREATE TABLE rights_requests (
             id INTEGER PRIMARY KEY, act TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL,
             asked_by TEXT NOT NULL, asked_at TEXT NOT NULL, decided_by TEXT, decided_at TEXT, outcome TEXT) STRICT"""
    )
