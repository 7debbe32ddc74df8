"""What the inbox keeps of a person (UU 27/2022): a receipt or a case in, what he sent and was told out; or erased.

An act on an entry stands in a chain and stays, as a case's events do; who sent it stands in ``contacts`` alone.
"""

import json
from datetime import datetime
from typing import Any

from request_tracker.errors import NotThere
from request_tracker.people.privacy import blank_contact
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.inbox_chain import act_moment

RECEIPT = "TT-"
# The same name with the same telephone or e-mail is the same person; a telephone alone may be an office's.
_SENT_BY = (
    "SELECT i.* FROM inbox i JOIN contacts t ON t.id = i.contact JOIN contacts w ON w.id = ?"
    " WHERE i.contact = w.id OR"
    " (lower(t.name) = lower(w.name) AND (t.phone = w.phone OR lower(t.email) = lower(w.email)))"
    " ORDER BY i.id"
)


def entries_of_contact(store: Store, contact: int) -> list[dict[str, Any]]:
    """All that this person sent to the inbox, whatever became of it."""
    return [_entry(store, row) for row in store.rows(_SENT_BY, [contact])]


def export_receipt(store: Store, receipt: str) -> dict[str, Any]:
    """What is kept of who sent an entry, by the name on his receipt. Raises NotThere."""
    row = _row(store, receipt)
    contact = store.row("SELECT * FROM contacts WHERE id = ?", [row["contact"]]) or {}
    sent = entries_of_contact(store, row["contact"]) if contact else [_entry(store, row)]
    return {"receipt": receipt, "contact": contact, "inbox": sent}


def erase_receipt(store: Store, receipt: str, now: datetime) -> None:
    """Erase who sent an entry; that it came, and how it ended, stays. Raises NotThere."""
    row = _row(store, receipt)
    if row["contact"] is not None:
        with store.transaction() as db:
            blank_contact(db, row["contact"], now)


def _row(store: Store, receipt: str) -> Row:
    number = receipt.removeprefix(RECEIPT)
    # SQLite's integers have 64 bits; a longer number is no receipt of ours.
    usable = number.isascii() and number.isdecimal() and len(number) < 19
    row = store.row("SELECT * FROM inbox WHERE id = ?", [int(number)]) if usable else None
    if row is None:
        raise NotThere("unknown_case", number=receipt[:40])
    return row


def _entry(store: Store, row: Row) -> dict[str, Any]:
    sending = json.loads(row["sending"])
    acts = store.rows("SELECT at, actor, kind, text, data FROM inbox_acts WHERE entry = ? ORDER BY id", [row["id"]])
    columns = ("opd", "subject", "arrived_at", "state", "outcome", "ended_at", "case_number")
    papers = [paper["name"] for paper in sending["documents"].values() if paper.get("name")]
    return {
        "receipt": f"{RECEIPT}{row['id']}",
        **{name: row[name] for name in columns},
        "form": sending["form"],
        "papers": papers,
        "acts": [
            {"at": stamp(act_moment(act)), **{name: act[name] for name in ("actor", "kind", "text")}} for act in acts
        ],
    }
