"""The outbox: a message for people in, one row out, inside the transaction of what it tells of. Sends nothing.

``key`` makes a message unique for ever: the same key written again is the same message and stays one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.cases.events import canonical, stamp


@dataclass(frozen=True)
class Outgoing:
    """What goes to whom: ``recipient`` is ``role:R``, ``user:N`` or ``contact:N``; ``event`` the row it tells of."""

    key: str
    recipient: str
    payload: Mapping[str, Any]
    event: int | None = None


def put(db: Database, letter: Outgoing, now: datetime) -> None:
    """Write the message to be sent from now on; only inside a transaction."""
    row = {
        "event_id": letter.event,
        "key": letter.key,
        "channel": "notify",
        "recipient": letter.recipient,
        "payload": canonical(letter.payload),
        "created_at": stamp(now),
        "attempts": 0,
        "next_at": stamp(now),
    }
    db.table("outbox").insert(row, ignore=True)
