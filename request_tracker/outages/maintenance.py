"""Announced maintenance: a root and its hours in; the public is told, nobody is paged, Alertmanager is silenced.

Work on a root is work on all behind it (``work_scope``).

It mutes and never hides: the outage is still measured and keeps its ticket. The silences are placed by the worker
(``work_silences``) and tried again until Alertmanager takes them.
"""

from datetime import date, datetime, timedelta

from inventory.model import City
from request_tracker.errors import BadForm
from request_tracker.outages.work_scope import covered
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both

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
    if weekly_until is not None and ends - starts >= WEEK:
        raise BadForm("weekly_too_long")
    if ends <= starts:
        raise BadForm("end_before_start", what=Both("Pemeliharaan", "Maintenance"))
    if not reason.strip():
        raise BadForm("no_work")
    with store.transaction() as db:
        row = {"root": root, "starts_at": stamp(starts), "ends_at": stamp(ends), "announced_by": by}
        weekly = {"weekly_until": weekly_until.isoformat() if weekly_until else None}
        db.table("maintenance").insert({**row, **weekly, "reason": reason.strip()[:MAX_REASON]})
        return int(store.value("SELECT max(id) FROM maintenance"))


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


def under_maintenance(store: Store, city: City, root: str, now: datetime) -> bool:
    """True while announced work runs on the root or on what it hangs behind."""
    # Stamps are of one width, so comparing texts is comparing moments.
    running = [row["root"] for row in windows(store, now) if row["starts_at"] <= stamp(now)]
    return any(root in covered(city, scope) for scope in running)
