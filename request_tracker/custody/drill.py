"""A restore drill: the newest backup put back in a folder of its own and verified; its minutes written down.

Nothing is served and nothing leaves: what is restored is gone again afterwards. The office that goes on is only told.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from request_tracker.cases.context import Desk
from request_tracker.config import TrackerConfig
from request_tracker.custody.backup import restore
from request_tracker.custody.shipping import DRILLED
from request_tracker.custody.upkeep import audit
from request_tracker.errors import TrackerError
from request_tracker.store.database import Store, migrate
from request_tracker.store.rights_journal import RightsAct, record


@dataclass(frozen=True)
class Drill:
    """What a drill found: seconds from the file to a verified office, and what would have been lost by this backup."""

    source: Path
    seconds: float
    events: int
    lost_events: int
    papers: int
    faults: tuple[str, ...]


def drill(desk: Desk, config: TrackerConfig, source: Path, now: datetime, scratch: Path | None = None) -> Drill:
    """Restore, bring the schema up to date, verify everything, write it down. Raises TrackerError."""
    began = time.monotonic()
    try:
        with TemporaryDirectory(prefix="lebarpita-drill-", dir=scratch) as folder:
            place = Path(folder)
            there = config.model_copy(
                update={"database": place / "tracker.db", "files": place / "files", "templates": place / "templates"}
            )
            restore(source, there, now)
            copy = Desk(Store(there.database), desk.calendar, desk.city)
            try:
                migrate(copy.store)
                faults = tuple(audit(copy, there.files))
                events = int(copy.store.value("SELECT count(*) FROM events"))
                papers = int(copy.store.value("SELECT count(*) FROM files"))
            finally:
                copy.store.close()
            seconds = time.monotonic() - began
    except OSError as error:
        where = scratch or "the temporary folder"
        raise TrackerError(f"{where}: {error.strerror}; name --scratch with room") from error
    here = int(desk.store.value("SELECT count(*) FROM events"))
    result = Drill(source, seconds, events, max(0, here - events), papers, faults)
    facts = {"seconds": round(seconds), "events": events, "papers": papers, "faults": len(faults)}
    with desk.store.transaction() as db:
        record(db, RightsAct(DRILLED, f"backup:{source.name}", facts))
    return result
