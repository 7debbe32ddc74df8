"""Why a line was down, as the technician found it: a word of a list on the ticket and in its case, counted by reports.

The watch tells how an outage looked (``tickets.cause``: the link is down, the device is silent); only who was there
knows what it was. It may be said again, when more is known; the last word counts.
"""

from collections.abc import Mapping
from datetime import datetime

from request_tracker.cases import Desk, Note, Who
from request_tracker.cases.commands import run_inside
from request_tracker.errors import NotThere, Refused
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase

# In the order in which a list offers them and a report counts them.
CAUSES: Mapping[str, Both] = {
    cause: phrase(cause) for cause in ("fibre_cut", "power", "device", "isp", "configuration", "weather", "unknown")
}
# Of a ticket whose cause nobody has said yet; not the same as a cause that was looked for and not found.
NOT_SAID = Both("belum diisi", "not said yet")
WHAT = Both("penyebab gangguan", "cause of the outage")


def say_cause(desk: Desk, number: str, said: tuple[str, str], who: Who, now: datetime) -> bool:
    """Keep a cause and what there is to say of it; False where the ticket says the same already."""
    cause, text = said
    if cause not in CAUSES:
        raise Refused("missing_here", fields=WHAT)
    with desk.store.transaction() as db:
        row = desk.store.row("SELECT found_cause, found_text FROM tickets WHERE number = ?", [number])
        if row is None:
            raise NotThere("unknown_case", number=number)
        if (row["found_cause"], row["found_text"]) == (cause, text):
            return False
        db.execute("UPDATE tickets SET found_cause = ?, found_text = ? WHERE number = ?", [cause, text, number])
        run_inside(desk, db, number, Note("cause_found", {"cause": cause, "text": text}), who, now)
    return True


def cause_said(cause: str | None) -> Both:
    """A ticket's cause in both languages."""
    return NOT_SAID if cause is None else CAUSES.get(cause, Both(cause, cause))
