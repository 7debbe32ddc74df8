"""Retention of personal data (UU 27/2022): cases that ended long ago in, their requesters' data erased. Dry run first.

Only ``contacts`` holds such data; papers that were handed in stay, their time is set by the archive's own schedule.
What was erased is an event of the case that names neither name nor number.
"""

from datetime import datetime, timedelta

from request_tracker.cases import Desk
from request_tracker.people.privacy import blank_contact, erase_person
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row

_SENDERS = (
    "SELECT i.id, i.contact FROM inbox i JOIN contacts t ON t.id = i.contact AND t.masked_at IS NULL"
    " WHERE i.ended_at < ? AND i.outcome IS NOT NULL ORDER BY i.ended_at LIMIT ?"
)
AT_ONCE = 500  # One night's share: the first night after years of cases stays a night; the rest follows.


def due(desk: Desk, days: int, now: datetime) -> list[Row]:
    """Cases that ended more than so many days ago and still have personal data: number and end, the oldest first."""
    # The ninth letter is where the number begins in `contact:12`: an event names a person by this reference only, so
    # that the chain stays whole when the person's data are erased from the table of contacts.
    return desk.store.rows(
        "SELECT DISTINCT c.number, c.ended_at FROM cases c"
        " JOIN events e ON e.case_id = c.id AND e.kind IN ('opened', 'signed')"
        " JOIN contacts t ON t.id = CAST(substr("
        # A damaged event names nobody and keeps no other case from being erased; the night's verification tells of it.
        " iif(json_valid(e.data), coalesce(json_extract(e.data, '$.contact'), json_extract(e.data, '$.signatory')), '')"
        ", 9) AS INTEGER)"
        " WHERE c.ending IS NOT NULL AND c.ended_at < ? AND t.masked_at IS NULL ORDER BY c.ended_at LIMIT ?",
        [stamp(now - timedelta(days=days)), AT_ONCE],
    )


def erase_due(desk: Desk, days: int, now: datetime) -> list[str]:
    """Erase what is due; the numbers of the cases."""

    def erase(row: Row) -> list[str]:
        erase_person(desk, row["number"], now, f"masa simpan {days} hari")
        return [row["number"]]

    return each_row(due(desk, days, now), erase) + _erase_senders(desk, days, now)


def _erase_senders(desk: Desk, days: int, now: datetime) -> list[str]:
    """The same for what the inbox ended without a case; the receipts."""
    rows = desk.store.rows(_SENDERS, [stamp(now - timedelta(days=days)), AT_ONCE])
    with desk.store.transaction() as db:
        for row in rows:
            blank_contact(db, row["contact"], now)
    return [f"TT-{row['id']}" for row in rows]
