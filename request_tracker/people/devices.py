"""Devices an account is known on: a secret is given at a good log-in, kept here as a hash, and can be revoked.

Whoever holds such a secret is slowed by his own failures alone (``throttle``). Knows no cookie.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store

# As long as browsers keep a cookie at most (draft RFC 6265bis, 5.5); each log-in begins it anew.
KNOWN_FOR = timedelta(days=400)
LONGEST_BROWSER = 120  # Enough of a User-Agent to tell the telephone from the office's machine.


def device_of(store: Store, login: str, offered: Iterable[str], now: datetime) -> str:
    """The known device of an account that one of the secrets is of, as its hash; empty where none is."""
    hashes = [_hash(secret) for secret in offered]
    if not hashes:
        return ""
    places = ", ".join("?" * len(hashes))
    sql = (
        "SELECT d.hash FROM login_devices d JOIN users u ON u.id = d.user_id WHERE u.login = ? AND u.active = 1"
        f" AND d.revoked_at IS NULL AND d.used_at > ? AND d.hash IN ({places})"
    )
    return str(store.value(sql, [login, stamp(now - KNOWN_FOR), *hashes]) or "")


def know(store: Store, user: int, device: str, browser: str, now: datetime) -> str | None:
    """Know the device of a good log-in from now on; its new secret, None where ``device`` is known already."""
    with store.transaction() as db:
        if device:
            db.execute("UPDATE login_devices SET used_at = ? WHERE hash = ?", [stamp(now), device])
            return None
        secret = secrets.token_urlsafe(24)
        row = {"hash": _hash(secret), "user_id": user, "browser": browser[:LONGEST_BROWSER]}
        db.table("login_devices").insert({**row, "made_at": stamp(now), "used_at": stamp(now)})
    return secret


def devices(store: Store, user: int, now: datetime) -> list[Row]:
    """The devices an account is known on, the last used first."""
    return store.rows(
        "SELECT id, browser, made_at, used_at FROM login_devices WHERE user_id = ? AND revoked_at IS NULL"
        " AND used_at > ? ORDER BY used_at DESC",
        [user, stamp(now - KNOWN_FOR)],
    )


def revoke_device(store: Store, user: int, number: int, now: datetime) -> bool:
    """Know one device of an account no longer; False where it is none of his."""
    with store.transaction() as db:
        sql = "UPDATE login_devices SET revoked_at = ? WHERE id = ? AND user_id = ? AND revoked_at IS NULL"
        return bool(db.execute(sql, [stamp(now), number, user]).rowcount)


def revoke_devices(db: Database, user: int, now: datetime) -> None:
    """Know none of an account's devices any longer, inside a transaction."""
    sql = "UPDATE login_devices SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL"
    db.execute(sql, [stamp(now), user])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
