"""How many files were handed in and what became of them, by kind, for the metrics: no name, no person."""

from collections.abc import Iterable
from enum import StrEnum

from sqlite_utils import Database

from request_tracker.store.database import Store

OTHER = "other"  # A file of no kind that the tracker knows: a label of a metric must be bounded.


class UploadEnd(StrEnum):
    """What became of a file. ``UNSCANNED``: it was kept, or refused, because clamd gave no verdict."""

    KEPT = "kept"
    CONVERTED = "converted"
    REFUSED = "refused"
    INFECTED = "infected"
    UNSCANNED_KEPT = "unscanned_kept"
    UNSCANNED_REFUSED = "unscanned_refused"


def count(db: Database, kind: str, end: UploadEnd) -> None:
    """Count one, inside an open transaction."""
    db.execute(
        "INSERT INTO upload_counts (kind, ended, files) VALUES (?, ?, 1)"
        " ON CONFLICT (kind, ended) DO UPDATE SET files = files + 1",
        [kind, end.value],
    )


def counts(store: Store) -> Iterable[tuple[tuple[str, str], int]]:
    """All of them: kind and end, number of files. What an alert waits for stands there from the first day, as 0."""
    rows = store.rows("SELECT kind, ended, files FROM upload_counts ORDER BY kind, ended")
    sums = {(OTHER, end.value): 0 for end in (UploadEnd.UNSCANNED_KEPT, UploadEnd.UNSCANNED_REFUSED)}
    return (sums | {(row["kind"], row["ended"]): row["files"] for row in rows}).items()
