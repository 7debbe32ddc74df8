"""What an office has asked for already and still waits for: an office in, the days of its open sendings out.

For a form that anybody may fill in: neither numbers nor names, only that there is something and since when.
"""

from datetime import datetime

from request_tracker.cases import Desk

# More than an office has at once; the form says that there are some, it is no list of them.
MOST = 10


def open_requests(desk: Desk, opd: str, but: str = "") -> list[datetime]:
    """When the open requests of an office came, the newest first; ``but``: a number, or TT-n, that is left out."""
    rows = desk.store.rows(
        "SELECT arrived_at AS at FROM inbox WHERE opd = ? AND kind = 'request' AND ended_at IS NULL"
        " AND 'TT-' || id <> ? UNION ALL SELECT opened_at FROM cases WHERE opd = ? AND kind = 'request'"
        " AND ending IS NULL AND number <> ? ORDER BY at DESC LIMIT ?",
        [opd, but, opd, but, MOST],
    )
    return [datetime.fromisoformat(row["at"]) for row in rows]
