"""Accounts: logins and passwords in, people with their roles out. Passwords are kept as argon2id only.

Wrong passwords slow down who sends them (``throttle``). A wrong login costs the same time as a wrong password.
"""

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlite_utils import Database

from request_tracker.cases.model import Who
from request_tracker.errors import BadForm
from request_tracker.people.roles import ROLES
from request_tracker.people.sessions import revoke_all
from request_tracker.people.throttle import (
    ELSEWHERE,
    Origin,
    TryCount,
    clean,
    count_failure,
    counts_of,
    forgive,
    waiting,
)
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store, last_id
from request_tracker.store.outbox import Notice, Outgoing, put
from request_tracker.store.rights_journal import RightsAct, record

# NIST SP 800-63B asks for at least 8 letters and takes 64 and more; the upper bound only keeps the hashing short.
MIN_PASSWORD, MAX_PASSWORD = 10, 200
# Letters of a login as a page makes it, of a name with its titles, and of a login that is looked for: an account made
# at the terminal, or the provider's claim, may be longer than ours.
MAX_LOGIN, MAX_PERSON_NAME, MAX_TYPED_LOGIN = 60, 100, 100
MAX_COMPETENCE = 200  # One line beside a name.
_HASHER = PasswordHasher()
# Checked where there is no such login: the answer takes as long, so nobody learns which logins exist. Of a random text
# that nobody kept; as slow as the hasher's own (a test), which would cost each command a fifth of a second here.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$iHnF54atRKGmeXRpaNOvQw$nM+O275yWEk57kJDSNDfP2obpC84d0WCgJZZ8JFspPw"


@dataclass(frozen=True)
class Person:
    """Somebody with an account. ``who`` is how he acts on cases, with the delegations of this moment."""

    id: int
    login: str
    name: str
    roles: frozenset[str]
    opd: str | None
    who: Who

    def named(self) -> str:
        """The reference that stands in events."""
        return f"user:{self.id}"


@dataclass(frozen=True)
class NewAccount:
    """What an account is made of; the password is hashed at once and kept nowhere."""

    login: str
    name: str
    roles: tuple[str, ...]
    password: str
    opd: str | None = None


def add_user(store: Store, wanted: NewAccount, now: datetime) -> int:
    """Make an account. Raises BadForm naming what is wrong."""
    hashed = hash_password(wanted.password)
    with store.transaction() as db:
        return add_user_inside(store, db, wanted, hashed, now)


def add_user_inside(store: Store, db: Database, wanted: NewAccount, hashed: str, now: datetime) -> int:
    """The same inside a transaction that is already open; ``hashed`` stands in for the application's password."""
    login, roles = wanted.login, wanted.roles
    _check_roles(login, roles)
    if not login.isascii() or not login.replace("-", "").replace(".", "").replace("_", "").isalnum():
        raise BadForm("bad_login", login=repr(login))
    if store.row("SELECT id FROM users WHERE login = ?", [login]):
        raise BadForm("login_taken", login=login)
    row = {"login": login, "name": wanted.name, "password": hashed, "opd": wanted.opd, "created_at": stamp(now)}
    user = last_id(db.table("users").insert({**row, "active": 1}))
    db.table("user_roles").insert_all({"user_id": user, "role": role} for role in roles)
    return user


def set_roles(store: Store, user: int, roles: tuple[str, ...]) -> None:
    """Give an account these roles and no others."""
    with store.transaction() as db:
        set_roles_inside(store, db, user, roles)


def set_roles_inside(store: Store, db: Database, user: int, roles: tuple[str, ...]) -> None:
    """The same inside a transaction that is already open."""
    _check_roles(f"{user}", roles)
    before = {row["role"] for row in store.rows("SELECT role FROM user_roles WHERE user_id = ?", [user])}
    # A role that stays is not touched: the rights journal says what was given and what was taken, nothing else.
    for role in sorted(before - set(roles)):
        db.execute("DELETE FROM user_roles WHERE (user_id, role) = (?, ?)", [user, role])
    for role in sorted(set(roles) - before):
        db.table("user_roles").insert({"user_id": user, "role": role})


def set_active(store: Store, user: int, active: bool, now: datetime) -> None:
    """Switch an account on or off; off ends its sessions at once."""
    with store.transaction() as db:
        set_active_inside(db, user, active, now)


def set_active_inside(db: Database, user: int, active: bool, now: datetime) -> None:
    """The same inside a transaction that is already open."""
    db.execute("UPDATE users SET active = ? WHERE id = ?", [int(active), user])
    if not active:
        revoke_all(db, user, now)


def set_competence(store: Store, user: int, note: str) -> None:
    """Keep what an account's holder is trained for (PKL-B-KQ, PKL-S-08), in the office's words; empty takes it away."""
    with store.transaction() as db:
        db.execute("UPDATE users SET competence = ? WHERE id = ?", [note.strip()[:MAX_COMPETENCE] or None, user])


def _check_roles(login: str, roles: tuple[str, ...]) -> None:
    unknown = [role for role in roles if role not in ROLES]
    if unknown:
        raise BadForm("bad_roles", login=login, roles=", ".join(unknown), known=", ".join(ROLES))
    if not roles:
        raise BadForm("no_role", login=login)


