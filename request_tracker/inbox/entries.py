"""Entries in and out of the database: what a stranger sends is kept, found by its link, its number or its state."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases import Desk, OpenCase
from request_tracker.cases.commands import TOKEN_BYTES, check_opening, keep_contact
from request_tracker.cases.queries import token_hash
from request_tracker.errors import NotThere
from request_tracker.inbox.entry import WAITING, InboxAct, InboxEntry, receipt_of
from request_tracker.sop.forms import OPENING
from request_tracker.store.chain import canonical, stamp
from request_tracker.store.database import Row, last_id
from request_tracker.store.document import Supplied
from request_tracker.store.inbox_chain import act_moment, append_act, content_hash
from request_tracker.store.outbox import Notice, Outgoing, put

SECRETARIAT, SENDER = "role:secretariat", "public:form"
# More than a person sorts in a day; the oldest stand first, so that none is passed over.
SHOWN, LATELY = 200, 50


@dataclass(frozen=True)
class HandedIn:
    """The answer to a sender: his receipt, and the secret link's token, None where this form came before."""

    receipt: str
    token: str | None


def hand_in(desk: Desk, command: OpenCase, kind: str, now: datetime, began: datetime | None = None) -> HandedIn:
    """Keep what was sent. Raises Refused where its form could open no case."""
    check_opening(desk, command, now)
    key, token = command.idempotency_key or secrets.token_urlsafe(12), secrets.token_urlsafe(TOKEN_BYTES)
    personal = {field.key for field in OPENING[kind] if field.personal}
    sending = {
        "form": {name: value for name, value in command.form.items() if name not in personal},
        "documents": {name: asdict(paper) for name, paper in command.documents.items() if not paper.empty},
        "origin": command.origin,
        "began": stamp(began) if began else None,
    }
    with desk.store.transaction() as db:
        earlier = desk.store.value("SELECT id FROM inbox WHERE key = ?", [key])
        if earlier is not None:
            return HandedIn(receipt_of(int(earlier)), None)
        contact, at = keep_contact(db, command.contact, now), stamp(now)
        row = {
            "key": key,
            "link_hash": token_hash(token),
            "sop": command.sop,
            "kind": kind,
            "opd": command.opd,
            "subject": command.subject,
            "sending": canonical(sending),
            "contact": int(contact.partition(":")[2]) if contact else None,
            "arrived_at": at,
            "complete_at": at,
            "state": WAITING,
        }
        id_ = last_id(db.table("inbox").insert(row))
        content = content_hash({**row, "id": id_})
        note(db, id_, InboxAct(at=now, actor=SENDER, kind="arrived", text=""), {"content": content})
        entry = read_entry(desk, id_)
        # One message an hour: a hundred letters of one sender are one reason to look.
        tell(db, entry, SECRETARIAT, "inbox_waiting", f"inbox:{stamp(now)[:13]}", now)
        tell_sender(db, entry, "inbox_received", now)
    return HandedIn(receipt_of(id_), token)


def read_entry(desk: Desk, id_: int) -> InboxEntry:
    """One entry. Raises NotThere."""
    return _entry_where(desk, "id = ?", id_)


def entry_by_link(desk: Desk, token: str) -> InboxEntry:
    """The entry behind a secret link. Raises NotThere."""
    return _entry_where(desk, "link_hash = ?", token_hash(token))


def open_entries(desk: Desk) -> list[InboxEntry]:
    """What somebody has still to decide on, the oldest first."""
    rows = desk.store.rows("SELECT * FROM inbox WHERE ended_at IS NULL ORDER BY arrived_at, id LIMIT ?", [SHOWN])
    return [_entry(desk, row) for row in rows]


def decided_lately(desk: Desk) -> list[InboxEntry]:
    """What was decided on last."""
    rows = desk.store.rows("SELECT * FROM inbox WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT ?", [LATELY])
    return [_entry(desk, row) for row in rows]


def note(db: Database, id_: int, act: InboxAct, data: Mapping[str, Any] | None = None) -> None:
    """Write one line of an entry's history, inside a transaction; ``data``: what it makes of the entry."""
    row = {"entry": id_, "at": stamp(act.at), "actor": act.actor, "kind": act.kind, "text": act.text}
    append_act(db, row, data or {})


def tell(  # noqa: PLR0913  # What is told of which entry to whom under which key, in one transaction.
    db: Database, entry: InboxEntry, recipient: str, template: str, key: str, now: datetime, ending: str | None = None
) -> None:
    """A message about an entry. For the office's people it can wait for the office's hours."""
    theirs = recipient.startswith("contact:")
    payload = Notice(
        template=template,
        number=entry.receipt,
        # Only who sent it has a page under this name: his secret link.
        sop=entry.sop if theirs else None,
        title=entry.subject,
        subject="" if theirs else "Kotak masuk / Inbox",
        opd=entry.opd,
        ending=ending,
    )
    put(db, Outgoing(f"{key}:{recipient}", recipient, payload, calm=not theirs), now)


def tell_sender(db: Database, entry: InboxEntry, template: str, now: datetime, ending: str | None = None) -> None:
    """A message to who sent it, where he can be reached."""
    if entry.contact is not None:
        key = f"inbox:{entry.id}:{len(entry.acts)}:{template}"
        tell(db, entry, f"contact:{entry.contact}", template, key, now, ending)


def _entry_where(desk: Desk, condition: str, value: object) -> InboxEntry:
    row = desk.store.row(f"SELECT * FROM inbox WHERE {condition}", [value])
    if row is None:
        raise NotThere("unknown_token")
    return _entry(desk, row)


def _entry(desk: Desk, row: Row) -> InboxEntry:
    sending = json.loads(row["sending"])
    acts = desk.store.rows("SELECT * FROM inbox_acts WHERE entry = ? ORDER BY id", [row["id"]])
    plain = ("id", "key", "link_hash", "sop", "kind", "opd", "subject", "contact", "state", "outcome", "case_number")
    return InboxEntry(
        **{name: row[name] for name in plain},
        form=sending["form"],
        documents={name: Supplied(**paper) for name, paper in sending["documents"].items()},
        origin=sending["origin"],
        began=_moment(sending["began"]),
        arrived_at=datetime.fromisoformat(row["arrived_at"]),
        complete_at=datetime.fromisoformat(row["complete_at"]),
        ended_at=_moment(row["ended_at"]),
        acts=tuple(
            InboxAct(at=act_moment(act), actor=act["actor"], kind=act["kind"], text=act["text"]) for act in acts
        ),
    )


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
