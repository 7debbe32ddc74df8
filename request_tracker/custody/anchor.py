"""Anchors: what the chains hold at a moment, in a few lines that can be kept where the database's owner cannot write.

Whoever owns the database can write every hash and seal anew. He cannot change a line that was printed, mailed or
time-stamped before: an anchor names, for each append-only table, its last row and one hash over all rows up to it.
The text is the same on paper, in a QR code, in a message and in a file, and ``read_anchor`` takes any of them.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from request_tracker.errors import TrackerError
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store

TITLE = "lebarpita-anchor 1"
# Every append-only table with a hash in each row: its name in an anchor, its table, its key in order, its hash.
_TABLES = (
    ("events", "events", "id", "hash"),
    ("ledger", "ledger", "id", "hash"),
    ("proofs", "proofs", "id", "body_hash"),
    ("rights", "rights_journal", "seq", "hash"),
    ("inbox", "inbox_acts", "id", "hash"),
)
# Anchors that were taken before the inbox had a chain have no line of it.
_WITHOUT_INBOX = 4
_MOST_LINES = 200  # An anchor has seven lines and a time stamp; what is longer is another file.
_HEAD = re.compile(r"(events|ledger|proofs|rights|inbox) (\d{1,18}) (\d{1,18}) ([0-9a-f]{64})")
_STAMP = re.compile(r"timestamp ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True)
class ChainHead:
    """One table up to its last row: how many rows, the last one's key, one hash over the key and hash of each."""

    name: str
    rows: int
    last: int
    digest: str


@dataclass(frozen=True)
class Anchor:
    """Every table at a moment; ``timestamp`` is an authority's answer over ``text`` (base64), where there is one."""

    at: str
    heads: tuple[ChainHead, ...]
    timestamp: str = ""

    @property
    def text(self) -> str:
        """What is printed, mailed and time-stamped."""
        lines = (f"{head.name} {head.rows} {head.last} {head.digest}" for head in self.heads)
        return "\n".join((TITLE, f"at {self.at}", *lines)) + "\n"

    @property
    def file_text(self) -> str:
        """The same with the time stamp, as it is kept in a file."""
        return self.text + (f"timestamp {self.timestamp}\n" if self.timestamp else "")


def take_anchor(store: Store, now: datetime) -> Anchor:
    """The chains as they stand, of one moment."""
    with store.snapshot():
        heads = tuple(_head(store, name, None) for name, *_ in _TABLES)
    return Anchor(stamp(now), heads)


def read_anchor(text: str, place: object) -> Anchor:
    """An anchor from a file, a message or a QR code; other lines around it are passed over. Raises TrackerError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_LINES or TITLE not in lines:
        raise TrackerError(f"{place}: is no anchor; it has a line {TITLE!r} and those after it")
    lines = lines[lines.index(TITLE) + 1 :]
    moment = next((line.removeprefix("at ") for line in lines if line.startswith("at ")), "")
    heads = [match for line in lines if (match := _HEAD.fullmatch(line))]
    names = [match[1] for match in heads]
    whole = [name for name, *_ in _TABLES]
    if not moment or names not in (whole, whole[:_WITHOUT_INBOX]):
        raise TrackerError(f"{place}: its lines are not whole; copy all of them, from {TITLE!r} to the inbox line")
    stamps = [match[1] for line in lines if (match := _STAMP.fullmatch(line))]
    chains = tuple(ChainHead(match[1], int(match[2]), int(match[3]), match[4]) for match in heads)
    return Anchor(moment, chains, stamps[0] if stamps else "")


def anchor_faults(store: Store, anchor: Anchor) -> list[str]:
    """Every table whose rows up to the anchored one are not those that were anchored."""
    with store.snapshot():
        return [fault for head in anchor.heads for fault in _faults(store, head, anchor.at)]


def _faults(store: Store, head: ChainHead, at: str) -> list[str]:
    now = _head(store, head.name, head.last)
    if now.rows != head.rows:
        return [f"{head.name}: {head.rows} rows up to {head.last} were anchored at {at}, {now.rows} are there now"]
    if now.digest != head.digest:
        return [f"{head.name}: the {head.rows} rows up to {head.last} are not those that were anchored at {at}"]
    return []


def _head(store: Store, name: str, until: int | None) -> ChainHead:
    table, key, hash_ = next(rest for called, *rest in _TABLES if called == name)
    sum_, rows, last = hashlib.sha256(), 0, 0
    condition = "" if until is None else f"WHERE {key} <= {until:d}"
    for row in store.each(f"SELECT {key} AS key, {hash_} AS hash FROM {table} {condition} ORDER BY {key}"):
        sum_.update(f"{row['key']} {row['hash']}\n".encode())
        rows, last = rows + 1, row["key"]
    return ChainHead(name, rows, last if until is None else until, sum_.hexdigest())
