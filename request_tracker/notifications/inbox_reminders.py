"""What waits in the inbox too long: entries and a moment in, one message a day to each of those who sort it."""

from datetime import datetime, timedelta

from request_tracker.cases import Desk
from request_tracker.inbox.entries import open_entries, tell
from request_tracker.inbox.entry import WAITING

# Half of a working day of 7.5 hours: whoever looks twice a day is never reminded.
TOO_LONG = timedelta(hours=3, minutes=45)
TOLD = ("role:secretariat", "role:head_of_section")


def remind_inbox(desk: Desk, now: datetime) -> list[str]:
    """Tell them of the oldest; the receipts of what waits too long. What waits for its sender is not the office's."""
    if desk.calendar.worked(now, now + timedelta(minutes=1)) == timedelta():
        return []
    waiting = [entry for entry in open_entries(desk) if entry.state == WAITING]
    late = [entry for entry in waiting if desk.calendar.worked(entry.complete_at, now) > TOO_LONG]
    if not late:
        return []
    with desk.store.transaction() as db:
        for recipient in TOLD:
            tell(db, late[0], recipient, "inbox_late", f"inbox-late:{desk.calendar.local(now).date()}", now)
    return [entry.receipt for entry in late]
