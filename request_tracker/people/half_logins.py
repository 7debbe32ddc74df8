"""A log-in half done: the password was right, the second factor is still to come. A secret out, once; ends by time."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from request_tracker.store.chain import stamp
from request_tracker.store.database import Store

# Time to fetch a telephone; not so long that a machine left half logged in is found.
LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class HalfLogin:
    """Whose it is, the page that was wanted, and what a security key was asked."""

    user: int
    wanted: str | None
    state: str | None


def begin_half(store: Store, user: int, wanted: str | None, now: datetime) -> str:
    """The secret of a log-in whose password was right."""
    secret = secrets.token_urlsafe(24)
    with store.transaction() as db:
        db.execute("DELETE FROM half_logins WHERE expires_at < ?", [stamp(now)])
        row = {"hash": _hash(secret), "user_id": user, "expires_at": stamp(now + LASTS), "wanted": wanted}
        db.table("half_logins").insert({**row, "state": None})
    return secret


def half_of(store: Store, secret: str, now: datetime) -> HalfLogin | None:
    """The log-in of a secret; None where it is over or made up."""
    row = store.row(
        "SELECT h.* FROM half_logins h JOIN users u ON u.id = h.user_id"
        " WHERE h.hash = ? AND h.expires_at > ? AND u.active = 1",
        [_hash(secret), stamp(now)],
    )
    return HalfLogin(int(row["user_id"]), row["wanted"], row["state"]) if row else None


def ask_half(store: Store, secret: str, state: str) -> None:
    """Keep what a security key is asked; an earlier question is void."""
    with store.transaction() as db:
        db.execute("UPDATE half_logins SET state = ? WHERE hash = ?", [state, _hash(secret)])


def end_half(store: Store, secret: str) -> bool:
    """Use it up; False where somebody else just has."""
    with store.transaction() as db:
        return bool(db.execute("DELETE FROM half_logins WHERE hash = ?", [_hash(secret)]).rowcount)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
