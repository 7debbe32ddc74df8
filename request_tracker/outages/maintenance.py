"""Announced maintenance: a root and its hours in; the public is told, nobody is paged, Alertmanager is silenced.

Work on a root is work on all behind it (``work_scope``).

It mutes and never hides: the outage is still measured and keeps its ticket. The silence is placed by the worker and
tried again until Alertmanager takes it.
"""

import logging
import re
from datetime import date, datetime, timedelta

import requests

from inventory.model import City
from request_tracker.errors import BadForm
from request_tracker.outages.work_scope import covered
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.each_row import each_row
from request_tracker.words.bilingual import Both
from runtime.bounded_http import Bounds, ask

log = logging.getLogger(__name__)
WEEK = timedelta(days=7)
CREATOR = "lebarpita-tracker"  # By this name our own silences are told from those of people.
MAX_REASON = 300  # What work is done: two lines of the public page and of Alertmanager's silence.
ASK_SECONDS = 5.0  # A neighbour in the same office answers at once or is down.
_BOUNDS = Bounds(ASK_SECONDS, ASK_SECONDS, 2**16)  # Alertmanager answers with one identifier.


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
    """Windows that run or are to come."""
    return store.rows(
        "SELECT * FROM maintenance WHERE ended_at IS NULL AND ends_at > ? ORDER BY starts_at", [stamp(now)]
    )


def under_maintenance(store: Store, city: City, root: str, now: datetime) -> bool:
    """True while announced work runs on the root or on what it hangs behind."""
    # Stamps are of one width, so comparing texts is comparing moments.
    running = [row["root"] for row in windows(store, now) if row["starts_at"] <= stamp(now)]
    return any(root in covered(city, scope) for scope in running)


def place_silences(store: Store, city: City, alertmanager: str | None, now: datetime) -> int:
    """Silence Alertmanager for windows that have no silence yet and lift those finished early; the number changed."""
    if not alertmanager:
        return 0
    base = f"{alertmanager.rstrip('/')}/api/v2"
    to_place = [row for row in windows(store, now) if row["silence"] is None]
    over = "SELECT * FROM maintenance WHERE ended_at IS NOT NULL AND ends_at > ? AND coalesce(silence, '') <> ''"
    to_lift = store.rows(over, [stamp(now)])

    def change(row: Row) -> list[int]:
        silence = (
            _place(base, row, covered(city, row["root"]))
            if row["silence"] is None
            else ""
            if _lift(base, row["silence"])
            else None
        )
        if silence is None:
            return []
        _keep(store, row["id"], silence)
        return [row["id"]]

    return len(each_row([*to_place, *to_lift], change, "id"))


def _keep(store: Store, number: int, silence: str) -> None:
    with store.transaction() as db:
        db.execute("UPDATE maintenance SET silence = ? WHERE id = ?", [silence, number])


def _place(base: str, row: Row, roots: frozenset[str]) -> str | None:
    # Alertmanager anchors the expression at both ends, so no root is a part of another.
    expression = "|".join(re.escape(root) for root in sorted(roots))
    matcher = {"name": "root", "value": expression, "isRegex": True, "isEqual": True}
    wanted = {
        "matchers": [matcher],
        "startsAt": row["starts_at"],
        "endsAt": row["ends_at"],
        "createdBy": CREATOR,
        "comment": row["reason"],
    }
    try:
        # Alertmanager gives every POST a new silence; it is asked again only where no answer came.
        answer = ask("POST", f"{base}/silences", _BOUNDS, json=wanted)
        if answer.status != 200:
            raise ValueError(f"status {answer.status}")
        return str(answer.json()["silenceID"])
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        log.warning("event=silence_failed window=%d reason=%r", row["id"], type(error).__name__)
        return None


def _lift(base: str, silence: str) -> bool:
    try:
        status = ask("DELETE", f"{base}/silence/{silence}", _BOUNDS).status
    except requests.RequestException as error:
        log.warning("event=silence_not_lifted reason=%r", type(error).__name__)
        return False
    if status != 200:
        log.warning("event=silence_not_lifted reason=%r", f"status {status}")
    return status == 200
