"""The night's round: everything verified, and personal data past its time erased, in a thread beside the pages.

A thread of its own, because a big archive takes minutes and outages must not wait for it. What does not verify is told
to the auditor and the administrator through the outbox; the audit page tells when the last round was.
"""

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from request_tracker.cases import Desk
from request_tracker.config import TrackerConfig
from request_tracker.custody.verification import last_whole, verify_whole
from request_tracker.errors import TrackerError
from request_tracker.people.retention import erase_due
from request_tracker.store.chain import stamp
from request_tracker.store.database import DatabaseError
from request_tracker.store.outbox import Notice, Outgoing, put

log = logging.getLogger(__name__)
EVERY_SECONDS = 600.0
NIGHT_HOURS = range(1, 5)
OLDER_THAN = timedelta(hours=12)
TOLD = ("auditor", "admin")


class Auditor:
    """``start`` begins the thread, ``stop`` ends it after the present round."""

    def __init__(self, desk: Desk, config: TrackerConfig) -> None:
        self._desk, self._config = desk, config
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="auditor", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a round under way is left behind, it writes nothing but its result."""
        self._over.set()
        self._thread.join(1)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                found = night_round(self._desk, self._config.files, now := datetime.now(UTC))
                if found is not None:
                    log.info("event=verified_whole faults=%d", len(found))
                    if self._config.personal_data_days:
                        erased = erase_due(self._desk, self._config.personal_data_days, now)
                        log.info("event=personal_data_erased cases=%d", len(erased))
            except (DatabaseError, TrackerError, OSError) as error:
                log.error("event=verification_failed reason=%r", str(error))
            self._over.wait(EVERY_SECONDS)
        self._desk.store.close()


def night_round(desk: Desk, files: Path, now: datetime) -> list[str] | None:
    """At night, unless it was done: verify everything and tell what is broken. None where it was not the time."""
    whole = last_whole(desk.store)
    if desk.calendar.local(now).hour not in NIGHT_HOURS or (whole and now - whole.at < OLDER_THAN):
        return None
    found = verify_whole(desk, files, now, lambda db, faults: _tell(db, faults, now))
    if found:
        # A damaged file may have refused the note, and the messages with it; told twice under one key is told once.
        with desk.store.transaction() as db:
            _tell(db, found, now)
    return found


def _tell(db: Database, found: list[str], now: datetime) -> None:
    if not found:
        return
    payload = Notice(
        template="audit_faults",
        number="audit",
        title=f"{len(found)} temuan",
        subject="\n".join(found[:10]),
    )
    for role in TOLD:
        put(db, Outgoing(f"audit:{stamp(now)}:{role}", f"role:{role}", payload), now)
