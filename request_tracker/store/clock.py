"""The machine's clock where it was set back: the time to write into a chain, and the line that says what happened.

One rule for every chain (cases, ledger, inbox, rights journal): the times at which lines were written do not run
backwards: after a clock was set back, the last time is carried on until the clock has come that far, and beside it
stands what the clock shows. That it was set back is a line of the rights journal.
"""

import json
from datetime import datetime

from sqlite_utils import Database

from request_tracker.store.chain import WAITED, stamp
from request_tracker.store.database import Store
from request_tracker.store.rights_journal import RightsAct, record

SET_BACK = "clock_set_back"
# A hundred events: each case is a chain of its own, and the newest event of all need not be the last.
_NEWEST = (
    "SELECT max(at) FROM (SELECT recorded_at AS at FROM events WHERE id > (SELECT max(id) - 100 FROM events)"
    " UNION ALL SELECT recorded_at FROM ledger WHERE id = (SELECT max(id) FROM ledger)"
    " UNION ALL SELECT at FROM inbox_acts WHERE id = (SELECT max(id) FROM inbox_acts)"
    " UNION ALL SELECT recorded_at FROM rights_journal WHERE seq = (SELECT max(seq) FROM rights_journal))"
)


def note_set_back(db: Database, last: datetime | None, now: datetime) -> bool:
    """Inside a transaction that writes after a line of ``last``: say that the clock was set back, once each time.

    True where it was said now.
    """
    if last is None or last - now <= WAITED:
        return False
    row = db.execute("SELECT data FROM rights_journal WHERE kind = ? ORDER BY seq DESC LIMIT 1", [SET_BACK]).fetchone()
    earlier = json.loads(row[0]) if row else None
    if earlier and earlier["from"] >= stamp(last) and earlier["to"] <= stamp(now):
        return False
    record(db, RightsAct(SET_BACK, "clock", {"from": stamp(last), "to": stamp(now)}))
    return True


def watch_clock(store: Store, now: datetime) -> bool:
    """Look at the newest line of every chain, so that it is said also where nobody acts; whether it was said."""
    newest = store.value(_NEWEST)
    last = datetime.fromisoformat(newest) if newest else None
    if last is None or last - now <= WAITED:
        return False
    with store.transaction() as db:
        return note_set_back(db, last, now)
