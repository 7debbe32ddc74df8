"""The book of contacts: whom to reach at an OPD, and at the ISP of an uplink. A subject in, people out.

A subject is ``opd:CODE`` or ``uplink:NAME``. The people stand in ``contacts`` as every other (UU 27/2022): masked by
role, exported and erased by command, in no event.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from request_tracker.cases.commands import keep_contact
from request_tracker.errors import Refused
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both

REACHABLE = Both("nama, dan telepon atau surel", "a name, and a telephone or an e-mail address")
_BOOK = (
    "SELECT b.id AS entry, b.subject, c.*, w.wished_at FROM contact_book b JOIN contacts c ON c.id = b.contact_id"
    " LEFT JOIN monthly_wishes w ON w.contact_id = c.id"
)
_OF_ENTRY = "contact_id = (SELECT contact_id FROM contact_book WHERE id = ?)"
_LAST_REQUESTER = (
    "SELECT t.* FROM (SELECT e.id AS event, json_extract(e.data, '$.contact') AS contact FROM cases c"
    " JOIN events e ON e.case_id = c.id AND e.seq = 1 WHERE c.opd = ? UNION ALL"
    " SELECT id, json_extract(data, '$.contact') FROM events WHERE kind = 'further_report'"
    " AND json_extract(data, '$.opd') = ?) known JOIN contacts t ON t.id = CAST(substr(known.contact, 9) AS INTEGER)"
    " WHERE t.masked_at IS NULL ORDER BY known.event DESC LIMIT 1"
)


def add_entry(store: Store, subject: str, contact: Mapping[str, str], now: datetime, *, monthly: bool = False) -> None:
    """Enter somebody; ``monthly``: who wishes the month's summary. Raises Refused where nobody could be reached."""
    if not contact.get("name") or not (contact.get("phone") or contact.get("email")):
        raise Refused("missing_here", fields=REACHABLE)
    with store.transaction() as db:
        reference = keep_contact(db, contact, now)
        number = int(str(reference).partition(":")[2])
        db.table("contact_book").insert({"subject": subject, "contact_id": number})
        if monthly:
            db.table("monthly_wishes").insert({"contact_id": number, "wished_at": stamp(now)})


def wish_monthly(store: Store, entry: int, now: datetime) -> None:
    """Somebody of the book wishes the month's summary from the month of ``now`` on; said again, it changes nothing."""
    with store.transaction() as db:
        row = store.row(f"{_BOOK} WHERE b.id = ?", [entry])
        if row is not None and row["wished_at"] is None:
            db.table("monthly_wishes").insert({"contact_id": row["id"], "wished_at": stamp(now)})


def end_monthly(store: Store, entry: int) -> None:
    """Somebody of the book no longer wishes it."""
    with store.transaction() as db:
        db.execute(f"DELETE FROM monthly_wishes WHERE {_OF_ENTRY}", [entry])


def remove_entry(store: Store, entry: int, now: datetime) -> None:
    """Take somebody out of the book and erase him: nothing else needs these lines."""
    with store.transaction() as db:
        contact = store.value("SELECT contact_id FROM contact_book WHERE id = ?", [entry])
        db.execute(f"DELETE FROM monthly_wishes WHERE {_OF_ENTRY}", [entry])
        db.execute("DELETE FROM contact_book WHERE id = ?", [entry])
        blank = "name = NULL, phone = NULL, email = NULL, position = NULL, channel = NULL"
        db.execute(f"UPDATE contacts SET {blank}, masked_at = ? WHERE id = ?", [stamp(now), contact])


def everybody(store: Store) -> list[Row]:
    """The whole book."""
    return store.rows(f"{_BOOK} ORDER BY b.subject, b.id")


def people_of(store: Store, subject: str) -> list[Row]:
    """Who stands in the book for a subject, in the order entered."""
    return store.rows(f"{_BOOK} WHERE b.subject = ? ORDER BY b.id", [subject])


def reached_at(store: Store, opd: str) -> list[Row]:
    """Whom to tell at an OPD: those in the book, else whoever asked for something last."""
    return people_of(store, f"opd:{opd}") or store.rows(_LAST_REQUESTER, [opd, opd])


def export_entry(store: Store, subject: str) -> dict[str, Any]:
    """What is kept of a subject's people."""
    rows = people_of(store, subject)
    if not rows:
        raise Refused("nobody_in_book", subject=subject)
    return {"subject": subject, "contacts": rows}


def erase_subject(store: Store, subject: str, now: datetime) -> None:
    """Erase everybody of a subject."""
    for row in export_entry(store, subject)["contacts"]:
        remove_entry(store, row["entry"], now)
