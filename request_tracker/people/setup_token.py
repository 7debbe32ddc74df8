"""The first run: a set-up token is printed once, kept as a hash, and used once to make the first administrator."""

import hashlib
import secrets
from datetime import datetime

from sqlite_utils import Database

from request_tracker.store.chain import stamp
from request_tracker.store.database import Store


def new_setup_token(store: Store, now: datetime) -> str:
    """Make a token; any earlier one is void."""
    # 128 bits in 22 letters: it is typed or copied by hand from a terminal, once.
    token = secrets.token_urlsafe(16)
    with store.transaction() as db:
        db.table("settings").upsert({"key": "setup_token", "value": _hash(token), "changed_at": stamp(now)}, pk="key")
    return token


def use_setup_token(store: Store, db: Database, token: str) -> bool:
    """True once for the right token; inside the transaction that makes the first administrator."""
    stored = store.value("SELECT value FROM settings WHERE key = 'setup_token'")
    if not stored or not secrets.compare_digest(str(stored), _hash(token)):
        return False
    # In the transaction that makes the account: of two who hold the token at once, the second finds nothing to use.
    db.execute("DELETE FROM settings WHERE key = 'setup_token'")
    return True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
