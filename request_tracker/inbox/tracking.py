"""A requester's way back: a number and the word he chose in, his link out; and his link anew for where he is reached.

The random link of a receipt is kept as its hash only and cannot be told again. A link that is made here is sealed by
the office's key instead: nothing more is kept, it opens what the receipt's link opens, and ends when that one does.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from request_tracker.cases import Desk, case_by_token, read_case
from request_tracker.cases.queries import token_hash
from request_tracker.errors import BadForm, NotThere
from request_tracker.inbox.entries import entry_by_link, read_entry
from request_tracker.inbox.entry import ACCEPTED, InboxEntry
from request_tracker.people.addresses import PAGE, contact_address
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.outbox import Notice, Outgoing, put
from request_tracker.words.bilingual import Both

# A word of six letters and a wait after wrong ones: a guesser has some 300 tries a day at one number (``throttle``).
SHORTEST, LONGEST = 6, 40
WORD = Both("kata lacak", "tracking word")
LINK_AGAIN = "link_again"
# What a seal is for stands in what is sealed: the same key signs sessions and calls, and none may pass for the other.
_LINK, _WORD = b"lebarpita tracking link 1\0", b"lebarpita tracking word 1\0"
# 128 bits, as many as a receipt's own link has.
_SEAL_BYTES = 16
_SEALED = re.compile(r"([tk])([0-9]{1,12})\.([0-9a-f]{32})")
_RECEIPT = re.compile(r"TT[- ]?([0-9]{1,12})")
_IN_FORCE = "(t.expires_at IS NULL OR t.expires_at > ?)"


@dataclass(frozen=True)
class TrackingPlace:
    """What is tracked: an entry of the inbox (``t``) or a case (``k``), by its row."""

    kind: str
    id: int


def sending_of(desk: Desk, number: str) -> TrackingPlace | None:
    """What a number as somebody types it names, a receipt's or a case's; None where there is no such thing."""
    text = " ".join(number.upper().split())
    receipt = _RECEIPT.fullmatch(text)
    table, condition = ("inbox", "id = ?") if receipt else ("cases", "number = ?")
    row = desk.store.row(f"SELECT id FROM {table} WHERE {condition}", [int(receipt[1]) if receipt else text])
    return TrackingPlace("t" if receipt else "k", int(row["id"])) if row else None


def link_of(key: bytes, sending: TrackingPlace) -> str:
    """The token that leads to it, the same each time."""
    name = f"{sending.kind}{sending.id}"
    return f"{name}.{_seal(key, _LINK, name)[:_SEAL_BYTES].hex()}"


def case_behind(desk: Desk, key: bytes, token: str, now: datetime) -> str:
    """The number of the case behind a receipt's link or one of ours. Raises NotThere."""
    sending = _read_link(key, token)
    if sending is None:
        return case_by_token(desk, token, now)
    if sending.kind == "t":
        entry = read_entry(desk, sending.id)
        if entry.state != ACCEPTED or entry.case_number is None:
            raise NotThere("unknown_token")
        return entry.case_number
    row = desk.store.row(
        f"SELECT c.number FROM cases c JOIN public_tokens t ON t.case_id = c.id WHERE c.id = ? AND {_IN_FORCE} LIMIT 1",
        [sending.id, stamp(now)],
    )
    if row is None:
        raise NotThere("unknown_token")
    return str(row["number"])


def entry_behind(desk: Desk, key: bytes, token: str) -> InboxEntry:
    """The entry of the inbox behind a receipt's link or one of ours. Raises NotThere."""
    sending = _read_link(key, token)
    if sending is None:
        return entry_by_link(desk, token)
    if sending.kind != "t":
        raise NotThere("unknown_token")
    return read_entry(desk, sending.id)


def checked_word(text: str) -> str:
    """A word as it is compared: small letters, single spaces; empty for none. Raises BadForm for a useless one."""
    word = " ".join(text.split()).casefold()
    if word and not SHORTEST <= len(word) <= LONGEST:
        reason = Both(f"{SHORTEST} sampai {LONGEST} huruf atau angka", f"{SHORTEST} to {LONGEST} letters or digits")
        raise BadForm("bad_field", field=WORD, reason=reason)
    return word


def set_word(desk: Desk, key: bytes, token: str, word: str, now: datetime) -> None:
    """Keep the word (``checked_word``) for who holds this link; a new one replaces the old."""
    link = _hash_of(desk, key, token, now)
    row = {"link_hash": link, "mark": _mark(key, link, word), "set_at": stamp(now)}
    with desk.store.transaction() as db:
        db.table("tracking_words").upsert(row, pk="link_hash")


