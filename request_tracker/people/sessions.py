"""Sessions that can be revoked, and API tokens with scopes. Only hashes are stored."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.errors import TrackerError
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store

SESSION_LENGTH = timedelta(hours=12)  # A working day with its overtime: nobody logs in twice, nobody stays over night.
# As the flow collector asks of its token: 20 letters of a person's choice are more than can be tried.
SHORTEST_TOKEN = 20
SCOPES = ("allocations:read", "proofs:write", "cases:read", "metrics:read")


def begin_session(store: Store, user: int, now: datetime) -> str:
    """The secret of a new session; it goes into a signed cookie and nowhere else."""
    # 192 random bits: nothing to try, which is why a plain SHA-256 without salt or stretching keeps it well enough.
    secret = secrets.token_urlsafe(24)
    with store.transaction() as db:
        row = {"hash": _hash(secret), "user_id": user, "created_at": stamp(now)}
        db.table("sessions").insert({**row, "expires_at": stamp(now + SESSION_LENGTH)})
        # Rows are kept a month past their end, so that an incident can still be asked about; then the table would only
        # grow.
        db.execute("DELETE FROM sessions WHERE expires_at < ?", [stamp(now - timedelta(days=30))])
    return secret


def session_user(store: Store, secret: str, now: datetime) -> int | None:
    """Whose session it is; None where it is over, revoked or made up."""
    user = store.value(
        "SELECT user_id FROM sessions WHERE hash = ? AND expires_at > ? AND revoked_at IS NULL",
        [_hash(secret), stamp(now)],
    )
    return int(user) if user is not None else None


def end_session(store: Store, secret: str, now: datetime) -> None:
    """Revoke one session."""
    with store.transaction() as db:
        db.execute("UPDATE sessions SET revoked_at = ? WHERE hash = ?", [stamp(now), _hash(secret)])


def end_sessions(store: Store, login: str, now: datetime) -> int:
    """Revoke every session of an account; the number revoked. Raises TrackerError where there is no such account."""
    user = store.value("SELECT id FROM users WHERE login = ?", [login])
    if user is None:
        raise TrackerError(f"user {login}: there is no such account; see lebarpita-tracker user list")
    with store.transaction() as db:
        return revoke_all(db, int(user), now)


def revoke_all(db: Database, user: int, now: datetime) -> int:
    """Revoke every session of an account, inside an open transaction; the number revoked."""
    ended = db.execute(
        "UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL", [stamp(now), user]
    )
    return int(ended.rowcount)


def add_token(store: Store, name: str, scopes: list[str], now: datetime, secret: str | None = None) -> str:
    """A new API token, made here or given; an earlier one of that name is void. Raises TrackerError for a bad one."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise TrackerError(f"token {name}: scope {', '.join(unknown) or '(none)'} is not one of {', '.join(SCOPES)}")
    secret = secrets.token_urlsafe(32) if secret is None else secret
    if len(secret) < SHORTEST_TOKEN:
        raise TrackerError(f"token {name}: is shorter than {SHORTEST_TOKEN} characters; make a longer one")
    with store.transaction() as db:
        other = store.value("SELECT name FROM api_tokens WHERE hash = ? AND name <> ?", [_hash(secret), name])
        if other is not None:
            raise TrackerError(f"token {name}: its secret is that of the token {other}; make one of its own")
        row = {"name": name, "hash": _hash(secret), "scopes": " ".join(scopes), "created_at": stamp(now)}
        # By its name: a token given again makes no second row, and one that was revoked is valid again from here on.
        db.table("api_tokens").upsert({**row, "revoked_at": None}, pk="name")
    return secret


def revoke_token(store: Store, name: str, now: datetime) -> None:
    """Make a token void at once. Raises TrackerError where no valid token has that name."""
    with store.transaction() as db:
        sql = "UPDATE api_tokens SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL"
        if db.execute(sql, [stamp(now), name]).rowcount == 0:
            raise TrackerError(f"token {name}: there is no valid token of that name; see lebarpita-tracker token list")


def token_revoked_at(store: Store, name: str, secret: str) -> str | None:
    """When this very secret of the token was revoked (RFC 3339, UTC); None where it is valid, or is another one."""
    sql = "SELECT revoked_at FROM api_tokens WHERE name = ? AND hash = ?"
    revoked = store.value(sql, [name, _hash(secret)])
    return None if revoked is None else str(revoked)


def token_row(store: Store, secret: str) -> Row | None:
    """The token's name and scopes; None where it is unknown or revoked."""
    return store.row("SELECT name, scopes FROM api_tokens WHERE hash = ? AND revoked_at IS NULL", [_hash(secret)])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
