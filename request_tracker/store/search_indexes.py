"""Whether the search indexes hold what they index: each is made anew beside, and compared term by term.

FTS5's own check compares one checksum that is an exclusive or over all entries: a bit of a beginning that two terms
share changes both entries alike, and the checksum can stay. So it is asked first, and not alone.
"""

import hashlib

from request_tracker.store.database import Connection, DatabaseError, Store

SEARCHES = ("cases_search", "letters_search")


def search_faults(store: Store) -> list[str]:
    """Every search index that is not what its rows give; nothing of the database is written."""
    return [fault for index in SEARCHES for fault in _faults(store, index)]


def _faults(store: Store, index: str) -> list[str]:
    advice = "write it anew with lebarpita-tracker rebuild"
    try:
        with store.transaction() as db:
            db.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
        # A connection of its own, which writes its temporary database alone: nobody waits, however long it reads.
        with store.beside() as own:
            own.execute("BEGIN")
            same = _terms(own, index, "main") == _terms_anew(own, index)
    except DatabaseError as error:
        return [f"{index}: {error}; {advice}"]
    return [] if same else [f"{index}: its terms are not those of its rows; {advice}"]


def _terms_anew(own: Connection, index: str) -> str:
    """The terms of an index made from the same rows."""
    columns = ", ".join(row[1] for row in own.execute(f"PRAGMA table_info({index})"))
    anew = f"{index}_anew"
    own.execute(
        f"CREATE VIRTUAL TABLE temp.{anew} USING fts5({columns}, content='', tokenize='trigram', detail='full')"
    )
    own.execute(f"INSERT INTO temp.{anew} (rowid, {columns}) SELECT rowid, {columns} FROM {index}")
    return _terms(own, anew, "temp")


def _terms(own: Connection, index: str, schema: str) -> str:
    """One hash over every term with its rows, columns and places."""
    own.execute(f"CREATE VIRTUAL TABLE temp.{index}_terms USING fts5vocab({schema}, {index}, instance)")
    sum_ = hashlib.sha256()
    for row in own.execute(f"SELECT term, doc, col, offset FROM temp.{index}_terms"):
        sum_.update(repr(row).encode())
    return sum_.hexdigest()