def has_word(desk: Desk, key: bytes, token: str, now: datetime) -> bool:
    """Whether a word was chosen for this link."""
    return (
        desk.store.row("SELECT 1 FROM tracking_words WHERE link_hash = ?", [_hash_of(desk, key, token, now)])
        is not None
    )


def word_fits(desk: Desk, key: bytes, sending: TrackingPlace | None, word: str, now: datetime) -> bool:
    """Whether it is the word of one of its links; the same work is done for a number that there is not."""
    links = _hashes(desk, sending, now) if sending else []
    marks = {row["link_hash"]: row["mark"] for row in _marks(desk, links)}
    text = " ".join(word.split()).casefold()[:LONGEST]
    fits = [hmac.compare_digest(_mark(key, link, text), marks.get(link, "")) for link in [*links, ""]]
    return any(fits[:-1])


def contact_of(desk: Desk, sending: TrackingPlace) -> int | None:
    """The row of ``contacts`` of who sent it."""
    if sending.kind == "t":
        return read_entry(desk, sending.id).contact
    number = desk.store.value("SELECT number FROM cases WHERE id = ?", [sending.id])
    kind, _, id_ = str(read_case(desk, str(number)).contact or "").partition(":")
    return int(id_) if kind == "contact" else None


def reached_by(desk: Desk, sending: TrackingPlace, channels: frozenset[str]) -> Row | None:
    """The contact, where a message can be sent to it by one of the office's channels."""
    row = desk.store.row("SELECT * FROM contacts WHERE id = ? AND masked_at IS NULL", [contact_of(desk, sending)])
    address = contact_address(row, dict.fromkeys(channels, "")) if row else None
    return row if address is not None and address.channel != PAGE else None


def send_link(db: Database, desk: Desk, sending: TrackingPlace, contact: int, now: datetime) -> None:
    """Have the link sent to its contact, once a day however often it is asked for; inside a transaction."""
    table, name = ("inbox", "'TT-' || id") if sending.kind == "t" else ("cases", "number")
    row = desk.store.row(f"SELECT {name} AS number, sop, subject, opd FROM {table} WHERE id = ?", [sending.id])
    assert row is not None, "who found the sending read its row"
    notice = Notice(template=LINK_AGAIN, number=row["number"], sop=row["sop"], title=row["subject"], subject="")
    key = f"link:{sending.kind}{sending.id}:{desk.calendar.local(now).date()}"
    put(db, Outgoing(key, f"contact:{contact}", notice), now)


def sending_behind(desk: Desk, key: bytes, token: str, now: datetime) -> TrackingPlace:
    """What a link leads to: the case, else the entry that waits. Raises NotThere."""
    try:
        number = case_behind(desk, key, token, now)
    except NotThere:
        return TrackingPlace("t", entry_behind(desk, key, token).id)
    return TrackingPlace("k", int(desk.store.value("SELECT id FROM cases WHERE number = ?", [number])))


def _read_link(key: bytes, token: str) -> TrackingPlace | None:
    """What a link of ours says; None for any other text."""
    parts = _SEALED.fullmatch(token)
    if parts is None or not hmac.compare_digest(
        parts[3], _seal(key, _LINK, f"{parts[1]}{parts[2]}")[:_SEAL_BYTES].hex()
    ):
        return None
    return TrackingPlace(parts[1], int(parts[2]))


def _hash_of(desk: Desk, key: bytes, token: str, now: datetime) -> str:
    """Under which link's hash a word is kept: the receipt's own, or the first of what a link of ours leads to."""
    if _read_link(key, token) is None:
        sending_behind(desk, key, token, now)
        return token_hash(token)
    links = _hashes(desk, sending_behind(desk, key, token, now), now)
    if not links:
        raise NotThere("unknown_token")
    return links[0]


def _hashes(desk: Desk, sending: TrackingPlace, now: datetime) -> list[str]:
    """The hashes of its links, the first one first."""
    if sending.kind == "t":
        return [read_entry(desk, sending.id).link_hash]
    of_case = f"SELECT t.hash FROM public_tokens t WHERE t.case_id = ? AND {_IN_FORCE} ORDER BY t.rowid"
    return [row["hash"] for row in desk.store.rows(of_case, [sending.id, stamp(now)])]


def _marks(desk: Desk, links: list[str]) -> list[Row]:
    marks = ",".join("?" for _ in links) or "NULL"
    return desk.store.rows(f"SELECT link_hash, mark FROM tracking_words WHERE link_hash IN ({marks})", links)


def _mark(key: bytes, link: str, word: str) -> str:
    # No slow hash: without the key there is nothing to try, and who has the key can make every link himself.
    return _seal(key, _WORD, f"{link}\0{word}").hex()


def _seal(key: bytes, purpose: bytes, text: str) -> bytes:
    return hmac.new(key, purpose + text.encode(), hashlib.sha256).digest()
