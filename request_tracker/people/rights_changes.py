"""Changes of who may act that one administrator shall not make alone: what each does, and whose rights it is about.

A change is plain data, so that it can wait in the store for a second person exactly as it was asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from request_tracker.errors import BadForm
from request_tracker.people.accounts import NewAccount, add_user_inside, set_active_inside, set_roles_inside
from request_tracker.people.addresses import address_of, set_address_inside
from request_tracker.people.delegations import Delegation, delegate_inside
from request_tracker.people.links import new_link_inside, unusable_password
from request_tracker.people.second_factors import reset_factors_inside
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store


@dataclass(frozen=True)
class RightsChange:
    """``act`` is one of ``_PERFORM``; ``subject`` is ``user:N``, or ``login:NAME`` of an account that is to be."""

    act: str
    subject: str
    data: Mapping[str, Any]


def new_account(login: str, name: str, roles: tuple[str, ...], opd: str | None = None) -> RightsChange:
    """Make an account, with a one-time link for its password."""
    return RightsChange("add", f"login:{login}", {"login": login, "name": name, "roles": list(roles), "opd": opd})


def new_roles(user: int, roles: tuple[str, ...]) -> RightsChange:
    """Give an account these roles and no others."""
    return RightsChange("roles", f"user:{user}", {"user": user, "roles": list(roles)})


def password_link(user: int) -> RightsChange:
    """A one-time link, with which whoever holds it sets the account's password."""
    return RightsChange("link", f"user:{user}", {"user": user})


def switch_on(user: int) -> RightsChange:
    """Switch an account on again."""
    return RightsChange("on", f"user:{user}", {"user": user})


def switch_off(user: int) -> RightsChange:
    """Switch an account off and end its sessions: done at once, whoever it is, and told."""
    return RightsChange("off", f"user:{user}", {"user": user})


def reset_of_factors(user: int, asker: str) -> RightsChange:
    """Take an account's second factors, sessions and devices off: from then on its password alone opens it."""
    return RightsChange("factors", f"user:{user}", {"user": user, "asker": asker})


def new_address(user: int, text: str) -> RightsChange:
    """Where an account's messages go, one-touch answers among them. Personal data: it never waits in the store."""
    return RightsChange("address", f"user:{user}", {"user": user, "address": text})


def delegation(wanted: Delegation) -> RightsChange:
    """Let somebody hold a role for somebody away."""
    moments = {"starts": stamp(wanted.starts), "ends": stamp(wanted.ends)}
    data = {"role": wanted.role, "giver": wanted.giver, "taker": wanted.taker, "basis": wanted.basis, **moments}
    return RightsChange("delegate", f"user:{wanted.taker}", data)


def rights_at_stake(store: Store, change: RightsChange, now: datetime) -> frozenset[str]:
    """The roles that somebody could act in by this change who cannot now."""
    data = change.data
    if change.act == "add":
        return frozenset(data["roles"])
    if change.act == "delegate":
        return frozenset({data["role"]})
    own = _own_roles(store, data["user"])
    if change.act == "off":
        return frozenset()
    if change.act == "roles":
        return frozenset(data["roles"]) - own
    # Where messages went nowhere, nobody's are turned away: an office enters its officials' addresses at the beginning.
    if change.act == "address" and not address_of(store, data["user"]):
        return frozenset()
    moment = stamp(now)
    others = store.rows(
        "SELECT role FROM delegations WHERE to_user = ? AND ends_at > ? AND (revoked_at IS NULL OR revoked_at > ?)",
        [data["user"], moment, moment],
    )
    return own | {row["role"] for row in others}


def rights_touched(store: Store, change: RightsChange, now: datetime) -> frozenset[str]:
    """The same with the roles that somebody can no longer act in: who is taken off the watch shall be told as well."""
    gained = rights_at_stake(store, change, now)
    if change.act == "off":
        return _own_roles(store, change.data["user"])
    if change.act == "address":
        return _own_roles(store, change.data["user"])
    if change.act == "roles":
        return gained | (_own_roles(store, change.data["user"]) - set(change.data["roles"]))
    return gained


def own_right(change: RightsChange, asker: str) -> bool:
    """True where the asker only uses what is his: his own password, a role of his own that he delegates."""
    giver = f"user:{change.data['giver']}" if change.act == "delegate" else change.subject
    return change.act in ("link", "delegate", "address") and giver == asker


def perform(store: Store, db: Database, change: RightsChange, now: datetime) -> str | None:
    """Do it inside an open transaction; the secret of a one-time link where it makes one. Raises BadForm."""
    return _PERFORM[change.act](store, db, change.data, now)


def _own_roles(store: Store, user: int) -> frozenset[str]:
    return frozenset(row["role"] for row in store.rows("SELECT role FROM user_roles WHERE user_id = ?", [user]))


def _add(store: Store, db: Database, data: Mapping[str, Any], now: datetime) -> str:
    wanted = NewAccount(data["login"], data["name"], tuple(data["roles"]), "", data["opd"])
    user = add_user_inside(store, db, wanted, unusable_password(), now)
    return new_link_inside(db, user, now)


def _roles(store: Store, db: Database, data: Mapping[str, Any], _: datetime) -> None:
    set_roles_inside(store, db, data["user"], tuple(data["roles"]))


def _link(store: Store, db: Database, data: Mapping[str, Any], now: datetime) -> str:
    return new_link_inside(db, data["user"], now)


def _on(store: Store, db: Database, data: Mapping[str, Any], now: datetime) -> None:
    set_active_inside(db, data["user"], True, now)


def _off(store: Store, db: Database, data: Mapping[str, Any], now: datetime) -> None:
    set_active_inside(db, data["user"], False, now)


def _factors(store: Store, db: Database, data: Mapping[str, Any], now: datetime) -> None:
    reset_factors_inside(store, db, data["user"], data["asker"], now)


def _address(_: Store, db: Database, data: Mapping[str, Any], now: datetime) -> None:
    set_address_inside(db, data["user"], data["address"], now)


def _delegate(store: Store, db: Database, data: Mapping[str, Any], now: datetime) -> None:
    span = (datetime.fromisoformat(data["starts"]), datetime.fromisoformat(data["ends"]))
    if store.row("SELECT 1 FROM users WHERE id = ? AND active = 1", [data["taker"]]) is None:
        raise BadForm("nobody_there")
    delegate_inside(store, db, Delegation(data["role"], data["giver"], data["taker"], *span, data["basis"]), now)


Perform = Callable[[Store, Database, Mapping[str, Any], datetime], str | None]
_PERFORM: dict[str, Perform] = {
    "add": _add,
    "roles": _roles,
    "link": _link,
    "on": _on,
    "off": _off,
    "factors": _factors,
    "address": _address,
    "delegate": _delegate,
}
