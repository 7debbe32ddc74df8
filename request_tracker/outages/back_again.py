"""One message when an outage is over, to everybody whom a call for it has reached. Tickets in, outbox rows out.

By who was reached, not by who was meant: whoever was called twice, as the one on duty and as one of a role, is told
once; whoever never got a call is not told of an end either.
"""

from datetime import datetime, timedelta

from request_tracker.cases import Desk, read_case
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

# A call may still arrive for an outage that is over, and a tracker may have been off meanwhile; later it is no news.
LOOK_BACK = timedelta(days=1)
_ENDED = "SELECT * FROM tickets WHERE ended_at >= ? ORDER BY id"
# What went to the office's own channels goes there again, once.
_REACHED = (
    "SELECT r.who, min(o.recipient) AS recipient FROM outbox_reached r JOIN outbox o ON o.id = r.outbox_id"
    " WHERE o.key >= ? AND o.key < ? AND json_extract(o.payload, '$.template') = 'outage_waiting' GROUP BY r.who"
)


def tell_ends(desk: Desk, now: datetime) -> list[str]:
    """Write what is not written yet; the tickets whose people were told. Said again, it changes nothing."""
    since = (now - LOOK_BACK).timestamp()
    return each_row(desk.store.rows(_ENDED, [since]), lambda row: _tell(desk, row, now))


def _tell(desk: Desk, row: Row, now: datetime) -> list[str]:
    number, fell = row["number"], row["interruptions"]
    # ";" is the sign after ":": the keys of this ticket's calls as a range, which the index serves.
    people = desk.store.rows(_REACHED, [f"follow:{number}:", f"follow:{number};"])
    # A line that falls again and is back again is news; a corrected time of its end is not.
    keys = {f"back:{number}:{fell}:{person['who']}": person for person in people}
    new = {key: person for key, person in keys.items() if not desk.store.row(_WRITTEN, [key])}
    if not new:
        return []
    case = read_case(desk, number)
    notice = Notice("outage_back", number, "Gangguan pulih", case.subject, sop=case.sop, opd=case.opd)
    with desk.store.transaction() as db:
        for key, person in new.items():
            to = person["who"] if ":" in person["who"] else person["recipient"]
            put(db, Outgoing(key, to, notice), now)
    return [number]


_WRITTEN = "SELECT 1 FROM outbox WHERE key = ?"
