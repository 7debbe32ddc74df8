"""The night's round: everything verified, and personal data past its time erased, in a thread beside the pages.

A thread of its own, because a big archive takes minutes and outages must not wait for it. What does not verify is told
to the auditor and the administrator through the outbox; the audit page tells when the last round was.
"""

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.custody.anchoring import anchor_when_due
from request_tracker.custody.verification import last_whole, verify_whole
from request_tracker.people.retention import erase_due
from request_tracker.store import files as attachments
from request_tracker.store.acting import JOB, Acting, acting_as
from request_tracker.store.chain import stamp
from request_tracker.store.outbox import Notice, Outgoing, put
from runtime.jobs import Job, Jobs
from runtime.supervision import JobThread

log = logging.getLogger(__name__)
PART = "tracker"
EVERY_SECONDS = 600.0  # It only looks whether the night has come; six looks an hour cannot miss it.
NIGHT_HOURS = range(1, 5)  # In the office's zone, when nobody waits for the disk.
OLDER_THAN = timedelta(hours=12)  # Longer than a night, shorter than the day between two: one round a night.
RECIPIENTS = ("auditor", "admin")


class Auditor:
    """``start`` begins the thread, ``stop`` ends it after the present round."""

    def __init__(self, desk: Desk, config: TrackerConfig) -> None:
        self._desk, self._config = desk, config
        self._erased_on: date | None = None
        self.jobs = Jobs(PART, self._table())
        self._thread = JobThread(self.jobs, "auditor", leave=desk.store.close)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a round under way is left behind, it writes nothing but its result."""
        self._thread.stop(1)

    def _table(self) -> tuple[Job, ...]:
        return (
            Job("verification", EVERY_SECONDS, lambda: self._verify(datetime.now(UTC))),
            Job("anchor", EVERY_SECONDS, lambda: self._anchor(datetime.now(UTC))),
            Job("personal_data", EVERY_SECONDS, lambda: self._erase(datetime.now(UTC))),
        )

    def _verify(self, now: datetime) -> None:
        with acting_as(Acting("system", JOB)):
            faults = night_round(self._desk, self._config.files, now)
        if faults is not None:
            log.info("event=verified_whole faults=%d", len(faults))

    def _anchor(self, now: datetime) -> None:
        with acting_as(Acting("system", JOB)):
            anchor = anchor_when_due(self._desk.store, self._config, now)
        if anchor is not None:
            log.info("event=anchored stamped=%s mailed=%d", bool(anchor.timestamp), len(self._config.anchor.mail_to))

    def _erase(self, now: datetime) -> None:
        """Once a night, also in a night whose verification failed: the law's time does not wait for it."""
        local = self._desk.calendar.local(now)
        if not self._config.personal_data_days or local.hour not in NIGHT_HOURS or self._erased_on == local.date():
            return
        erased = erase_due(self._desk, self._config.personal_data_days, now)
        self._erased_on = local.date()
        log.info("event=personal_data_erased cases=%d", len(erased))


def night_round(desk: Desk, files: Path, now: datetime) -> list[str] | None:
    """At night, unless it was done: verify everything and tell what is broken. None where it was not the time."""
    whole = last_whole(desk.store)
    if desk.calendar.local(now).hour not in NIGHT_HOURS or (whole and now - whole.at < OLDER_THAN):
        return None
    attachments.clear_half_made(files)
    faults = verify_whole(desk, files, now, lambda db, more: _tell(db, more, now))
    if faults:
        # A damaged file may have refused the note, and the messages with it; told twice under one key is told once.
        with desk.store.transaction() as db:
            _tell(db, faults, now)
    return faults


def _tell(db: Database, faults: list[str], now: datetime) -> None:
    if not faults:
        return
    payload = Notice(
        template="audit_faults",
        number="audit",
        title=f"{len(faults)} temuan",
        # Ten show a person what kind of fault it is; ``audit verify`` tells them all.
        subject="\n".join(faults[:10]),
    )
    for role in RECIPIENTS:
        put(db, Outgoing(f"audit:{stamp(now)}:{role}", f"role:{role}", payload), now)
