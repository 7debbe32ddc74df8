"""The machine's clock where it was set back: the time to write into a chain, and the line that says what happened.

One rule for every chain (cases, ledger, inbox, rights journal): the times at which lines were written do not run
backwards. A clock that was set back is carried over for a day; that it was is a line of the rights journal.
"""

import json
from datetime import datetime, timedelta

from sqlite_utils import Database

from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from request_tracker.store.rights_journal import RightsAct, record

SET_BACK = "clock_set_back"
# Of two who write at once the later may have looked at the clock first, and has waited for the other (ten seconds at
# most). A daemon that keeps the clock right steps it by less.
WAITED = timedelta(minutes=1)
# A hundred events: after a clock was a day ahead and more, the newest is not the last.
_NEWEST = (
    "SELECT max(at) FROM (SELECT recorded_at AS at FROM events WHERE id > (SELECT max(id) - 100 FROM events)"
    " UNION ALL SELECT recorded_at FROM ledger WHERE id = (SELECT max(id) FROM ledger)"
    " UNION ALL SELECT at FROM inbox_acts WHERE id = (SELECT max(id) FROM inbox_acts)"
    " UNION ALL SELECT recorded_at FROM rights_journal WHERE seq = (SELECT max(seq) FROM rights_journal))"
)


def note_set_back(db: Database, last: datetime | None, now: datetime) -> None:
    """Inside a transaction that writes after a line of ``last``: say that the clock was set back, once each time."""
    if last is None or last - now <= WAITED:
        return
    row = db.execute("SELECT data FROM rights_journal WHERE kind = ? ORDER BY seq DESC LIMIT 1", [SET_BACK]).fetchone()
    earlier = json.loads(row[0]) if row else None
    if earlier and earlier["from"] >= stamp(last) and earlier["to"] <= stamp(now):
        return
    record(db, RightsAct(SET_BACK, "clock", {"from": stamp(last), "to": stamp(now)}))


def watch_clock(store: Store, now: datetime) -> bool:
    """Look at the newest line of every chain, so that it is said also where nobody acts; whether it was set back."""
    newest = store.value(_NEWEST)
    last = datetime.fromisoformat(newest) if newest else None
    if last is None or last - now <= WAITED:
        return False
    with store.transaction() as db:
        note_set_back(db, last, now)
    return True
