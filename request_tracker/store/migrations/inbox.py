"""The inbox: what came from strangers before it is a case, and every act on it."""

from sqlite_utils import Database, Migrations

migrations = Migrations("inbox")


@migrations()
def entries(db: Database) -> None:
    """``inbox``: what was sent and how it stands; ``inbox_acts``: who did what to it, append-only.

    ``sending``: JSON of the form, the papers and the origin, without personal values; ``contact``: the row of contacts.
    """
    for statement in (
        "CREATE TABLE inbox (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, link_hash TEXT NOT NULL UNIQUE,"
        " sop TEXT NOT NULL, kind TEXT NOT NULL, opd TEXT, subject TEXT NOT NULL, sending TEXT NOT NULL,"
        " contact INTEGER REFERENCES contacts (id), arrived_at TEXT NOT NULL, complete_at TEXT NOT NULL,"
        " state TEXT NOT NULL, outcome TEXT, ended_at TEXT, case_number TEXT) STRICT",
        # What waits is asked for at every look; of years of entries it is a handful.
        "CREATE INDEX inbox_waiting ON inbox (arrived_at) WHERE ended_at IS NULL",
        "CREATE TABLE inbox_acts (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL REFERENCES inbox (id),"
        " at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL) STRICT",
        "CREATE INDEX inbox_acts_of ON inbox_acts (entry)",
        "CREATE TRIGGER inbox_acts_no_update BEFORE UPDATE ON inbox_acts"
        " BEGIN SELECT RAISE(ABORT, 'inbox_acts is append-only'); END",
        "CREATE TRIGGER inbox_acts_no_delete BEFORE DELETE ON inbox_acts"
        " BEGIN SELECT RAISE(ABORT, 'inbox_acts is append-only'); END",
    ):
        db.execute(statement)
