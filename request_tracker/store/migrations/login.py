"""The tables of logging in: tries that were wrong, devices that are known, second factors, links of wall screens."""

from sqlite_utils import Database, Migrations

migrations = Migrations("login")


@migrations()
def tries_and_devices(db: Database) -> None:
    """Wrong tries are counted under hashes: what is typed as a user name by mistake is often a password."""
    for statement in (
        "CREATE TABLE login_tries (key TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_at TEXT NOT NULL,"
        " wait_until TEXT NOT NULL) STRICT",
        "CREATE INDEX login_tries_last ON login_tries (last_at)",
        "CREATE TABLE login_devices (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE,"
        " user_id INTEGER NOT NULL REFERENCES users (id), browser TEXT NOT NULL, made_at TEXT NOT NULL,"
        " used_at TEXT NOT NULL, revoked_at TEXT) STRICT",
    ):
        db.execute(statement)


@migrations()
def second_factors(db: Database) -> None:
    """``secret``: of ``totp`` encrypted, of ``key`` its public half; ``counter``: the last time step, or use, taken."""
    for statement in (
        "CREATE TABLE second_factors (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),"
        " kind TEXT NOT NULL, name TEXT NOT NULL, secret TEXT NOT NULL, credential TEXT UNIQUE,"
        " counter INTEGER NOT NULL, made_at TEXT NOT NULL, removed_at TEXT, removed_by TEXT) STRICT",
        "CREATE TABLE recovery_codes (hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),"
        " made_at TEXT NOT NULL, used_at TEXT) STRICT",
        "CREATE TABLE half_logins (hash TEXT PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),"
        " expires_at TEXT NOT NULL, wanted TEXT, state TEXT) STRICT",
    ):
        db.execute(statement)


@migrations()
def wall_links(db: Database) -> None:
    """A screen's link, by its hash."""
    db.execute(
        "CREATE TABLE wall_links (id INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,"
        " made_by TEXT NOT NULL, made_at TEXT NOT NULL, used_at TEXT, revoked_at TEXT) STRICT"
    )
