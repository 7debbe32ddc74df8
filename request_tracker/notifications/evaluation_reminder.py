"""The head of the office is told on the first working day of a quarter that the evaluation of the last one waits.

PKL-S-13: "setiap tiga bulan sekali oleh pimpinan". A desk and a moment in, at most one outbox row a quarter out; a
tracker that was off on that day tells it in the next working hour. A quarter without a case is not told of.
"""

from datetime import date, datetime, time, timedelta

from request_tracker.cases import Desk
from request_tracker.reports.periods import Period, quarter
from request_tracker.store.chain import stamp
from request_tracker.store.outbox import Notice, Outgoing, put

RECIPIENT = "role:head_of_office"


def remind_evaluation(desk: Desk, now: datetime) -> str | None:
    """The quarter that was told of now, None where there is nothing to tell."""
    if desk.calendar.worked(now, now + timedelta(minutes=1)) == timedelta():
        return None
    last = last_quarter(desk.calendar.local(now).date())
    key = f"evaluation:{last.name}:{RECIPIENT}"
    if desk.store.row("SELECT 1 FROM outbox WHERE key = ?", [key]):
        return None
    begun = datetime.combine(last.until, time(), desk.calendar.zone)
    if not desk.store.row("SELECT 1 FROM cases WHERE opened_at < ? LIMIT 1", [stamp(begun)]):
        return None
    payload = Notice(
        template="evaluation_waits",
        number=f"Evaluasi {last.name}",
        title="Evaluasi pelayanan triwulan menunggu pimpinan",
        subject=f"Triwulan {last.since:%d-%m-%Y} sampai {last.until - timedelta(days=1):%d-%m-%Y}",
        step_text=f"Buka /evaluasi/{last.name} dan unduh paketnya (PDF dan XLSX).",
    )
    with desk.store.transaction() as db:
        put(db, Outgoing(key, RECIPIENT, payload), now)
    return last.name


def last_quarter(day: date) -> Period:
    """The quarter that ended before this day."""
    return quarter_of(quarter_of(day).since - timedelta(days=1))


def quarter_of(day: date) -> Period:
    """The quarter a day lies in."""
    # Months 1 to 3 give 1, 10 to 12 give 4.
    return quarter(f"{day.year}-Q{(day.month + 2) // 3}")
