"""The outbox: a message for people in, one row out, inside the transaction of what it tells of. Sends nothing.

``key`` makes a message unique for ever: the same key written again is the same message and stays one. A row's
``channel`` says what becomes of it: waiting (``notify``, or ``calm`` for the office's hours), ``nobody`` where nobody
could be addressed, then the channel that took it, or ``told by user:N`` where a person told it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.store.chain import canonical, stamp
from request_tracker.store.database import Row, Store

NOTIFY, CALM, BY_HAND = "notify", "calm", "nobody"
OUT_OF_THE_QUEUE = ""
# A prefix as a range, which the index on key serves: ";" is the sign after ":".
PAGES = "(key >= 'follow:' AND key < 'follow;')"
LOOK_BACK = timedelta(days=7)  # What nobody got in a week is history.
SHOWN = 100  # More rows than a person goes through by hand.


@dataclass(frozen=True)
class Notice:
    """What a message says beside its template's words; ``number`` is a case's, or names what else is told of."""

    template: str
    number: str
    title: str
    subject: str
    sop: str | None = None
    opd: str | None = None
    step: str | None = None
    step_text: str | None = None
    ending: str | None = None


@dataclass(frozen=True)
class Outgoing:
    """What goes to whom: ``recipient`` is ``role:R``, ``user:N``, ``contact:N`` or ``opd:C``.

    ``event`` is the row it tells of; ``calm``: it can wait for the office's hours.
    """

    key: str
    recipient: str
    payload: Notice
    event: int | None = None
    calm: bool = False


def put(db: Database, letter: Outgoing, now: datetime) -> None:
    """Write the message to be sent from now on; only inside a transaction."""
    row = {
        "event_id": letter.event,
        "key": letter.key,
        "channel": CALM if letter.calm else NOTIFY,
        "recipient": letter.recipient,
        "payload": canonical(asdict(letter.payload)),
        "created_at": stamp(now),
        "attempts": 0,
        "next_at": stamp(now),
    }
    # Ignored where the key is there: whoever says the same again, after a crash or in the next round, says nothing.
    db.table("outbox").insert(row, ignore=True)


def not_arrived(store: Store, now: datetime) -> list[Row]:
    """Messages of the last week that reached nobody or are being tried again, the newest first."""
    return store.rows(
        "SELECT * FROM outbox WHERE sent_at IS NULL AND (next_at = ? OR attempts > 0) AND created_at >= ?"
        " ORDER BY id DESC LIMIT ?",
        [OUT_OF_THE_QUEUE, stamp(now - LOOK_BACK), SHOWN],
    )


def told_by_hand(store: Store, number: int, who: str, now: datetime) -> bool:
    """Somebody has told it himself; False where it has gone out meanwhile, or was told before."""
    with store.transaction() as db:
        change = [stamp(now), f"told by {who}", number, OUT_OF_THE_QUEUE]
        done = db.execute(
            "UPDATE outbox SET sent_at = ?, channel = ? WHERE id = ? AND sent_at IS NULL AND next_at = ?", change
        )
        return done.rowcount == 1
