"""Announced maintenance: a root and its hours in; the public is told, nobody is paged, Alertmanager is silenced.

It mutes and never hides: the outage is still measured and keeps its ticket. The silence is placed by the worker and
tried again until Alertmanager takes it.
"""

import logging
from datetime import datetime

import requests

from request_tracker.errors import BadForm
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both

log = logging.getLogger(__name__)
MAX_REASON = 300  # What work is done: two lines of the public page and of Alertmanager's silence.
ASK_SECONDS = 5.0  # A neighbour in the same office answers at once or is down.


def announce(store: Store, root: str, hours: tuple[datetime, datetime], reason: str, by: str) -> int:
    """Announce work on a root for these hours. Raises BadForm where they or the reason make no sense."""
    starts, ends = hours
    if ends <= starts:
        raise BadForm("end_before_start", what=Both("Pemeliharaan", "Maintenance"))
    if not reason.strip():
        raise BadForm("no_work")
    with store.transaction() as db:
        row = {"root": root, "starts_at": stamp(starts), "ends_at": stamp(ends), "announced_by": by}
        db.table("maintenance").insert({**row, "reason": reason.strip()[:MAX_REASON]})
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


def under_maintenance(store: Store, root: str, now: datetime) -> bool:
    """True while announced work on the root runs."""
    # Stamps are of one width, so comparing texts is comparing moments.
    return any(row["root"] == root and row["starts_at"] <= stamp(now) for row in windows(store, now))


def place_silences(store: Store, alertmanager: str | None, now: datetime) -> int:
    """Silence Alertmanager for windows that have no silence yet and lift those finished early; the number changed."""
    if not alertmanager:
        return 0
    changed = 0
    base = f"{alertmanager.rstrip('/')}/api/v2"
    for row in windows(store, now):
        if row["silence"] is None and (silence := _place(base, row)):
            _keep(store, row["id"], silence)
            changed += 1
    over = "SELECT * FROM maintenance WHERE ended_at IS NOT NULL AND ends_at > ? AND coalesce(silence, '') <> ''"
    for row in store.rows(over, [stamp(now)]):
        if _lift(base, row["silence"]):
            _keep(store, row["id"], "")
            changed += 1
    return changed


def _keep(store: Store, number: int, silence: str) -> None:
    with store.transaction() as db:
        db.execute("UPDATE maintenance SET silence = ? WHERE id = ?", [silence, number])


def _place(base: str, row: Row) -> str | None:
    matcher = {"name": "root", "value": row["root"], "isRegex": False, "isEqual": True}
    wanted = {
        "matchers": [matcher],
        "startsAt": row["starts_at"],
        "endsAt": row["ends_at"],
        "createdBy": "lebarpita-tracker",
        "comment": row["reason"],
    }
    try:
        # Alertmanager gives every POST a new silence; it is asked again only where no answer came.
        answer = requests.post(f"{base}/silences", json=wanted, timeout=ASK_SECONDS)
        answer.raise_for_status()
        return str(answer.json()["silenceID"])
    except (requests.RequestException, ValueError, KeyError) as error:
        log.warning("event=silence_failed window=%d reason=%r", row["id"], type(error).__name__)
        return None


def _lift(base: str, silence: str) -> bool:
    try:
        requests.delete(f"{base}/silence/{silence}", timeout=ASK_SECONDS).raise_for_status()
    except requests.RequestException as error:
        log.warning("event=silence_not_lifted reason=%r", type(error).__name__)
        return False
    return True
