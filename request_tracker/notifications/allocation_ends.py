"""A temporary allocation has ended: told once to the office that had it and to its technician.

A desk and a moment in, two outbox rows an end out. The ledger has given the earlier rates back by itself and the agent
follows it; nobody has to act. An end that a newer decision has taken the place of is not told of.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from inventory.rates import format_rate
from request_tracker.cases import Case, Desk, read_case
from request_tracker.cases.messages import calm, person_of
from request_tracker.errors import Refused
from request_tracker.ledger.allocations import allocation_of, ended_by
from request_tracker.ledger.standing import END_REASON
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

# A tracker that was off meanwhile tells it afterwards; after a week it is no news.
LOOK_BACK = timedelta(days=7)


def tell_allocation_ends(desk: Desk, now: datetime) -> list[str]:
    """Write what is not written yet; the OPDs whose temporary allocation has ended."""
    return each_row(ended_by(desk.store, now - LOOK_BACK, now), lambda row: _tell(desk, row, now), key="opd")


def _tell(desk: Desk, row: Row, now: datetime) -> list[str]:
    key = f"allocation_over:{row['id']}"
    if desk.store.row("SELECT 1 FROM outbox WHERE key >= ? AND key < ?", [f"{key}:", f"{key};"]):
        return []
    case = _case(desk, str(row["reason"]).removeprefix(END_REASON).strip())
    office = (case.contact if case else None) or f"opd:{row['opd']}"
    technician = person_of(case, "technician") if case else "role:technician"
    with desk.store.transaction() as db:
        for to in (office, technician):
            # The page of a case is for those who log in, and for the holder of its secret link.
            sop = case.sop if case and not to.startswith("opd:") else None
            waits = to == technician if case is None else calm(case, to)
            put(db, Outgoing(f"{key}:{to}", to, _notice(desk, row, case, sop), calm=waits), now)
    return [str(row["opd"])]


def _case(desk: Desk, number: str) -> Case | None:
    try:
        return read_case(desk, number)
    except Refused:
        # Written by hand, without a case.
        return None


def _notice(desk: Desk, row: Row, case: Case | None, sop: str | None) -> Notice:
    moment = desk.calendar.local(datetime.fromisoformat(row["effective_at"]))
    name = next((opd.name for opd in desk.city.opds if opd.code == row["opd"]), row["opd"])
    # Of all hours: also where what has ended were hours of the week.
    back = allocation_of(desk.store, row["opd"], datetime.fromisoformat(row["effective_at"]))
    rates = {key: format_rate(rate) for key, rate in asdict(back).items()} if back else {}
    return Notice(
        template="allocation_over",
        number=case.number if case else "Alokasi sementara",
        title=f"Berakhir {moment:%d-%m-%Y %H.%M %Z}",
        subject=f"{name}: kembali ke unduh {rates['receive_ceiling']} (jaminan {rates['receive_guaranteed']}),"
        f" unggah {rates['transmit_ceiling']} (jaminan {rates['transmit_guaranteed']})",
        sop=sop,
        opd=row["opd"],
    )
