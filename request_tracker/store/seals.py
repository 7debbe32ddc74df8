"""Seals: a hash beside every row that no chain covers, so that one flipped bit is found; never a proof of who wrote.

Triggers write a row's seal with the row, in the same transaction. The chained tables (events, and the projections
that the audit folds anew) need none. Bringing the schema up to date renews the triggers, seals what had none, and
seals anew what gave its seal before its table got another column. The row ``('', table)`` holds a table's columns.
"""

import hashlib
import json
from typing import Any

from sqlite_utils import Database

_CHAINED = frozenset({"events", "cases", "waiting", "seals"})
_TABLE = """CREATE TABLE IF NOT EXISTS seals (
  name TEXT NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (name, key)) STRICT, WITHOUT ROWID"""


def seal_of(*values: object) -> str:
    """The hash of a row's values; types count, so 1 and '1' differ."""
    # repr() tells 1 from 1.0, '1', b'1' and None, which str() and SQLite's own comparison do not.
    return hashlib.sha256(repr(values).encode()).hexdigest()


def key_of(*values: object) -> str:
    """The text of a row's primary key. Row numbers will not do: a backup may give a row another one."""
    return repr(values)


def learn(db: Database) -> None:
    """Teach a connection the functions that the triggers call."""
    for function in (seal_of, key_of):
        db.conn.create_function(function.__name__, -1, function, deterministic=True)


def renew(db: Database) -> None:
    """Inside a transaction: make the triggers anew for every table and seal the rows that had no seal."""
    db.execute(_TABLE)
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
    for name in names:
        if name.startswith("seal_"):
            db.execute(f'DROP TRIGGER "{name}"')
    for table in _tables(db):
        keys, columns = _columns(db, table)
        old, new = (f"'{table}', key_of({_list(keys, row)})" for row in ("OLD.", "NEW."))
        write = f"INSERT OR REPLACE INTO seals VALUES ({new}, seal_of({_list(columns, 'NEW.')}));"
        forget = f"DELETE FROM seals WHERE (name, key) = ({old});"
        # An UPDATE may change the key itself: the old seal goes before the new one comes.
        for act, body in (("INSERT", write), ("UPDATE", forget + write), ("DELETE", forget)):
            db.execute(f'CREATE TRIGGER "seal_{table}_{act}" AFTER {act} ON "{table}" BEGIN {body} END')
        _widen(db, table, keys, columns)
        everything = f"'{table}', key_of({_list(keys)}), seal_of({_list(columns)})"
        db.execute(f'INSERT OR IGNORE INTO seals SELECT {everything} FROM "{table}"')
    db.execute("INSERT OR REPLACE INTO seals VALUES ('', '', ?)", [_schema(db)])


def _widen(db: Database, table: str, keys: list[str], columns: list[str]) -> None:
    """Seal the rows of a table that has other columns now; a row that did not give its seal stays a fault."""
    row = db.execute("SELECT hash FROM seals WHERE (name, key) = ('', ?)", [table]).fetchone()
    before = json.loads(row[0]) if row else columns
    if before != columns:
        sealed = f"SELECT 1 FROM seals s WHERE s.name = '{table}' AND s.key = key_of({_list(keys, 't.')})"
        shared = [column for column in before if column in columns]
        # Only a row that still gave its old seal is sealed anew: a migration must not heal what somebody has changed.
        true = f"EXISTS ({sealed} AND s.hash = seal_of({_list(shared, 't.')}))" if shared == before else "1"
        rows = f"SELECT '{table}', key_of({_list(keys)}), seal_of({_list(columns)}) FROM \"{table}\" t WHERE {true}"
        db.execute(f"INSERT OR REPLACE INTO seals {rows}")
    db.execute("INSERT OR REPLACE INTO seals VALUES ('', ?, ?)", [table, json.dumps(columns)])


def narrow(db: Database, table: str, dropped: tuple[str, ...]) -> None:
    """Before columns go: seal the rows without them, but only those that give their seal; the table's triggers go."""
    for act in ("INSERT", "UPDATE", "DELETE"):
        db.execute(f"DROP TRIGGER IF EXISTS seal_{table}_{act}")
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'seals'").fetchone() is None:
        return
    keys, columns = _columns(db, table)
    left = [column for column in columns if column not in dropped]
    row = f'FROM "{table}" t WHERE key_of({_list(keys, "t.")}) = seals.key'
    db.execute(
        f"UPDATE seals SET hash = (SELECT seal_of({_list(left, 't.')}) {row}) WHERE name = '{table}'"
        f" AND EXISTS (SELECT 1 {row} AND seal_of({_list(columns, 't.')}) = seals.hash)"
    )
    db.execute("UPDATE seals SET hash = ? WHERE (name, key) = ('', ?)", [json.dumps(left), table])


def faults(db: Database) -> list[str]:
    """Every row that does not give its seal, has none, or is gone."""
    breaks = []
    sealed = {(row[0], row[1]): row[2] for row in db.execute("SELECT name, key, hash FROM seals")}
    if sealed.pop(("", ""), None) != _schema(db):
        breaks.append("database: its schema is not the one that was made")
    for table in _tables(db):
        keys, columns = _columns(db, table)
        now = json.dumps(columns)
        if sealed.pop(("", table), now) != now:
            breaks.append(f"{table}: its columns are not those that were sealed")
        rows = db.execute(f'SELECT key_of({_list(keys)}), seal_of({_list(columns)}) FROM "{table}"')
        breaks += [
            f"{table} {key}: its content does not give its seal"
            for key, hash_ in rows
            if sealed.pop((table, key), None) != hash_
        ]
    return breaks + [f"{table} {key}: is sealed and gone" for table, key in sealed]


def _tables(db: Database) -> list[str]:
    """Ordinary tables that no chain covers; a search index is written anew from them."""
    # type = 'table' leaves out a search index's own tables (they are 'shadow') and views; wr = 1 is WITHOUT ROWID,
    # which no table of ours but this one is.
    sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 ORDER BY name"
    names: list[Any] = [row[0] for row in db.execute(sql)]
    return [name for name in names if name not in _CHAINED and not name.startswith("sqlite_")]


def _columns(db: Database, table: str) -> tuple[list[str], list[str]]:
    """The columns of the primary key, and all columns."""
    # Its columns: cid, name, type, notnull, default, and the place in the primary key (0 where it is not in it).
    rows = list(db.execute(f'PRAGMA table_info("{table}")'))
    return [row[1] for row in rows if row[5]] or ["rowid"], [row[1] for row in rows]


def _list(columns: list[str], row: str = "") -> str:
    return ", ".join(f'{row}"{column}"' for column in columns)


def _schema(db: Database) -> str:
    """The seal of every table, index and trigger of ours; SQLite's own (its statistics, say) come and go."""
    rows = db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    return seal_of(*(tuple(row) for row in rows if not row[1].startswith("sqlite_")))
