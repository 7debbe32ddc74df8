"""One-time links: with one an account sets its password. The link is told once and kept only as a hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.people.accounts import hash_password
from request_tracker.people.devices import revoke_devices
from request_tracker.people.sessions import revoke_all
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store

VALID_FOR = timedelta(hours=24)  # It is handed over on a working day and used on that day.


def new_link(store: Store, user: int, now: datetime) -> str:
    """The secret of a new link for an account; its earlier links are void and its sessions end."""
    with store.transaction() as db:
        return new_link_inside(db, user, now)


def new_link_inside(db: Database, user: int, now: datetime) -> str:
    """The same inside a transaction that is already open."""
    # 192 random bits as 32 letters: longer than anybody guesses, short enough for a line of a message.
    secret = secrets.token_urlsafe(24)
    _void(db, user, now)
    row = {"hash": _hash(secret), "user_id": user, "expires_at": stamp(now + VALID_FOR)}
    db.table("password_links").insert(row)
    revoke_all(db, user, now)
    return secret


def whose(store: Store, secret: str, now: datetime) -> int | None:
    """The account a link is for; None where it is used, too old or made up."""
    user = store.value(
        "SELECT l.user_id FROM password_links l JOIN users u ON u.id = l.user_id"
        " WHERE l.hash = ? AND l.used_at IS NULL AND l.expires_at > ? AND u.active = 1",
        [_hash(secret), stamp(now)],
    )
    return int(user) if user is not None else None


def set_password(store: Store, secret: str, password: str, now: datetime) -> int | None:
    """Set the password with a link, once; whose it is, None where the link is no longer good.

    Raises BadForm for a bad password. No device is known any longer: the old password may have been somebody else's.
    """
    # Before the transaction: argon2 takes tens of milliseconds on purpose, in which nobody else could write.
    hashed = hash_password(password)
    with store.transaction() as db:
        user = whose(store, secret, now)
        if user is None:
            return None
        db.execute("UPDATE users SET password = ? WHERE id = ?", [hashed, user])
        _void(db, user, now)
        revoke_all(db, user, now)
        revoke_devices(db, user, now)
    return user


def unusable_password() -> str:
    """A hash nobody knows the password of, for an account that waits for its link."""
    # A real hash of a thrown away password, so that a login is checked in the usual time.
    return hash_password(secrets.token_urlsafe(32))


def _void(db: Database, user: int, now: datetime) -> None:
    db.execute("UPDATE password_links SET used_at = ? WHERE user_id = ? AND used_at IS NULL", [stamp(now), user])


def _hash(secret: str) -> str:
    # A random secret needs no slow hash: there is no dictionary to try (see ``cases.queries.token_hash``).
    return hashlib.sha256(secret.encode()).hexdigest()
