"""Personal data (UU 27/2022): shown masked, unmasked sight is logged, exported and erased on request.

Names, phones and addresses stand in ``contacts`` and never in an event, so erasing keeps every chain whole.
"""

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases import Desk, Note
from request_tracker.cases.commands import run_inside
from request_tracker.cases.model import SYSTEM
from request_tracker.errors import Refused, TrackerError
from request_tracker.people.addresses import address_of, forget_address
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store

HOSTS = "hosts "
EXPORT = "export "
_FIELDS = ("name", "phone", "email", "position", "channel")


def masked(row: Row) -> Row:
    """The contact as those see it who need not call: ``0800••••345``."""
    # Seven digits shown of a number of ten to thirteen leave enough hidden; of a shorter one nothing is shown.
    phone = row["phone"] or ""
    return {**row, "phone": f"{phone[:4]}••••{phone[-3:]}" if len(phone) > 7 else "••••", "email": "••••"}


def note_access(store: Store, person: str, what: str, number: str, now: datetime) -> None:
    """Write down that somebody saw personal data of a case; once an hour for each person and case."""
    # "2026-11-28T17": the stamp up to its hour, which LIKE then finds by its beginning.
    hour = stamp(now)[:13]
    query = "SELECT 1 FROM access_log WHERE person = ? AND what = ? AND case_number = ? AND at LIKE ?"
    if store.row(query, [person, what, number, f"{hour}%"]):
        return
    with store.transaction() as db:
        row = {"at": stamp(now), "person": person, "what": what, "case_number": number}
        db.table("access_log").insert(row)


def note_hosts(store: Store, person: str, opd: str, span: str, now: datetime) -> None:
    """Write down that somebody saw which hosts of an OPD use its bandwidth; every time."""
    with store.transaction() as db:
        db.table("access_log").insert({"at": stamp(now), "person": person, "what": f"{HOSTS}{opd} {span}"})


def note_export(store: Store, person: str, table: str, now: datetime) -> None:
    """Write down that somebody took a whole table away; every time."""
    with store.transaction() as db:
        db.table("access_log").insert({"at": stamp(now), "person": person, "what": f"{EXPORT}{table}"})


def export_person(store: Store, number: str) -> dict[str, Any]:
    """What is kept of the requester of a case and of who signed for him, and who saw it."""
    contact, *signers = _contacts(store, number)
    row, *signed = (store.row("SELECT * FROM contacts WHERE id = ?", [id_]) or {} for id_ in (contact, *signers))
    accesses = store.rows("SELECT at, person, what FROM access_log WHERE case_number = ? ORDER BY id", [number])
    return {"case": number, "contact": row, "signatories": signed, "seen_by": accesses}


def export_account(store: Store, login: str) -> dict[str, Any]:
    """What is kept of a person with an account, but for the password."""
    row = store.row("SELECT id, login, name, opd, active, competence, created_at FROM users WHERE login = ?", [login])
    if row is None:
        raise TrackerError(f"there is neither a case nor an account {login}; name one of them")
    details = store.row("SELECT position, rank, nip FROM official_details WHERE user_id = ?", [row["id"]]) or {}
    roles = [role_row["role"] for role_row in store.rows("SELECT role FROM user_roles WHERE user_id = ?", [row["id"]])]
    ways_in = {
        "devices": store.rows("SELECT browser, made_at, used_at FROM login_devices WHERE user_id = ?", [row["id"]]),
        "second_factors": store.rows(
            "SELECT kind, name, made_at, removed_at FROM second_factors WHERE user_id = ?", [row["id"]]
        ),
    }
    return {"account": {**row, **details, "roles": roles, "address": address_of(store, row["id"]) or None, **ways_in}}


def erase_account(store: Store, login: str) -> None:
    """Erase an account's address and devices; its name stays in the papers it has signed."""
    account = export_account(store, login)["account"]
    with store.transaction() as db:
        forget_address(db, account["id"])
        db.execute("DELETE FROM login_devices WHERE user_id = ?", [account["id"]])


def erase_person(desk: Desk, number: str, now: datetime, why: str = "permintaan") -> None:
    """Erase the requester's personal data; the case keeps its events and says that, when and why it was done."""
    contact, *signers = _contacts(desk.store, number)
    with desk.store.transaction() as db:
        for contact_id in (contact, *signers):
            blank_contact(db, contact_id, now)
        run_inside(desk, db, number, Note("personal_data_masked", {"contact": contact, "why": why}), SYSTEM, now)


def blank_contact(db: Database, contact: int, now: datetime) -> None:
    """Leave nothing of a person but the row that references name."""
    blank = ", ".join(f"{field} = NULL" for field in _FIELDS)
    db.execute(f"UPDATE contacts SET {blank}, masked_at = ? WHERE id = ?", [stamp(now), contact])


def _contacts(store: Store, number: str) -> list[int]:
    """The requester's row of contacts, then those of the people who signed for him."""
    rows = store.rows(
        "SELECT coalesce(json_extract(e.data, '$.contact'), json_extract(e.data, '$.signatory')) AS contact"
        " FROM events e JOIN cases c ON c.id = e.case_id WHERE c.number = ? AND e.kind IN ('opened', 'signed')"
        " ORDER BY e.seq",
        [number],
    )
    references = [str(row["contact"]) for row in rows if str(row["contact"]).startswith("contact:")]
    if not references:
        raise Refused("unknown_case", number=number)
    return [int(reference.partition(":")[2]) for reference in dict.fromkeys(references)]
