"""The inbox: what came from strangers before it is a case, and every act on it."""

import hashlib
from typing import Any

from sqlite_utils import Database, Migrations

from request_tracker.store.chain import GENESIS, canonical, digest

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


@migrations()
def acts_in_a_chain(db: Database) -> None:
    """Each act has the hash of the one before, and says what it makes of its entry; those there are get theirs."""
    # What is written is sealed by the next step of bringing up to date, and only where it still gave its seal.
    for trigger in ("inbox_acts_no_update", "seal_inbox_acts_UPDATE"):
        db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    for column in ("data TEXT NOT NULL DEFAULT '{}'", "previous_hash TEXT NOT NULL DEFAULT ''"):
        db.execute(f"ALTER TABLE inbox_acts ADD COLUMN {column}")
    db.execute("ALTER TABLE inbox_acts ADD COLUMN hash TEXT NOT NULL DEFAULT ''")
    entries = {row["id"]: row for row in _rows(db, "SELECT * FROM inbox")}
    previous = GENESIS
    for act in _rows(db, "SELECT id, entry, at, actor, kind, text FROM inbox_acts ORDER BY id"):
        id_, data = act.pop("id"), _data(act["kind"], entries[act["entry"]])
        hash_ = digest({**act, "data": data}, previous)
        sql = "UPDATE inbox_acts SET data = ?, previous_hash = ?, hash = ? WHERE id = ?"
        db.execute(sql, [canonical(data), previous, hash_, id_])
        previous = hash_
    db.execute(
        "CREATE TRIGGER inbox_acts_no_update BEFORE UPDATE ON inbox_acts"
        " BEGIN SELECT RAISE(ABORT, 'inbox_acts is append-only'); END"
    )


def _rows(db: Database, sql: str) -> list[dict[str, Any]]:
    cursor = db.conn.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _data(kind: str, entry: dict[str, Any]) -> dict[str, Any]:
    if kind == "arrived":
        names = ("id", "key", "link_hash", "sop", "kind", "opd", "subject", "sending", "contact", "arrived_at")
        return {"content": hashlib.sha256(canonical([entry[name] for name in names]).encode()).hexdigest()}
    if kind == "accepted":
        return {"case_number": entry["case_number"]}
    return {"outcome": entry["outcome"], "case_number": entry["case_number"]} if kind == "ended" else {}
