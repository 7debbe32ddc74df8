"""Silences that somebody set in Alertmanager: its own judgement in, kept on the tickets they mute, and shown as such.

Alertmanager is asked which alert it holds back and by what, so that its matchers are read by nobody but itself. While
it is silent to us, what it said holds until the silence's end. Our own silences are announced work (``work_silences``).
"""

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from request_tracker.cases import Desk
from request_tracker.outages.alertmanager import CREATOR, UNREADABLE, api, list_at
from request_tracker.outages.outage_reports import OUTAGE_ALERTS
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.words.written import moment_of

log = logging.getLogger(__name__)
# A line of a page each.
MAX_AUTHOR, MAX_COMMENT = 100, 300
_OPEN = "SELECT * FROM tickets WHERE ended_at IS NULL OR silenced_since IS NOT NULL ORDER BY id"


def follow_silences(desk: Desk, alertmanager: str | None, now: datetime) -> list[str]:
    """Note on each open ticket whether somebody has silenced it; the numbers of those that changed."""
    rows = desk.store.rows(_OPEN)
    if not alertmanager or not rows:
        return []
    try:
        silenced = _silenced(api(alertmanager))
    except UNREADABLE as error:
        log.warning("event=silences_not_read reason=%r", type(error).__name__)
        return []
    return each_row(rows, lambda row: _note(desk, row, silenced.get(row["root"]), now))


def silence_of(row: Row, now: datetime) -> Mapping[str, str] | None:
    """Who holds the calls of a ticket back, why (``comment``) and ``until`` when; None where nobody does."""
    if row["silence"] is None:
        return None
    silence: Mapping[str, str] = json.loads(row["silence"])
    return silence if moment_of(silence["until"]) > now else None


def silenced_seconds(row: Row, now: datetime) -> float:
    """How long the ticket's calls were held back so far."""
    if row["silence"] is None or row["silenced_since"] is None:
        return float(row["silenced_seconds"])
    # Not beyond its end, also where Alertmanager has been dead since and never said that it is over.
    end = min(now, moment_of(json.loads(row["silence"])["until"]))
    return float(row["silenced_seconds"] + max(0.0, end.timestamp() - row["silenced_since"]))


def _silenced(base: str) -> dict[str, dict[str, str]]:
    """Root to the silence that mutes its outage now."""
    silences = {str(silence["id"]): silence for silence in list_at(f"{base}/silences")}
    muted: dict[str, dict[str, str]] = {}
    for alert in list_at(f"{base}/alerts?active=true&silenced=true"):
        names, labels = alert["status"]["silencedBy"], alert["labels"]
        foreign = [silences[name] for name in names if name in silences and silences[name]["createdBy"] != CREATOR]
        if labels.get("alertname") in OUTAGE_ALERTS and foreign:
            muted[str(labels.get("root", ""))] = _said(max(foreign, key=lambda silence: str(silence["endsAt"])))
    return muted


def _said(silence: Mapping[str, Any]) -> dict[str, str]:
    until = str(silence["endsAt"])
    moment_of(until)
    return {
        "by": str(silence["createdBy"])[:MAX_AUTHOR],
        "comment": str(silence["comment"])[:MAX_COMMENT],
        "until": until,
    }


def _note(desk: Desk, row: Row, silence: Mapping[str, str] | None, now: datetime) -> list[str]:
    if row["ended_at"] is not None:
        silence = None
    text = json.dumps(silence, sort_keys=True) if silence else None
    if text == row["silence"]:
        return []
    since, seconds = row["silenced_since"], row["silenced_seconds"]
    if silence is None:
        since, seconds = None, silenced_seconds(row, now)
    elif since is None:
        since = now.timestamp()
    with desk.store.transaction() as db:
        change = [text, since, seconds, row["id"]]
        db.execute("UPDATE tickets SET silence = ?, silenced_since = ?, silenced_seconds = ? WHERE id = ?", change)
    return [row["number"]]
