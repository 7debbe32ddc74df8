"""What changed in who may do what, between two moments: a filter in, the rights journal's lines for people out.

Names are those of the line where it has them: whoever has another name today, or no account, is told by what he was.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.people.roles import ROLE_NAMES
from request_tracker.store.chain import CLOCK, stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.rights_journal import CLOCK_AT
from request_tracker.words.bilingual import Both, joined
from request_tracker.words.rights_words import RIGHTS_FIELDS

# Logging in and out is most of the journal, and says nothing about what anybody may do.
LOGINS = frozenset(
    {"logged_in", "logged_out", "login_failed", "failures_cleared", "device_known", "second_factor_used"}
)
EVERYTHING, CHANGES = "semua", "perubahan"
UNSAID = Both("(tidak dicatat isinya)", "(its content is not recorded)")
_SAID_ALREADY = frozenset(
    {"id", "hash", "created_at", "changed_at", "approved_at", "asked_at", "decided_at", "data", "password"}
    | {"user_id", "user", "active", "subject", "code"}
)
LONGEST = 160  # Characters of one value on the page; the export has the whole.


@dataclass(frozen=True)
class RightsFilter:
    """``person``: who did it, or to whom it was done; ``kind``: one kind, or ``EVERYTHING``, ``CHANGES``."""

    since: datetime | None = None
    until: datetime | None = None
    person: str = ""
    kind: str = EVERYTHING


@dataclass(frozen=True)
class FieldChange:
    """One fact of a line: the field's name, what it was (None where it is new), what it is."""

    name: Both
    before: Both | None
    after: Both


def rights_rows(store: Store, wanted: RightsFilter, newest: int | None = None) -> Iterator[Row]:
    """The lines, the oldest first; with ``newest`` only so many, the newest first."""
    where, values = _conditions(wanted)
    order = f"seq DESC LIMIT {newest:d}" if newest is not None else "seq"
    return store.each(f"SELECT * FROM rights_journal WHERE {where} ORDER BY {order}", values)


def count_rights(store: Store, wanted: RightsFilter) -> int:
    """How many lines there are."""
    where, values = _conditions(wanted)
    return int(store.value(f"SELECT count(*) FROM rights_journal WHERE {where}", values))


def field_changes(row: Row) -> tuple[FieldChange, ...]:
    """What a line says beside its kind and subject."""
    data = json.loads(row["data"])
    clock = data.pop(CLOCK, None)
    # Beside a time that was carried on after a clock was set back.
    beside = (FieldChange(_name(CLOCK), None, _text(CLOCK, clock)),) if clock else ()
    return (*beside, *_said(data))


def _said(data: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    if "table" not in data:
        return tuple(FieldChange(_name(key), None, _text(key, value)) for key, value in data.items())
    now, before = data["row"], data.get("before")
    if before is None:
        return tuple(FieldChange(_name(key), None, _text(key, value)) for key, value in _facts(now).items())
    changes = (FieldChange(_name(key), _text(key, before[key]), _text(key, now[key])) for key in before)
    return (*changes, *(FieldChange(_name(key), None, UNSAID) for key in data["unsaid"]))


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a whole row says that its line does not say already; of a request also what was asked."""
    wanted = json.loads(row["data"]) if isinstance(row.get("data"), str) else {}
    return {key: value for key, value in {**row, **wanted}.items() if key not in _SAID_ALREADY and value}


def _conditions(wanted: RightsFilter) -> tuple[str, list[Any]]:
    conditions, values = ["1"], list[Any]()
    if wanted.since is not None:
        conditions.append(f"{CLOCK_AT} >= ?")
        values.append(stamp(wanted.since))
    if wanted.until is not None:
        conditions.append(f"{CLOCK_AT} < ?")
        values.append(stamp(wanted.until))
    if wanted.person:
        number = wanted.person.partition(":")[2]
        conditions.append("(actor = ? OR subject = ? OR json_extract(data, '$.row.from_user') = ?)")
        values += [wanted.person, wanted.person, int(number) if number.isdecimal() and len(number) < 18 else -1]
    if wanted.kind == CHANGES:
        conditions.append(f"kind NOT IN ({', '.join('?' for _ in LOGINS)})")
        values += sorted(LOGINS)
    elif wanted.kind != EVERYTHING:
        conditions.append("kind = ?")
        values.append(wanted.kind)
    return " AND ".join(conditions), values


def _name(key: str) -> Both:
    return RIGHTS_FIELDS.get(key, Both(key, key))


def _text(key: str, value: Any) -> Both:
    roles = value if key == "roles" else [value] if key == "role" else []
    if roles and all(role in ROLE_NAMES for role in roles):
        return joined(ROLE_NAMES[role] for role in roles)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if value is None or value == "":
        text = "–"
    elif len(text) > LONGEST:
        text = f"{text[:LONGEST]} …"
    return Both(text, text)
