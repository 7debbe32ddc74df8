"""The duty roster (piket): who is on duty from when to when, first or second. Rows in, people on duty out."""

from datetime import datetime

from request_tracker.errors import BadForm
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both

RANKS = (1, 2)  # Who is called first, and who if he does not answer (outages/follow.py).


def add_turn(store: Store, user: int, rank: int, starts: datetime, ends: datetime) -> None:
    """Put somebody on duty. Raises BadForm where the turn makes no sense."""
    if rank not in RANKS:
        raise BadForm("bad_rank", rank=rank)
    if ends <= starts:
        raise BadForm("end_before_start", what=Both("Piket", "Duty"))
    if store.row("SELECT 1 FROM users WHERE id = ? AND active = 1", [user]) is None:
        raise BadForm("nobody_there")
    # Turns may overlap: a swap is entered as one more turn, and on_duty takes the one that was entered last.
    with store.transaction() as db:
        row = {"user_id": user, "rank": rank, "starts_at": stamp(starts), "ends_at": stamp(ends)}
        db.table("duty_roster").insert(row)


def remove_turn(store: Store, number: int, now: datetime) -> None:
    """Take a turn off the roster."""
    with store.transaction() as db:
        # Marked, not deleted: who was on duty in a past outage stays to be read.
        db.execute("UPDATE duty_roster SET removed_at = ? WHERE id = ?", [stamp(now), number])


def turns(store: Store, now: datetime) -> list[Row]:
    """Turns that run or are to come, with names."""
    return store.rows(
        "SELECT r.*, u.name FROM duty_roster r JOIN users u ON u.id = r.user_id"
        " WHERE r.removed_at IS NULL AND r.ends_at > ? ORDER BY r.starts_at, r.rank",
        [stamp(now)],
    )


def on_duty(store: Store, rank: int, now: datetime) -> int | None:
    """The account on duty at this rank; the turn entered last wins, so a swap is one more row."""
    user = store.value(
        "SELECT r.user_id FROM duty_roster r JOIN users u ON u.id = r.user_id AND u.active = 1"
        " WHERE r.rank = ? AND r.starts_at <= ? AND r.ends_at > ? AND r.removed_at IS NULL ORDER BY r.id DESC LIMIT 1",
        [rank, stamp(now), stamp(now)],
    )
    return int(user) if user is not None else None
