"""Announced work in Alertmanager: windows and what is set there in, silences set, changed and lifted.

Its matchers are joined by "and", so a window has one silence for each label by which an alert of its subtree is named
(``work_scope.labels``). Each pass reads what Alertmanager holds and mends the difference: what it lost with its disk is
set again, what a lost answer left there without our knowing is taken for ours, what the city file changed is changed.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.model import City
from request_tracker.outages.alertmanager import CREATOR, UNREADABLE, api, lift_silence, list_at, set_silence
from request_tracker.outages.maintenance import windows
from request_tracker.outages.work_scope import labels
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row, Store
from request_tracker.store.each_row import each_row
from request_tracker.words.written import moment_of

log = logging.getLogger(__name__)
Silence = Mapping[str, Any]
# No work on a line attacks anybody: what somebody does to an office is told also while it runs.
ATTACKS = ("LebarpitaAttackSigns", "LebarpitaDeviceIntruder", "LebarpitaPacketFlood")
# Alertmanager keeps milliseconds, a window is announced by the minute.
_SAME_SECONDS = 1.0
_ENDED_EARLY = "SELECT * FROM maintenance WHERE ended_at IS NOT NULL AND ends_at > ?"
_OVER = "window IN (SELECT id FROM maintenance WHERE ends_at <= ?)"


@dataclass(frozen=True)
class _Present:
    """What is set: ``living`` silences of ours by identity, and which of them we know of (window and label to it)."""

    base: str
    living: Mapping[str, Silence]
    identities: dict[tuple[int, str], str]


def place_silences(store: Store, city: City, alertmanager: str | None, now: datetime) -> int:
    """Have Alertmanager hold exactly the silences of the windows that run or are to come; the windows that changed."""
    if not alertmanager:
        return 0
    _forget_what_is_over(store, now)
    live, ended = windows(store, now), store.rows(_ENDED_EARLY, [stamp(now)])
    if not live and not ended:
        return 0
    try:
        present = _present(store, api(alertmanager))
    except UNREADABLE as error:
        log.warning("event=silences_not_read reason=%r", type(error).__name__)
        return 0

    def change(row: Row) -> list[int]:
        wanted = {label: _wanted(row, label, names) for label, names in labels(city, row["root"]).items()}
        return [row["id"]] if _change(store, present, row, wanted) else []

    return len(each_row([*live, *ended], change, "id"))


def silenced_whole(city: City, row: Row) -> bool:
    """True where Alertmanager has taken every silence of this window (a row of ``windows``)."""
    return bool(row["silences"] == len(labels(city, row["root"])))


def _present(store: Store, base: str) -> _Present:
    ours = [silence for silence in list_at(f"{base}/silences") if silence["createdBy"] == CREATOR]
    living = {str(silence["id"]): silence for silence in ours if silence["status"]["state"] != "expired"}
    rows = store.rows("SELECT * FROM work_silences")
    return _Present(base, living, {(row["window"], row["label"]): row["silence"] for row in rows})


def _change(store: Store, present: _Present, row: Row, wanted: Mapping[str, Silence]) -> bool:
    """Mend one window; true where anything was changed in Alertmanager."""
    before = {label for window, label in present.identities if window == row["id"]}
    changed = False
    for label in sorted(before | wanted.keys()):
        silence = wanted.get(label)
        identity = _identity(present, present.identities.get((row["id"], label)), silence)
        if silence is not None and row["ended_at"] is None:
            changed |= _set(store, present, (row["id"], label), identity, silence)
        elif identity is not None or label in before:
            changed |= _lift(store, present, (row["id"], label), identity)
    return changed


def _identity(present: _Present, identity: str | None, wanted: Silence | None) -> str | None:
    """The living silence of one label: the one we know of, else one that was set and whose answer never came."""
    if identity in present.living:
        return identity
    strays = present.living.keys() - set(present.identities.values())
    return next((name for name in sorted(strays) if wanted and _same(present.living[name], wanted)), None)


def _set(store: Store, present: _Present, place: tuple[int, str], identity: str | None, silence: Silence) -> bool:
    if identity is not None and _same(present.living[identity], silence):
        if present.identities.get(place) == identity:
            return False
        _keep(store, present, place, identity)
        return True
    try:
        # With its identity it is changed where it stands; Alertmanager gives every other one a new identity.
        answer = set_silence(present.base, {**silence, **({"id": identity} if identity else {})})
    except UNREADABLE as error:
        log.warning("event=silence_failed window=%d label=%s reason=%r", *place, _said(error))
        return False
    _keep(store, present, place, answer)
    return True


def _lift(store: Store, present: _Present, place: tuple[int, str], identity: str | None) -> bool:
    try:
        if identity is not None:
            lift_silence(present.base, identity)
    except UNREADABLE as error:
        log.warning("event=silence_not_lifted window=%d label=%s reason=%r", *place, _said(error))
        return False
    with store.transaction() as db:
        db.execute("DELETE FROM work_silences WHERE window = ? AND label = ?", list(place))
    return True


def _keep(store: Store, present: _Present, place: tuple[int, str], identity: str) -> None:
    # So that another window of the same words and hours takes none that is this one's.
    present.identities[place] = identity
    with store.transaction() as db:
        db.execute("INSERT OR REPLACE INTO work_silences (window, label, silence) VALUES (?, ?, ?)", [*place, identity])


def _forget_what_is_over(store: Store, now: datetime) -> None:
    """A silence ends by itself at its end."""
    if store.value(f"SELECT count(*) FROM work_silences WHERE {_OVER}", [stamp(now)]):
        with store.transaction() as db:
            db.execute(f"DELETE FROM work_silences WHERE {_OVER}", [stamp(now)])


def _wanted(row: Row, label: str, names: frozenset[str]) -> Silence:
    # Alertmanager anchors the expression at both ends, so no name is a part of another.
    expression = "|".join(re.escape(name) for name in sorted(names))
    return {
        "matchers": [
            {"name": label, "value": expression, "isRegex": True, "isEqual": True},
            {"name": "alertname", "value": "|".join(ATTACKS), "isRegex": True, "isEqual": False},
        ],
        "startsAt": row["starts_at"],
        "endsAt": row["ends_at"],
        "createdBy": CREATOR,
        "comment": row["reason"],
    }


def _same(silence: Silence, wanted: Silence) -> bool:
    """The beginning is left out: Alertmanager moves one that has passed to its own now."""
    away = (moment_of(silence["endsAt"]) - moment_of(wanted["endsAt"])).total_seconds()
    texts = silence["comment"] == wanted["comment"] and _matchers(silence) == _matchers(wanted)
    return texts and abs(away) < _SAME_SECONDS


def _matchers(silence: Silence) -> frozenset[tuple[str, str, bool, bool]]:
    rows = silence["matchers"]
    return frozenset((row["name"], row["value"], row["isRegex"], row.get("isEqual", True)) for row in rows)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else type(error).__name__
