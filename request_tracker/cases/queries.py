"""Reading cases: by number, by secret link, by who must act, by filter. Writes nothing."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.cases.context import Desk
from request_tracker.cases.events import from_row
from request_tracker.cases.fold import fold
from request_tracker.cases.model import Case, Event
from request_tracker.errors import NotThere
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.search import INDEXED_LETTERS, phrase

# Nobody reads more on one page; whoever wants every case exports them (``each_case``).
MAX_ROWS = 500
# Of a case ``c`` and a line ``w`` of who waits: the step may be done after those that follow it (emergency).
# Of a damaged event nobody knows it: asked without looking first, SQLite would refuse the whole list for that one.
AFTERWARDS = (
    "coalesce((SELECT iif(json_valid(e.data), json_extract(e.data, '$.afterwards'), 0) FROM events e"
    " WHERE e.case_id = c.id AND e.kind = 'step_entered' AND e.step = w.step ORDER BY e.seq DESC LIMIT 1), 0)"
)
_COLUMNS = (
    "c.number, c.sop, c.kind, c.opd, c.subject, c.opened_at, c.step, c.round, c.due_at, c.service_due_at, c.priority"
)


def read_case(desk: Desk, number: str) -> Case:
    """The case as it stands; NotThere(unknown_case) if there is none."""
    return fold(history(desk, number))


def history(desk: Desk, number: str) -> list[Event]:
    """Every event of a case, in order."""
    rows = desk.store.rows(
        "SELECT e.* FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = ? ORDER BY e.seq", [number]
    )
    if not rows:
        raise NotThere("unknown_case", number=number)
    return [from_row(row) for row in rows]


def histories(desk: Desk, numbers: Sequence[str]) -> dict[str, list[Event]]:
    """The events of several cases, in order, by number; one statement for all of them."""
    by_number: dict[str, list[Event]] = {number: [] for number in numbers}
    # ``IN (NULL)`` holds for no row, as an empty list should; ``IN ()`` is SQLite's alone.
    marks = ",".join("?" for _ in by_number) or "NULL"
    rows = desk.store.rows(
        f"SELECT c.number, e.* FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number IN ({marks})"
        " ORDER BY e.case_id, e.seq",
        list(by_number),
    )
    for row in rows:
        by_number[row["number"]].append(from_row(row))
    return by_number


def case_by_token(desk: Desk, token: str, now: datetime) -> str:
    """The number behind a secret link; Refused(unknown_token) where it is wrong or has expired."""
    row = desk.store.row(
        "SELECT c.number FROM public_tokens t JOIN cases c ON c.id = t.case_id"
        " WHERE t.hash = ? AND (t.expires_at IS NULL OR t.expires_at > ?)",
        [token_hash(token), stamp(now)],
    )
    if row is None:
        raise NotThere("unknown_token")
    return str(row["number"])


def token_hash(token: str) -> str:
    """What is stored of a secret link."""
    # No salt and no slow hash: unlike a password, a token is random, so there is no dictionary to try.
    return hashlib.sha256(token.encode()).hexdigest()


def waiting_for(desk: Desk, roles: Iterable[str], limit: int = 100) -> list[Row]:
    """Open steps that wait for one of these roles, the most urgent first."""
    names = sorted(set(roles))
    marks = ",".join("?" for _ in names) or "NULL"
    # The limit stands inside the join: of thousands of waiting steps only a page's are joined. NULL: no deadline, last.
    return desk.store.rows(
        f"SELECT {_COLUMNS}, w.step AS waiting_step, w.lane, w.role, w.due_at AS step_due_at, c.assignee, c.paused,"
        " c.sop_hash"
        f" FROM (SELECT * FROM waiting WHERE role IN ({marks}) ORDER BY due_at IS NULL, due_at, case_id LIMIT ?) w"
        " JOIN cases c ON c.id = w.case_id ORDER BY w.due_at IS NULL, w.due_at, c.id",
        [*names, min(limit, MAX_ROWS)],
    )


@dataclass(frozen=True, kw_only=True)
class CaseFilter:
    """Which cases: ``text`` matches number, subject or letter number; ``open_only`` False finds those that ended."""

    text: str = ""
    opd: str | None = None
    sop: str | None = None
    open_only: bool | None = None


EVERY_CASE = CaseFilter()


def find_cases(desk: Desk, wanted: CaseFilter = EVERY_CASE, limit: int = 50, offset: int = 0) -> list[Row]:
    """Cases by filter, the newest first."""
    where, values = _conditions(wanted)
    return desk.store.rows(
        f"SELECT {_COLUMNS}, c.ending, c.ended_at, c.assignee, c.paused, c.awaiting, c.letter_number"
        f" FROM cases c{_index(wanted)} WHERE {where} ORDER BY c.id DESC LIMIT ? OFFSET ?",
        [*values, min(limit, MAX_ROWS), offset],
    )


def each_case(store: Store, select: str, wanted: CaseFilter) -> Iterator[Row]:
    """Every case of the same filter, the oldest first and as many as there are; ``select`` ends with ``cases c``."""
    where, values = _conditions(wanted)
    return store.each(f"{select} WHERE {where} ORDER BY c.id", values)


def _index(wanted: CaseFilter) -> str:
    """Named where an SOP is all that is asked: SQLite 3.46 reads every case once one SOP has nearly all of them."""
    return " INDEXED BY cases_of_sop" if wanted.sop and not (wanted.text or wanted.opd) else ""


def _conditions(wanted: CaseFilter) -> tuple[str, list[Any]]:
    conditions: list[tuple[str, list[Any]]] = []
    # A zero byte ends the text for SQLite's search, inside the quotes; no case holds one.
    text = wanted.text.replace("\0", "")
    if text:
        conditions.append(_matching(text))
    if wanted.opd:
        conditions.append(("c.opd = ?", [wanted.opd]))
    if wanted.sop:
        conditions.append(("c.sop = ?", [wanted.sop]))
    if wanted.open_only is not None:
        conditions.append((f"c.ending IS {'' if wanted.open_only else 'NOT '}NULL", []))
    where = " AND ".join(condition for condition, _ in conditions) or "1"
    return where, [value for _, values in conditions for value in values]


def _matching(text: str) -> tuple[str, list[Any]]:
    """Pieces of three letters and more are found by the index; shorter ones only by reading every case.

    A letter that the agenda ties to a case finds it by its number and by the e-office's (PKL-B-KT1).
    """
    # ``%`` and ``_`` stay wildcards here: such a search finds more, never what the reader may not see.
    like = f"%{text}%"
    if len(text) >= INDEXED_LETTERS:
        by_case = "SELECT rowid FROM cases_search WHERE cases_search MATCH ?"
        by_letter = "SELECT rowid FROM letters_search WHERE letters_search MATCH ?"
        letters = f"SELECT case_number FROM letter_register WHERE id IN ({by_letter})"
        numbers = f"{{letter_number eoffice_number}} : {phrase(text)}"
        return f"c.id IN ({by_case} UNION SELECT id FROM cases WHERE number IN ({letters}))", [phrase(text), numbers]
    return "(c.number LIKE ? OR c.subject LIKE ? OR c.letter_number LIKE ?)", [like, like, like]
