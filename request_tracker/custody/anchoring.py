"""The job that lets go of an anchor: taken once a day or week, time-stamped, kept as a file, mailed; recorded as done.

A part that fails (an authority that is down) leaves the others going and is told in the log; the next round tries
again, because only a whole anchoring is written down.
"""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from request_tracker.config import AnchorPart, TrackerConfig
from request_tracker.custody.anchor import Anchor, take_anchor
from request_tracker.custody.timestamp import stamp_text
from request_tracker.store import files
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from request_tracker.store.outbox import Notice, Outgoing, put
from request_tracker.store.rights_journal import CLOCK_AT, RightsAct, record

ANCHORED = "anchored"
SUBJECT = "anchor:chains"
FOLDER = "jangkar"
EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7)}


def anchor_when_due(store: Store, config: TrackerConfig, now: datetime) -> Anchor | None:
    """Anchor where the last one is a day or a week old. Raises TrackerError; then nothing is written down."""
    pause = EVERY.get(config.anchor.every)
    if pause is None:
        return None
    # A moment ahead of now was written while the clock was ahead; it holds nothing up.
    sql = f"SELECT max({CLOCK_AT}) FROM rights_journal WHERE kind = ? AND {CLOCK_AT} <= ?"
    last = store.value(sql, [ANCHORED, stamp(now)])
    if last is not None and stamp(now - pause) < last:
        return None
    return let_go(store, config, now)


def let_go(store: Store, config: TrackerConfig, now: datetime) -> Anchor:
    """Take an anchor, stamp it, keep it as a file, put it into the outbox and record that."""
    anchor = stamped(take_anchor(store, now), config.anchor)
    path = folder_of(config) / f"jangkar-{now:%Y%m%dT%H%M%S}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, anchor.file_text.encode())
    with store.transaction() as db:
        for address in config.anchor.mail_to:
            notice = Notice("anchor", anchor.at[:10], "audit", anchor.text)
            put(db, Outgoing(f"anchor:{anchor.at}:{address}", f"mail:{address}", notice), now)
        data = {"sha256": hashlib.sha256(anchor.text.encode()).hexdigest(), "stamped": bool(anchor.timestamp)}
        record(db, RightsAct(ANCHORED, SUBJECT, {**data, "mailed": len(config.anchor.mail_to)}))
    return anchor


def stamped(anchor: Anchor, settings: AnchorPart) -> Anchor:
    """The anchor with the authority's time stamp, where the office has one."""
    if settings.timestamp is None:
        return anchor
    return replace(anchor, timestamp=stamp_text(anchor.text, settings.timestamp.url, settings.timestamp.roots))


def folder_of(config: TrackerConfig) -> Path:
    """Where anchors are kept; outside the machine is better."""
    return config.anchor.folder or config.database.parent / FOLDER
