"""Work that comes again each week: a window that is over in, the next one at the same hours out.

One window at a time is announced, so that lists stay short and a series can be ended at any time.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from request_tracker.outages.maintenance import WEEK
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.each_row import each_row

_OVER = "SELECT * FROM maintenance WHERE weekly_until IS NOT NULL AND min(coalesce(ended_at, ends_at), ends_at) <= ?"


def end_weekly(store: Store, number: int) -> None:
    """This window stays, but the same hours do not come again."""
    with store.transaction() as db:
        db.execute("UPDATE maintenance SET weekly_until = NULL WHERE id = ?", [number])


def continue_weekly(store: Store, zone: ZoneInfo, now: datetime) -> list[int]:
    """Announce the next time of weekly work whose last one is over; the numbers of the new windows."""
    return each_row(store.rows(_OVER, [stamp(now)]), lambda row: _continue(store, zone, row, now), "id")


def _continue(store: Store, zone: ZoneInfo, row: Row, now: datetime) -> list[int]:
    starts, ends = (datetime.fromisoformat(row[key]).astimezone(zone) for key in ("starts_at", "ends_at"))
    # By the office's calendar, so that work at two o'clock stays at two; a tracker that was off makes up for no week.
    weeks = max(1, -((ends - now) // WEEK))
    hours = (starts + weeks * WEEK).astimezone(UTC), (ends + weeks * WEEK).astimezone(UTC)
    last = date.fromisoformat(row["weekly_until"])
    following = last if hours[0].astimezone(zone).date() <= last else None
    with store.transaction() as db:
        db.execute("UPDATE maintenance SET weekly_until = NULL WHERE id = ?", [row["id"]])
        if following is None:
            return []
        return [_announce_again(store, db, row, hours, following)]


def _announce_again(store: Store, db: Database, row: Row, hours: tuple[datetime, datetime], last: date) -> int:
    """The same work again at other hours."""
    starts, ends = (stamp(moment) for moment in hours)
    same = {key: row[key] for key in ("root", "reason", "announced_by")}
    db.table("maintenance").insert({**same, "starts_at": starts, "ends_at": ends, "weekly_until": last.isoformat()})
    return int(store.value("SELECT max(id) FROM maintenance"))
