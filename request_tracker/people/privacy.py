"""Personal data (UU 27/2022): shown masked, unmasked sight is logged, exported and erased on request.

Names, phones and addresses stand in ``contacts`` and never in an event, so erasing keeps every chain whole.
"""

from datetime import datetime
from typing import Any

from request_tracker.cases import Desk, Note
from request_tracker.cases.commands import run_inside
from request_tracker.cases.events import stamp
from request_tracker.cases.model import SYSTEM
from request_tracker.errors import Refused
from request_tracker.store import Row, Store

HOSTS = "hosts "
_FIELDS = ("name", "phone", "email", "position", "channel")


def masked(row: Row) -> Row:
    """The contact as those see it who need not call: ``0800••••345``."""
    phone = row["phone"] or ""
    return {**row, "phone": f"{phone[:4]}••••{phone[-3:]}" if len(phone) > 7 else "••••", "email": "••••"}


def note_access(store: Store, person: str, what: str, number: str, now: datetime) -> None:
    """Write down that somebody saw personal data of a case; once an hour for each person and case."""
    hour = stamp(now)[:13]
    known = "SELECT 1 FROM access_log WHERE person = ? AND what = ? AND case_number = ? AND at LIKE ?"
    if store.row(known, [person, what, number, f"{hour}%"]):
        return
    with store.transaction() as db:
        row = {"at": stamp(now), "person": person, "what": what, "case_number": number}
        db.table("access_log").insert(row)


def note_hosts(store: Store, person: str, opd: str, span: str, now: datetime) -> None:
    """Write down that somebody saw which hosts of an OPD use its bandwidth; every time."""
    with store.transaction() as db:
        db.table("access_log").insert({"at": stamp(now), "person": person, "what": f"{HOSTS}{opd} {span}"})


def export_person(store: Store, number: str) -> dict[str, Any]:
    """What is kept of the requester of a case, who saw it, and in which cases the same contact stands."""
    contact = _contact(store, number)
    row = store.row("SELECT * FROM contacts WHERE id = ?", [contact]) or {}
    seen = store.rows("SELECT at, person, what FROM access_log WHERE case_number = ? ORDER BY id", [number])
    return {"case": number, "contact": row, "seen_by": seen}


def erase_person(desk: Desk, number: str, now: datetime, why: str = "permintaan") -> None:
    """Erase the requester's personal data; the case keeps its events and says that, when and why it was done."""
    contact = _contact(desk.store, number)
    with desk.store.transaction() as db:
        blank = ", ".join(f"{field} = NULL" for field in _FIELDS)
        db.execute(f"UPDATE contacts SET {blank}, masked_at = ? WHERE id = ?", [stamp(now), contact])
        run_inside(desk, db, number, Note("personal_data_masked", {"contact": contact, "why": why}), SYSTEM, now)


def _contact(store: Store, number: str) -> int:
    found = store.value(
        "SELECT json_extract(e.data, '$.contact') FROM events e JOIN cases c ON c.id = e.case_id"
        " WHERE c.number = ? AND e.kind = 'opened'",
        [number],
    )
    if found is None:
        raise Refused("unknown_case", number=number)
    return int(str(found).partition(":")[2])
