"""Four eyes over who may act: a change is done and announced, or waits until a second person has confirmed it.

Where an office has one administrator there is nobody else to ask, and the first run must work; then the account's
holder, whoever holds the role already and the auditors are told at once, through the outbox. What a change wrote is the
rights journal's business: nothing here records by itself.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.config import SecondPersonPart
from request_tracker.errors import Refused
from request_tracker.people.accounts import Person
from request_tracker.people.rights_changes import RightsChange, own_right, perform, rights_at_stake, rights_touched
from request_tracker.people.roles import ROLES
from request_tracker.store.chain import canonical, stamp
from request_tracker.store.database import Row, Store, last_id
from request_tracker.store.outbox import Notice, Outgoing, put

WAITS_FOR = timedelta(days=14)  # A fortnight's leave; what nobody confirmed by then is asked for again.
CONFIRMED, REFUSED = "confirmed", "refused"
_CHANGES = {
    "add": "akun dibuat",
    "roles": "peran diganti",
    "link": "tautan sandi dibuat",
    "on": "akun diaktifkan",
    "off": "akun dinonaktifkan",
    "factors": "faktor kedua dicabut",
    "address": "alamat kabar diganti",
    "delegate": "peran didelegasikan",
}


@dataclass(frozen=True)
class ChangeAnswer:
    """What became of a change: done, with the secret of the one-time link it made; or ``waiting``, by number."""

    link: str | None = None
    waiting: int | None = None


def change_rights(
    store: Store, settings: SecondPersonPart, change: RightsChange, asker: str, now: datetime
) -> ChangeAnswer:
    """Do it, or write down that it waits. Raises BadForm where it makes no sense, Refused where it may not wait."""
    with store.transaction() as db:
        if not needs_second(store, settings, change, asker, now):
            return ChangeAnswer(_do(store, db, change, settings, now))
        # What waits is written down for good, and an address must be erasable: its holder enters it himself.
        if change.act == "address":
            raise Refused("holders_address")
        _try_out(store, db, change, now)
        number = last_id(
            db.table("rights_requests").insert(
                {
                    "act": change.act,
                    "subject": change.subject,
                    "data": canonical(dict(change.data)),
                    "asked_by": asker,
                    "asked_at": stamp(now),
                }
            )
        )
        notice = _notice(store, "confirmation_wanted", change)
        for role in settings.confirmed_by:
            put(db, Outgoing(f"confirmation:{number}:role:{role}", f"role:{role}", notice), now)
        return ChangeAnswer(waiting=number)


def needs_second(store: Store, settings: SecondPersonPart, change: RightsChange, asker: str, now: datetime) -> bool:
    """True where a second person must confirm it and there is one who could."""
    if settings.mode == "announce" or own_right(change, asker):
        return False
    if not rights_at_stake(store, change, now) & settings.protected:
        return False
    if settings.mode == "auto" and _active(store, ("admin",)) < 2:
        return False
    return _active(store, settings.confirmed_by, without=(asker, change.subject)) > 0


def waiting_changes(store: Store, now: datetime) -> list[Row]:
    """What waits for a second person, the oldest first; ``data`` as it was asked."""
    rows = store.rows(
        "SELECT * FROM rights_requests WHERE outcome IS NULL AND asked_at > ? ORDER BY id", [stamp(now - WAITS_FOR)]
    )
    return [{**row, "data": json.loads(row["data"])} for row in rows]


def may_confirm(settings: SecondPersonPart, person: Person, row: Row) -> bool:
    """True where this person is the second one for that request."""
    return bool(person.roles & set(settings.confirmed_by)) and person.named() not in (row["asked_by"], row["subject"])


def confirm(store: Store, settings: SecondPersonPart, number: int, person: Person, now: datetime) -> ChangeAnswer:
    """Confirm and do it. Raises Refused where he is not the second person, or the request is gone."""
    with store.transaction() as db:
        row = _open_row(store, number, now)
        if not person.roles & set(settings.confirmed_by):
            raise Refused("not_second_person")
        if not may_confirm(settings, person, row):
            raise Refused("same_second_person")
        _decide(db, row, person, CONFIRMED, now)
        change = RightsChange(row["act"], row["subject"], row["data"])
        return ChangeAnswer(_do(store, db, change, settings, now))


def refuse(store: Store, settings: SecondPersonPart, number: int, person: Person, now: datetime) -> None:
    """Refuse it; who asked takes it back by the same. Raises Refused."""
    with store.transaction() as db:
        row = _open_row(store, number, now)
        if not person.roles & set(settings.confirmed_by) and person.named() != row["asked_by"]:
            raise Refused("not_second_person")
        _decide(db, row, person, REFUSED, now)


def _do(store: Store, db: Database, change: RightsChange, settings: SecondPersonPart, now: datetime) -> str | None:
    """Do it, and tell whom it concerns in the same transaction."""
    # Read before: a message to a role's holders is for those who hold it already.
    touched = rights_touched(store, change, now) & settings.protected
    recipients = _concerned(store, change, touched) if touched else ()
    link = perform(store, db, change, now)
    # The journal's last line is this change's: no other message has its key.
    key, notice = f"rights:{_head(store)}", _notice(store, "rights_changed", change)
    for recipient in recipients:
        put(db, Outgoing(f"{key}:{recipient}", recipient, notice), now)
    return link


def _try_out(store: Store, db: Database, change: RightsChange, now: datetime) -> None:
    """What makes no sense is refused when it is asked, not after somebody has confirmed it; nothing of it stays."""
    db.execute("SAVEPOINT trial")
    perform(store, db, change, now)
    db.execute("ROLLBACK TO trial")
    db.execute("RELEASE trial")


def _open_row(store: Store, number: int, now: datetime) -> Row:
    row = next((row for row in waiting_changes(store, now) if row["id"] == number), None)
    if row is None:
        raise Refused("request_decided")
    return row


def _decide(db: Database, row: Row, person: Person, outcome: str, now: datetime) -> None:
    decision = [person.named(), stamp(now), outcome, row["id"]]
    db.execute("UPDATE rights_requests SET decided_by = ?, decided_at = ?, outcome = ? WHERE id = ?", decision)


def _active(store: Store, roles: tuple[str, ...], without: tuple[str, ...] = ()) -> int:
    """How many accounts in use hold one of the roles, but for those named."""
    marks = ", ".join("?" for _ in roles)
    rows = store.rows(
        "SELECT DISTINCT u.id FROM users u JOIN user_roles r ON r.user_id = u.id"
        f" WHERE u.active = 1 AND r.role IN ({marks})",
        roles,
    )
    return sum(f"user:{row['id']}" not in without for row in rows)


def _concerned(store: Store, change: RightsChange, touched: frozenset[str]) -> tuple[str, ...]:
    """Whose rights they are: the account's holder, who holds such a role already, and the auditors.

    A new account has nobody behind it yet, and a role that nobody holds reaches nobody.
    """
    people = [] if change.act == "add" else [change.subject]
    if change.act == "delegate":
        people.append(f"user:{change.data['giver']}")
    roles = sorted(touched) if change.act in ("add", "roles") else []
    holders = [f"role:{role}" for role in (*roles, "auditor") if _active(store, (role,))]
    return tuple(dict.fromkeys((*people, *holders)))


def _notice(store: Store, template: str, change: RightsChange) -> Notice:
    """The change in a line, without a person's name: user names and roles."""
    user = change.data.get("user", change.data.get("taker"))
    login = change.data.get("login") or store.value("SELECT login FROM users WHERE id = ?", [user]) or change.subject
    roles = change.data.get("roles", [change.data["role"]] if "role" in change.data else [])
    what = ", ".join(ROLES.get(role, role) for role in roles)
    return Notice(template, str(login), _CHANGES[change.act], what)


def _head(store: Store) -> int:
    return int(store.value("SELECT coalesce(max(seq), 0) FROM rights_journal"))
