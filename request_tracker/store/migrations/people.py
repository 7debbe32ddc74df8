"""The tables of ``request_tracker.people``: accounts, roles, sessions, delegations, API tokens."""

from sqlite_utils import Database, Migrations

from request_tracker.store.seals import narrow

migrations = Migrations("people")


@migrations()
def accounts(db: Database) -> None:
    """Accounts with their roles, sessions that can be revoked, delegations with dates, tokens with scopes."""
    for statement in (
        """CREATE TABLE users (
             id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL,
             opd TEXT, active INTEGER NOT NULL DEFAULT 1, failures INTEGER NOT NULL DEFAULT 0, locked_until TEXT,
             competence TEXT, created_at TEXT NOT NULL) STRICT""",
        """CREATE TABLE user_roles (
             user_id INTEGER NOT NULL REFERENCES users (id), role TEXT NOT NULL, PRIMARY KEY (user_id, role)) STRICT""",
        """CREATE TABLE sessions (
             hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), created_at TEXT NOT NULL,
             expires_at TEXT NOT NULL, revoked_at TEXT) STRICT""",
        """CREATE TABLE delegations (
             id INTEGER PRIMARY KEY, role TEXT NOT NULL, from_user INTEGER NOT NULL REFERENCES users (id),
             to_user INTEGER NOT NULL REFERENCES users (id), starts_at TEXT NOT NULL, ends_at TEXT NOT NULL,
             basis TEXT NOT NULL, revoked_at TEXT) STRICT""",
        """CREATE TABLE api_tokens (
             name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL, created_at TEXT NOT NULL,
             revoked_at TEXT) STRICT""",
    ):
        db.execute(statement)


@migrations()
def official_details(db: Database) -> None:
    """What official papers print under a name; a table of its own, so that rows sealed before stay as they were."""
    db.execute(
        """CREATE TABLE official_details (
             user_id INTEGER PRIMARY KEY REFERENCES users (id), position TEXT, rank TEXT, nip TEXT) STRICT"""
    )


@migrations()
def users_without_their_lock(db: Database) -> None:
    """Two columns of an account that nothing has read since wrong passwords count by the place they come from."""
    dropped = ("failures", "locked_until")
    narrow(db, "users", dropped)
    # Triggers name the columns; they are made anew at the end of bringing up to date.
    for act in ("insert", "update", "delete"):
        db.execute(f"DROP TRIGGER IF EXISTS rights_guard_users_{act}")
    for column in dropped:
        db.execute(f"ALTER TABLE users DROP COLUMN {column}")
