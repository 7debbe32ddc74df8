"""The rights journal: one chain of everything that decides who may act. Acts and changed rows in, hashed lines out.

Nobody need remember to record: triggers on every table of ``guards`` write a line inside the statement that changes a
row, whichever door it came by, and without this module's function such a statement fails. ``record`` is for what no
guarded table says (a failed log-in of a name nobody has, a template's file). Who acts is ``acting``'s business.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.errors import TrackerError
from request_tracker.store.acting import acting_now
from request_tracker.store.chain import CLOCK, GENESIS, canonical, clock_beside, digest, not_before, stamp
from request_tracker.store.guards import BY_TABLE, GUARDS, Guard, Values
from request_tracker.words.rights_words import RIGHTS_KINDS

# Hexadecimal digits, 64 bits: they tell two secrets' hashes apart and are no help to find either.
FINGERPRINT_DIGITS = 16
COLUMNS = ("seq", "recorded_at", "actor", "door", "kind", "subject", "data")
_TABLE = "table"  # Only a line that a trigger wrote has this key in its data.
_TRIGGER = "rights_guard_"
# What a trigger says of the line before: its number, its hash and its time.
_LAST = ("seq", "hash", "recorded_at")
# What the clock showed when a line was written; its time is later where the clock had been set back before.
CLOCK_AT = f"coalesce(json_extract(data, '$.{CLOCK}'), recorded_at)"
_HEAD = "SELECT seq, hash, recorded_at FROM rights_journal ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True)
class RightsAct:
    """What is recorded: a kind of ``words.rights_words``, whom or what it is about (``user:N``), and plain facts.

    No personal data beside official names: a line is for ever. ``actor`` only where it is not who acts just now.
    """

    kind: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict)
    actor: str | None = None


def record(db: Database, act: RightsAct) -> None:
    """Write the act at the end of the chain, inside the open transaction of what it records."""
    if act.kind not in RIGHTS_KINDS or _TABLE in act.data:
        raise TrackerError(f"rights journal: {act.kind!r} is no kind of words/rights_words.py, or its data has a table")
    _append(db, act)


def learn(db: Database) -> None:
    """Teach a connection the function that the triggers call."""
    db.conn.create_function("rights_entry", 7, _entry)
    # The triggers of an older schema, until it is brought up to date, do not say when the last line was written.
    db.conn.create_function("rights_entry", 6, _entry)


def guards_there(db: Database) -> frozenset[str]:
    """The triggers there are, before the schema is changed: a change may have to drop those of a table."""
    return frozenset(row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"))


def renew(db: Database, before: frozenset[str]) -> None:
    """Inside a transaction: make the triggers anew; the rows of a table that had none ``before`` are recorded."""
    for name in sorted(guards_there(db)):
        if name.startswith(_TRIGGER):
            db.execute(f'DROP TRIGGER "{name}"')
    for guard in GUARDS:
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{guard.table}")')]
        for act in guard.acts:
            db.execute(_trigger(guard, act, columns))
        if guard.folded and not any(trigger_name(guard, act) in before for act in guard.acts):
            for row in list(rows_of(db, guard)):
                _append(db, RightsAct("adopted", guard.subject.format(**row), _data(guard, "insert", {}, row)))


def trigger_name(guard: Guard, act: str) -> str:
    """The trigger that records one kind of statement on a guarded table."""
    return f"{_TRIGGER}{guard.table}_{act}"


def rows_of(db: Database, guard: Guard) -> Iterator[dict[str, Any]]:
    """The rows of a guarded table that are recorded, as they stand."""
    cursor = db.conn.execute(f'SELECT * FROM "{guard.table}" WHERE {guard.when.format(row="")}')
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def open_row(guard: Guard, row: Values) -> dict[str, Any]:
    """What of a row the journal may say."""
    shown = {key: value for key, value in row.items() if key not in guard.hidden | guard.ignored}
    return {key: _fingerprint(value) if key in guard.sealed else value for key, value in shown.items()}


def row_key(guard: Guard, row: Values) -> list[Any]:
    """Which row of its table it is."""
    shown = open_row(guard, row)
    return [shown[key] for key in guard.key]


def _append(db: Database, act: RightsAct) -> None:
    line = _line(act, *(db.conn.execute(_HEAD).fetchone() or (0, GENESIS, None)))
    marks = ", ".join("?" for _ in line)
    db.conn.execute(f"INSERT INTO rights_journal ({', '.join(line)}) VALUES ({marks})", list(line.values()))


def _line(act: RightsAct, last_seq: int, previous_hash: str, last_at: str | None = None) -> dict[str, Any]:
    """The row of an act that follows the last one."""
    acting, last = acting_now(), datetime.fromisoformat(last_at) if last_at else None
    now = acting.clock()
    body = {
        "seq": last_seq + 1,
        "recorded_at": stamp(not_before(last, now)),
        "actor": act.actor or acting.person,
        "door": acting.door,
        "kind": act.kind,
        "subject": act.subject,
        # Through text and back: what is hashed now is what a reader of the row will hash again.
        "data": json.loads(canonical({**act.data, **clock_beside(last, now)})),
    }
    hash_ = digest(body, previous_hash)
    return {**body, "data": canonical(body["data"]), "previous_hash": previous_hash, "hash": hash_}


def _entry(  # noqa: PLR0913  # SQLite calls it with the columns of a trigger.
    table: str,
    act: str,
    old: str,
    new: str,
    last_seq: int | None,
    previous_hash: str | None,
    last_at: str | None = None,
) -> str:
    """What a trigger calls: the next line as JSON, of one row before and after."""
    guard, before, after = BY_TABLE[table], json.loads(old), json.loads(new)
    data = _data(guard, act, before, after)
    subject = guard.subject.format(**(after or before))
    kind = guard.kind(act, before, after)
    return json.dumps(_line(RightsAct(kind, subject, data), last_seq or 0, previous_hash or GENESIS, last_at))


def _data(guard: Guard, act: str, old: Values, new: Values) -> dict[str, Any]:
    """The row as it is now (as it was, where it is gone), what a change took the place of, and what stays unsaid."""
    row = open_row(guard, new or old)
    data: dict[str, Any] = {_TABLE: guard.table, "act": act, "key": row_key(guard, new or old), "row": row}
    if act == "update":
        before = open_row(guard, old)
        data["before"] = {key: value for key, value in before.items() if value != row[key]}
        data["unsaid"] = sorted(key for key in guard.hidden if old[key] != new[key])
    return data


def _trigger(guard: Guard, act: str, columns: list[str]) -> str:
    row = "OLD." if act == "delete" else "NEW."
    said = [column for column in columns if column not in guard.ignored]
    conditions = [f"({guard.when.format(row=row)})"]
    if act == "update":
        conditions.append("(" + " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in said) + ")")
    old = _object("OLD.", said) if act != "insert" else "'{}'"
    new = _object("NEW.", said) if act != "delete" else "'{}'"
    place = ", ".join(f"(SELECT {name} FROM rights_journal ORDER BY seq DESC LIMIT 1)" for name in _LAST)
    names = (*COLUMNS, "previous_hash", "hash")
    # The line comes out of json_each, so that the function is called once: a subquery's value may be computed anew.
    values = ", ".join(f"max(CASE key WHEN '{name}' THEN value END)" for name in names)
    return (
        f'CREATE TRIGGER "{trigger_name(guard, act)}" AFTER {act.upper()} ON "{guard.table}"'
        f" WHEN {' AND '.join(conditions)} BEGIN INSERT INTO rights_journal ({', '.join(names)})"
        f" SELECT {values} FROM json_each(rights_entry('{guard.table}', '{act}', {old}, {new}, {place})); END"
    )


def _object(row: str, columns: list[str]) -> str:
    return "json_object(" + ", ".join(f"'{name}', {row}\"{name}\"" for name in columns) + ")"


def _fingerprint(value: Any) -> Any:
    return None if value is None else hashlib.sha256(str(value).encode()).hexdigest()[:FINGERPRINT_DIGITS]
