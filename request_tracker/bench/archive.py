"""A made-up archive of any size in a fresh database: every case has a valid chain, but nobody lived through it.

A few cases are walked through the real commands; the rest are copies with their own numbers and their own hashes.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases import Cancel, Desk, OpenCase, Sign, Supplied, Who, history, open_case, read_case, run
from request_tracker.cases.events import COLUMNS, to_row
from request_tracker.cases.projection import row_of, waiting_rows
from request_tracker.sop.register import by_hash
from request_tracker.store.chain import GENESIS, canonical, digest

SOP = "PKL-BW"
ENDED_IN_TWENTY = 19  # After some years nineteen of twenty cases are closed; the lists of open ones stay short.
# Some 90 MB at once: all in one transaction would make a write-ahead log as long as the database.
AT_ONCE = 10_000
_NUMBER = "a number that no case has"
_REQUESTER = Who("contact:1", frozenset({"requester"}))
_WALK = (
    (Who("user:1", frozenset({"head_of_office"})), "PKL-B-02"),
    (Who("user:1", frozenset({"head_of_division"})), "PKL-B-03"),
    (Who("user:1", frozenset({"head_of_section"})), "PKL-B-03"),
)
_TECHNICIAN = Who("user:1", frozenset({"technician"}))
_WORDS = ("layanan daring", "rapat video", "SIMRS", "e-kinerja", "pajak daerah", "perpustakaan", "CCTV simpang")


@dataclass(frozen=True)
class _ModelEvent:
    """An event as a row, and what its hash is made of, cut where the case's number stands."""

    row: dict[str, Any]
    text: tuple[str, str]


@dataclass(frozen=True)
class _Model:
    """A walked case, taken apart: its events and its projection."""

    events: list[_ModelEvent]
    case: dict[str, Any]
    waiting: list[dict[str, Any]]


def fill(desk: Desk, cases: int, now: datetime) -> list[str]:
    """Write ``cases`` cases into an empty database with the SOPs in force; returns some of their numbers.

    One in twenty is open: by turns it waits for its first signature and for the technician.
    """
    ended, waiting, fresh = _walked(desk, now, ended=True), _walked(desk, now), _walked(desk, now, signatures=0)
    year = desk.calendar.local(now).year
    first = int(desk.store.value("SELECT max(id) FROM cases")) + 1
    opds = [opd.code for opd in desk.city.opds]
    for begun in range(first, cases + 1, AT_ONCE):
        with desk.store.transaction() as db:
            for id_ in range(begun, min(begun + AT_ONCE, cases + 1)):
                turn, rest = divmod(id_, ENDED_IN_TWENTY + 1)
                model = ended if rest else (waiting, fresh)[turn % 2]
                _copy(db, model, id_, f"{SOP}/{year}/{id_:06d}", opds[(turn + rest) % len(opds)])
            db.execute("UPDATE numbers SET value = ? WHERE key = ? AND year = ?", [max(cases, first - 1), SOP, year])
    # A database that grew over years has its statistics; without them SQLite plans as for an empty one.
    desk.store.db.execute("ANALYZE")
    return [row["number"] for row in desk.store.rows("SELECT number FROM cases ORDER BY id DESC LIMIT 500")]


def _walked(desk: Desk, now: datetime, ended: bool = False, signatures: int = len(_WALK)) -> _Model:
    """One case by the real commands, up to the technician or so many signatures; then cancelled or left waiting."""
    documents = {"surat": Supplied(sha256="a" * 64, name="surat.pdf")}
    command = OpenCase(
        SOP,
        "Penambahan bandwidth",
        desk.city.opds[0].code,
        {"wanted_receive": "50 Mbit/s", "purpose": "layanan"},
        documents=documents,
    )
    number = open_case(desk, command, _REQUESTER, now).number
    for who, step in _WALK[:signatures]:
        named = _TECHNICIAN if step == "PKL-B-03" and "head_of_section" in who.roles else None
        run(desk, number, Sign(step, note="proses", assignee=named), who, now)
    if ended:
        run(desk, number, Cancel("dibatalkan pemohon"), _REQUESTER, now)
    case = read_case(desk, number)
    events = [_model_event(to_row(event, 0)) for event in history(desk, number)]
    return _Model(events, row_of(case), waiting_rows(0, case, by_hash(desk.store, case.sop_hash)))


def _model_event(row: dict[str, Any]) -> _ModelEvent:
    body = {"case": _NUMBER, **{key: row[key] for key in COLUMNS}, "data": json.loads(row["data"])}
    before, after = canonical(body).split(_NUMBER)
    return _ModelEvent(row, (before, after))


def _copy(db: Database, model: _Model, id_: int, number: str, opd: str) -> None:
    subject = f"Penambahan bandwidth {_WORDS[id_ % len(_WORDS)]} {id_}"
    case = {**model.case, "id": id_, "number": number, "opd": opd, "subject": subject}
    _insert(db, "cases", [case])
    _insert(db, "events", _chained(model.events, id_, number, opd, subject))
    _insert(db, "waiting", [{**row, "case_id": id_} for row in model.waiting])


def _chained(events: list[_ModelEvent], id_: int, number: str, opd: str, subject: str) -> list[dict[str, Any]]:
    """The events of a copy. Only its first one has another content; of the others only the case's number is another."""
    rows, previous = [], GENESIS
    for event in events:
        row, (before, after) = event.row, event.text
        if row["kind"] == "opened":
            content = {**json.loads(row["data"]), "number": number, "opd": opd, "subject": subject}
            row = {**row, "data": canonical(content)}
            hash_ = digest({"case": number, **{key: row[key] for key in COLUMNS}, "data": content}, previous)
        else:
            hash_ = hashlib.sha256(f"{previous}{before}{number}{after}".encode()).hexdigest()
        rows.append({**row, "case_id": id_, "previous_hash": previous, "hash": hash_})
        previous = hash_
    return rows


def _insert(db: Database, table: str, rows: list[dict[str, Any]]) -> None:
    """Plain inserts: sqlite-utils looks at the schema for every call, which is most of the time of a bulk load."""
    if rows:
        columns, marks = ", ".join(rows[0]), ", ".join("?" for _ in rows[0])
        db.conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [list(row.values()) for row in rows])
