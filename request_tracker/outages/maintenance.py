"""Announced maintenance: a root and its hours in; the public is told, nobody is paged, Alertmanager is silenced.

Work on a root is work on all behind it (``work_scope``).

It mutes and never hides: the outage is still measured and keeps its ticket. The silences are placed by the worker
(``work_silences``) and tried again until Alertmanager takes them.
"""

from datetime import date, datetime, timedelta

from inventory.model import City
from request_tracker.errors import BadForm, NotThere
from request_tracker.outages.work_scope import covered
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both
from request_tracker.words.written import moment_of

WEEK = timedelta(days=7)
MAX_REASON = 300  # What work is done: two lines of the public page and of Alertmanager's silence.


def announce(  # noqa: PLR0913  # As the form has it.
    store: Store,
    root: str,
    hours: tuple[datetime, datetime],
    reason: str,
    by: str,
    weekly_until: date | None = None,
) -> int:
    """Announce work on a root for these hours, and for the same ones of each week until that day.

    Raises BadForm where they or the reason make no sense.
    """
    starts, ends = hours
    _check_hours(starts, ends, weekly_until is not None)
    if not reason.strip():
        raise BadForm("no_work")
    with store.transaction() as db:
        row = {"root": root, "starts_at": stamp(starts), "ends_at": stamp(ends), "announced_by": by}
        weekly = {"weekly_until": weekly_until.isoformat() if weekly_until else None}
        db.table("maintenance").insert({**row, **weekly, "reason": reason.strip()[:MAX_REASON]})
        return int(store.value("SELECT max(id) FROM maintenance"))


def move_end(store: Store, number: int, ends: datetime, now: datetime) -> None:
    """Give announced work another end, later or earlier; of weekly work this time's and each later one's.

    Raises NotThere where it is over or was never announced, BadForm where the end makes no sense.
    """
    row = living_window(store, number, now)
    _check_hours(moment_of(row["starts_at"]), ends, row["weekly_until"] is not None)
    with store.transaction() as db:
        db.execute("UPDATE maintenance SET ends_at = ? WHERE id = ?", [stamp(ends), number])


def living_window(store: Store, number: int, now: datetime) -> Row:
    """One window that runs or is to come. Raises NotThere."""
    for row in windows(store, now):
        if row["id"] == number:
            return row
    raise NotThere("work_is_over")


def finish(store: Store, number: int, now: datetime) -> None:
    """The work is over; pages and escalations are as usual from now on."""
    with store.transaction() as db:
        db.execute("UPDATE maintenance SET ended_at = ? WHERE id = ? AND ended_at IS NULL", [stamp(now), number])


def windows(store: Store, now: datetime) -> list[Row]:
    """Windows that run or are to come, each with how many silences Alertmanager took of it (``silences``)."""
    return store.rows(
        "SELECT m.*, (SELECT count(*) FROM work_silences s WHERE s.window = m.id) AS silences"
        " FROM maintenance m WHERE ended_at IS NULL AND ends_at > ? ORDER BY starts_at",
        [stamp(now)],
    )


def _check_hours(starts: datetime, ends: datetime, weekly: bool) -> None:
    if weekly and ends - starts >= WEEK:
        raise BadForm("weekly_too_long")
    if ends <= starts:
        raise BadForm("end_before_start", what=Both("Pemeliharaan", "Maintenance"))


def under_maintenance(store: Store, city: City, root: str, now: datetime) -> bool:
    """True while announced work runs on the root or on what it hangs behind."""
    # Stamps are of one width, so comparing texts is comparing moments.
    running = [row["root"] for row in windows(store, now) if row["starts_at"] <= stamp(now)]
    return any(root in covered(city, scope) for scope in running)
