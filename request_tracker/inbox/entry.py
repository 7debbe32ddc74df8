"""What waits in the inbox as frozen data: an entry, its acts, the ways in which it can end without a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from request_tracker.store.document import Supplied
from request_tracker.words.bilingual import Both

WAITING, ASKED, ACCEPTED, ENDED = "waiting", "asked", "accepted", "ended"
DUPLICATE, WITHDRAWN, BY_TELEPHONE = "rangkap", "ditarik", "ditarik_telepon"
# How an entry ends without a number; the sender may say one of them himself.
OUTCOMES: Mapping[str, Both] = {
    DUPLICATE: Both("rangkap dengan kasus lain", "the same as another case"),
    "bukan_kewenangan": Both("bukan kewenangan kami", "not ours to do"),
    "spam": Both("spam", "spam"),
    "uji_coba": Both("uji coba", "a test"),
    BY_TELEPHONE: Both("ditarik lewat telepon", "withdrawn by telephone"),
    WITHDRAWN: Both("ditarik oleh pengirim", "taken back by the sender"),
}
BY_STAFF = tuple(outcome for outcome in OUTCOMES if outcome != WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class InboxAct:
    """One line of an entry's history: ``kind`` is arrived, asked, replied, accepted or ended."""

    at: datetime
    actor: str
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class InboxEntry:
    """What somebody sent, and how it stands.

    ``complete_at``: when it came, or the sender's last answer to a question: from then on the office's time counts.
    """

    id: int
    key: str
    link_hash: str
    sop: str
    kind: str
    opd: str | None
    subject: str
    form: Mapping[str, Any]
    documents: Mapping[str, Supplied]
    origin: str | None
    began: datetime | None
    contact: int | None
    arrived_at: datetime
    complete_at: datetime
    state: str
    outcome: str | None
    ended_at: datetime | None
    case_number: str | None
    acts: tuple[InboxAct, ...]

    @property
    def receipt(self) -> str:
        """What it is called while it has no number."""
        return receipt_of(self.id)

    @property
    def open(self) -> bool:
        """True while somebody has still to decide on it."""
        return self.state in (WAITING, ASKED)


def receipt_of(id_: int) -> str:
    """The name of an entry on the sender's receipt."""
    return f"TT-{id_}"
