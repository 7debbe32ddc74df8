"""Dated delegation (Plh./Plt.): a role held for somebody away, from one moment to another. Both names are recorded."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from request_tracker.errors import BadForm
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both

MAX_BASIS = 300  # The letter of appointment: its number, its day and what it is about.


@dataclass(frozen=True)
class Delegation:
    """What is asked: ``role`` of ``giver`` is held by ``taker`` from ``starts`` until ``ends``; ``basis`` is why."""

    role: str
    giver: int
    taker: int
    starts: datetime
    ends: datetime
    basis: str


def delegate(store: Store, wanted: Delegation, now: datetime) -> None:
    """Record it. Raises BadForm where it makes no sense."""
    with store.transaction() as db:
        delegate_inside(store, db, wanted, now)


def delegate_inside(store: Store, db: Database, wanted: Delegation, now: datetime) -> None:
    """The same inside a transaction that is already open."""
    holds = store.row("SELECT 1 FROM user_roles WHERE user_id = ? AND role = ?", [wanted.giver, wanted.role])
    if holds is None:
        raise BadForm("giver_lacks_role", role=ROLE_NAMES.get(wanted.role, Both(wanted.role, wanted.role)))
    if wanted.giver == wanted.taker:
        raise BadForm("giver_is_taker")
    # It may begin in the past: the letter of appointment is often typed in a day after it began.
    if wanted.ends <= wanted.starts or wanted.ends <= now:
        raise BadForm("bad_span", what=Both("Delegasi", "Delegation"))
    if not wanted.basis.strip():
        raise BadForm("no_basis")
    db.table("delegations").insert(
        {
            "role": wanted.role,
            "from_user": wanted.giver,
            "to_user": wanted.taker,
            "starts_at": stamp(wanted.starts),
            "ends_at": stamp(wanted.ends),
            "basis": wanted.basis.strip()[:MAX_BASIS],
        }
    )


def end_delegation(store: Store, number: int, now: datetime) -> None:
    """End it before its time."""
    with store.transaction() as db:
        db.execute("UPDATE delegations SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", [stamp(now), number])


def delegations(store: Store, now: datetime) -> list[Row]:
    """Those that run or are to come, with both names."""
    return store.rows(
        "SELECT d.*, f.name AS giver, t.name AS taker FROM delegations d JOIN users f ON f.id = d.from_user"
        " JOIN users t ON t.id = d.to_user WHERE d.revoked_at IS NULL AND d.ends_at > ? ORDER BY d.starts_at",
        [stamp(now)],
    )
