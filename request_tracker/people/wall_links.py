"""Links of wall screens: long-lived, named, revocable. The secret is told once and kept only as a hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from request_tracker.errors import Refused
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store

LONGEST_NAME = 60  # "Ruang NOC lantai 2".
# A screen asks every ten seconds; when it was last seen is written this often at most.
NOTED_EVERY = timedelta(hours=1)


def add_wall_link(store: Store, name: str, maker: str, now: datetime) -> str:
    """The secret of a new link; ``maker`` is ``user:N`` or ``system``. Raises Refused where it has no name."""
    if not name.strip():
        raise Refused("nameless_screen")
    secret = secrets.token_urlsafe(24)
    with store.transaction() as db:
        row = {"name": name.strip()[:LONGEST_NAME], "hash": _hash(secret), "made_by": maker, "made_at": stamp(now)}
        db.table("wall_links").insert(row)
    return secret


def opens_wall(store: Store, secret: str, now: datetime) -> bool:
    """Whether the secret is a valid link's; notes that its screen was seen."""
    row = store.row("SELECT id, used_at FROM wall_links WHERE hash = ? AND revoked_at IS NULL", [_hash(secret)])
    if row is None:
        return False
    if row["used_at"] is None or row["used_at"] < stamp(now - NOTED_EVERY):
        with store.transaction() as db:
            db.execute("UPDATE wall_links SET used_at = ? WHERE id = ?", [stamp(now), row["id"]])
    return True


def wall_links(store: Store) -> list[Row]:
    """Every link, valid ones first; the secrets are kept nowhere."""
    return store.rows(
        "SELECT id, name, made_by, made_at, used_at, revoked_at FROM wall_links"
        " ORDER BY revoked_at IS NOT NULL, id DESC"
    )


def revoke_wall_link(store: Store, number: int, now: datetime) -> bool:
    """Make a link void at once, on the screen that has used it too; False where none is valid of that number."""
    with store.transaction() as db:
        sql = "UPDATE wall_links SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
        return bool(db.execute(sql, [stamp(now), number]).rowcount)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