def hash_password(password: str) -> str:
    """The argon2id hash. Raises BadForm where the password is too short or too long."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise BadForm("bad_password", least=MIN_PASSWORD, most=MAX_PASSWORD)
    return _HASHER.hash(password)


def check_password(store: Store, login: str, password: str, now: datetime, origin: Origin = ELSEWHERE) -> int | None:
    """The account's number where login and password fit and its origin need not wait; counts what fails.

    The slow hash runs outside the transaction; the wait is read and the failure counted inside it, so that wrong
    passwords tried side by side are all counted.
    """
    row = store.row("SELECT * FROM users WHERE login = ? AND active = 1", [login])
    # Cut, because argon2 hashes whatever length it is given, and the form is open to anybody.
    fits = _fits(row["password"] if row else _NOBODY, password[:MAX_PASSWORD]) and row is not None
    counts = counts_of(login, origin)
    # The usual case writes nothing: logging in must not wait for another writer.
    if row and fits and clean(store, counts):
        return int(row["id"])
    with store.transaction() as db:
        if waiting(store, counts, now):
            return None
        if row and fits:
            failures = forgive(store, db, counts)
            if failures:
                kind = "account_unlocked" if failures >= counts[0].slowing.free else "failures_cleared"
                record(db, RightsAct(kind, f"user:{row['id']}"))
            return int(row["id"])
        _failed(store, db, Failure(counts, login, row["id"] if row else None, bool(origin.device)), now)
    return None


@dataclass(frozen=True)
class Failure:
    """A wrong try: what it is counted under, the name that was typed, whose account it is, at a device known there."""

    counts: tuple[TryCount, ...]
    login: str
    user: int | None
    known_device: bool


def _failed(store: Store, db: Database, failure: Failure, now: datetime) -> None:
    """A failed log-in happens here and nowhere else: counted, recorded, told of where there are many."""
    outcome = count_failure(store, db, failure.counts, now)
    # What was typed for a name that nobody has is not kept: it may be a password.
    whom = "nobody" if failure.user is None else f"user:{failure.user}"
    kind, place = "account_locked" if outcome.waits else "login_failed", "known device"
    record(db, RightsAct(kind, whom, {"from": place if failure.known_device else "elsewhere"}))
    if outcome.telling and failure.user is not None:
        tell_of_tries(db, "password_tries", failure.user, failure.login, now)


def tell_of_tries(db: Database, template: str, user: int, login: str, now: datetime) -> None:
    """Tell the person and the administrators of tries from unknown places, once a day, inside a transaction."""
    notice = Notice(template, f"akun {login}", f"{now:%Y-%m-%d %H:%M} UTC", "")
    for recipient in (f"user:{user}", "role:admin"):
        put(db, Outgoing(f"{template}:{user}:{now:%Y-%m-%d}:{recipient}", recipient, notice), now)


def person(store: Store, user: int, now: datetime) -> Person | None:
    """The account with its roles and the delegations of that moment; None where it is gone or switched off."""
    row = store.row(
        "SELECT u.*, d.position FROM users u LEFT JOIN official_details d ON d.user_id = u.id"
        " WHERE u.id = ? AND u.active = 1",
        [user],
    )
    if row is None:
        return None
    roles = frozenset(r["role"] for r in store.rows("SELECT role FROM user_roles WHERE user_id = ?", [user]))
    moment = stamp(now)
    delegations = store.rows(
        "SELECT role, from_user FROM delegations WHERE to_user = ? AND starts_at <= ? AND ends_at > ?"
        " AND (revoked_at IS NULL OR revoked_at > ?) ORDER BY id",
        [user, moment, moment, moment],
    )
    away = {r["role"]: f"user:{r['from_user']}" for r in delegations}
    who = Who(f"user:{user}", roles, away, row["name"], row["position"] or "")
    return Person(user, row["login"], row["name"], roles, row["opd"], who)


def deciders(store: Store, role: str, since: datetime) -> list[Row]:
    """Active accounts that hold a role, or have held it for somebody away since that moment: id and name."""
    return store.rows(
        "SELECT u.id, u.name FROM users u WHERE u.active = 1 AND u.id IN (SELECT user_id FROM user_roles WHERE role = ?"
        # Also delegations that are over by now: the paper may have been signed while they ran.
        " UNION SELECT to_user FROM delegations WHERE role = ? AND ends_at > ?) ORDER BY u.name",
        [role, role, stamp(since)],
    )


def standing(store: Store, login: str) -> tuple[int, bool] | None:
    """An account's number and whether it is switched on; None where there is no such login."""
    row = store.row("SELECT id, active FROM users WHERE login = ?", [login])
    return (int(row["id"]), bool(row["active"])) if row else None


def holders(store: Store, role: str) -> list[Row]:
    """Active accounts that hold a role: id, login, name and competence."""
    return store.rows(
        "SELECT u.id, u.login, u.name, u.competence FROM users u JOIN user_roles r ON r.user_id = u.id"
        " WHERE r.role = ? AND u.active = 1 ORDER BY u.name",
        [role],
    )


# A person reads what a machine does, not what its program is called.
MACHINES = {"alertmanager": "Sistem pemantauan"}


def name_of(store: Store, reference: str | None) -> str:
    """The name behind ``user:N``; anything else as it stands."""
    kind, _, number = (reference or "").partition(":")
    if kind == "user" and number.isdecimal():
        return str(store.value("SELECT name FROM users WHERE id = ?", [int(number)]) or reference)
    others = {
        "contact": "Pemohon",
        "public": "Pemohon",
        "system": "Sistem",
        "api": MACHINES.get(number, number),
        "os": f"akun mesin {number}",
    }
    return others.get(kind, reference or "")


def _fits(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
