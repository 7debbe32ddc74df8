"""The dead man's switch: the alert that always fires has stopped coming; whoever keeps the stack running is told, once.

Deliveries in, an outbox row out. Prometheus or Alertmanager is dead then, or the way from there: no warning reaches
the tracker any more, and no outage but those of the watch's journal.
"""

from datetime import UTC, datetime, timedelta

from request_tracker.cases import Desk
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from request_tracker.store.outbox import Notice, Outgoing, put

# The name is a contract with the rules (``alert_rules/rules/stack.yml``).
WATCHDOG = "LebarpitaWatchdog"
# Alertmanager repeats it every five minutes (``alertmanager.yml``): three are lost before it is believed.
SILENT_AFTER = timedelta(minutes=16)
_LAST = "SELECT max(coalesce(repeated_at, received_at)) FROM deliveries WHERE alertname = ?"


def last_sign(store: Store) -> datetime | None:
    """When the sign of life came last; None where it never has: this office has no such way yet."""
    seconds = store.value(_LAST, [WATCHDOG])
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def tell_silence(desk: Desk, now: datetime) -> list[str]:
    """Tell the administrators that it has stopped, once for each time it does; the roles told."""
    last = last_sign(desk.store)
    if last is None or now - last < SILENT_AFTER:
        return []
    key = f"watchdog:{stamp(last)}"
    if desk.store.row("SELECT 1 FROM outbox WHERE key = ?", [key]):
        return []
    since = f"{last.astimezone(desk.calendar.zone):%d-%m-%Y %H.%M %Z}"
    notice = Notice("watchdog_silent", "Pemantauan", "Jalur peringatan diam", f"Tanda terakhir / last sign: {since}")
    with desk.store.transaction() as db:
        put(db, Outgoing(key, "role:admin", notice), now)
    return ["admin"]
