"""Second factors of an account: apps that make codes (TOTP), security keys (WebAuthn). Kept here, checked beside.

Adding and removing one, and the administrator's reset, each tell the person by the outbox; what was removed stays in
the table with who removed it. ``totp``, ``security_keys`` and ``recovery_codes`` check what is typed or touched.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from request_tracker.errors import Refused
from request_tracker.people.accounts import Person, name_of
from request_tracker.people.devices import revoke_devices
from request_tracker.people.sessions import revoke_all
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.outbox import Notice, Outgoing, put

TOTP, KEY = "totp", "key"
LONGEST_NAME = 60  # What a person calls his telephone or his key.


@dataclass(frozen=True)
class NewFactor:
    """What is kept of a factor: see the migration ``login.second_factors``."""

    kind: str
    name: str
    secret: str
    counter: int
    credential: str | None = None


@dataclass(frozen=True)
class FactorNews:
    """What the person is told: the message's template, whose account, what makes it unique, the factor or the doer."""

    template: str
    user: int
    key: str
    text: str


def factors(store: Store, user: int) -> list[Row]:
    """The factors an account has, the oldest first."""
    return store.rows("SELECT * FROM second_factors WHERE user_id = ? AND removed_at IS NULL ORDER BY id", [user])


def removed_factors(store: Store, user: int) -> list[Row]:
    """What it had: name, kind, when it was removed and by whom; the last ten."""
    rows = store.rows(
        "SELECT name, kind, removed_at, removed_by FROM second_factors WHERE user_id = ? AND removed_at IS NOT NULL"
        " ORDER BY removed_at DESC LIMIT 10",
        [user],
    )
    return [{**row, "remover": name_of(store, row["removed_by"])} for row in rows]


def required(person: Person, roles: Collection[str]) -> bool:
    """Whether the configuration asks a second factor of somebody with his roles, delegated ones too."""
    return not person.who.acting_roles.isdisjoint(roles)


def add_factor(store: Store, user: int, new: NewFactor, now: datetime) -> None:
    """Keep a factor whose first code or touch was right. Raises Refused for a key that an account has already."""
    with store.transaction() as db:
        if new.credential and store.row("SELECT 1 FROM second_factors WHERE credential = ?", [new.credential]):
            raise Refused("wrong_key")
        row = {"user_id": user, "kind": new.kind, "name": new.name.strip()[:LONGEST_NAME] or new.kind}
        content = {"secret": new.secret, "credential": new.credential, "counter": new.counter, "made_at": stamp(now)}
        number = db.table("second_factors").insert({**row, **content}).last_pk
        _tell(store, db, FactorNews("factor_added", user, f"added:{number}", str(row["name"])), now)


def remove_factor(store: Store, person: Person, number: int, roles: Collection[str], now: datetime) -> None:
    """Take one of one's own factors off. Raises Refused where it is the last and one's roles need one."""
    with store.transaction() as db:
        mine = {row["id"]: row for row in factors(store, person.id)}
        if number not in mine:
            return
        if len(mine) == 1 and required(person, roles):
            raise Refused("factor_required")
        _remove(db, number, person.named(), now)
        if len(mine) == 1:
            db.execute("DELETE FROM recovery_codes WHERE user_id = ?", [person.id])
        news = FactorNews("factor_removed", person.id, f"removed:{number}", str(mine[number]["name"]))
        _tell(store, db, news, now)


def reset_factors(store: Store, user: int, doer: str, now: datetime) -> int:
    """Take every factor off, with codes, sessions and devices; the number taken off. ``doer`` is ``user:N``.

    The person is told who did it; he shows who he is by his password and sets up a factor anew.
    """
    with store.transaction() as db:
        return reset_factors_inside(store, db, user, doer, now)


def reset_factors_inside(store: Store, db: Database, user: int, doer: str, now: datetime) -> int:
    """The same inside a transaction that is already open."""
    mine = factors(store, user)
    for row in mine:
        _remove(db, row["id"], doer, now)
    db.execute("DELETE FROM recovery_codes WHERE user_id = ?", [user])
    revoke_all(db, user, now)
    revoke_devices(db, user, now)
    news = FactorNews("factors_reset", user, f"reset:{stamp(now)}", f"oleh {name_of(store, doer)}")
    _tell(store, db, news, now)
    return len(mine)


def take_counter(db: Database, number: int, counter: int) -> bool:
    """Move a factor's counter on, inside a transaction; False where it has gone as far already: a replay."""
    sql = "UPDATE second_factors SET counter = ? WHERE id = ? AND counter < ? AND removed_at IS NULL"
    return bool(db.execute(sql, [counter, number, counter]).rowcount)


def _remove(db: Database, number: int, doer: str, now: datetime) -> None:
    # The credential is let go, so that the same key may be set up anew.
    db.execute(
        "UPDATE second_factors SET removed_at = ?, removed_by = ?, secret = '', credential = NULL WHERE id = ?",
        [stamp(now), doer, number],
    )


def _tell(store: Store, db: Database, news: FactorNews, now: datetime) -> None:
    login = store.value("SELECT login FROM users WHERE id = ?", [news.user])
    notice = Notice(news.template, f"akun {login}", news.text, "")
    put(db, Outgoing(f"factor:{news.user}:{news.key}", f"user:{news.user}", notice), now)
