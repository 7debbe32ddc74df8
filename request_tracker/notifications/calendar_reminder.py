"""What the calendar of the next 12 months lacks: a desk in, one message a month to those who keep the days."""

from collections.abc import Iterable
from datetime import datetime

from request_tracker.calendar.ramadan import Month, unconfirmed
from request_tracker.cases import Desk
from request_tracker.cases.holidays import own_ramadan
from request_tracker.store.outbox import Notice, Outgoing, put

TOLD = ("role:secretariat", "role:admin")


def remind_calendar(desk: Desk, configured: Iterable[Month], now: datetime) -> list[str]:
    """Tell them once a month, as long as it lacks; what is lacking. The desk has the office's own days."""
    today = desk.calendar.local(now).date()
    lacking = unconfirmed(desk.calendar.closed, (*own_ramadan(desk.store), *configured), today)
    texts = [f"{what.indonesian} {year}" for year, what in lacking]
    if texts:
        payload = Notice(
            template="calendar_lacks", number=f"Kalender {today:%Y-%m}", title=", ".join(texts), subject="Hari libur"
        )
        with desk.store.transaction() as db:
            for recipient in TOLD:
                put(db, Outgoing(f"calendar:{today:%Y-%m}:{recipient}", recipient, payload, calm=True), now)
    return texts
