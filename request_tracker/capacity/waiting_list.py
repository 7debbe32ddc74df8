"""The waiting list (BTM-07, KTM-06): requests that could not be met, in the order in which they were put on it.

A case's own events say that it waits; nothing here promises anything. When the first of an uplink would fit, the staff
is told, once for each time it was put on the list. Rates are bytes per second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.topology import uplink_of
from request_tracker.cases import Allocation, Case, Desk, Event, Note, Who, read_case, run
from request_tracker.cases.advice import wanted_allocation
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.people.roles import may
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

UNMET = ("ditolak", "tidak_tersedia")
NOT_AVAILABLE = "tidak_tersedia"
RECIPIENTS = ("technician", "head_of_section")


@dataclass(frozen=True, kw_only=True)
class WaitingRequest:
    """One request on the list: its place among those of its uplink, and whether it would fit now."""

    number: str
    opd: str
    uplink: str
    place: int
    since: datetime
    event: int
    wished: Allocation | None
    fits: bool


@dataclass(frozen=True)
class ListChange:
    """To put a request on the list, or to take it off for a reason."""

    listed: bool
    reason: str = ""


def wished(desk: Desk, case: Case, at: datetime) -> Allocation | None:
    """The allocation a request asks for, by what its office holds at that moment."""
    return (
        wanted_allocation(case.form, allocations.allocation_of(desk.store, case.opd, at))
        if case.opd is not None
        else None
    )


def unmet(case: Case) -> bool:
    """True for a request that ended unmet, or whose refusal is on its way."""
    if case.kind != "request" or case.opd is None:
        return False
    decided = bool(case.decisions) and case.decisions[-1][1] == NOT_AVAILABLE
    return case.ending in UNMET or (case.ending is None and decided)


def listed_since(events: Iterable[Event]) -> datetime | None:
    """Since when the case is on the list; None where it is not."""
    said = [event for event in events if event.kind == "waiting_listed"]
    return said[-1].occurred_at if said and said[-1].data["listed"] else None


def put_on_list(desk: Desk, case: Case, change: ListChange, who: Who, now: datetime) -> None:
    """Put an unmet request on the list, or take it off with a reason. Raises Refused."""
    if not may(who.acting_roles, "keep_waiting_list"):
        raise Refused("may_not")
    if change.listed and not unmet(case):
        raise Refused("not_unmet", number=case.number)
    if not change.listed and not change.reason.strip():
        raise Refused("off_the_list", number=case.number)
    note = Note("waiting_listed", {"listed": change.listed, "note": change.reason})
    run(desk, case.number, note, who, now, version=case.version)


def waiting_list(desk: Desk, now: datetime) -> tuple[WaitingRequest, ...]:
    """Everything that waits, the longest first."""
    queue: list[WaitingRequest] = []
    for row in _listed(desk):
        queue += _waiting(desk, row, queue, now)
    return tuple(queue)


def _listed(desk: Desk) -> list[Row]:
    """What stands on the list, the longest first: number, event, and when it was put there."""
    # The plus keeps SQLite from walking all events in the order of their numbers; few rows are sorted instead.
    rows = desk.store.rows(
        "SELECT c.number, e.id, e.occurred_at, iif(json_valid(e.data), json_extract(e.data, '$.listed'), 1)"
        " AS listed FROM events e"
        " JOIN cases c ON c.id = e.case_id WHERE e.kind = 'waiting_listed' ORDER BY +e.id"
    )
    last = {row["number"]: row for row in rows}
    return sorted((row for row in last.values() if row["listed"]), key=lambda row: int(row["id"]))


def _waiting(desk: Desk, row: Row, ahead: Sequence[WaitingRequest], now: datetime) -> list[WaitingRequest]:
    """One request of the list, behind those ahead; nothing where it waits no longer."""
    case = read_case(desk, row["number"])
    if not unmet(case):
        return []
    # Places are counted by uplink: who waits for another line waits for nothing that this line has.
    uplink, wish = uplink_of(desk.city, str(case.opd)), wished(desk, case, now)
    return [
        WaitingRequest(
            number=case.number,
            opd=str(case.opd),
            uplink=uplink,
            place=1 + sum(other.uplink == uplink for other in ahead),
            since=datetime.fromisoformat(row["occurred_at"]),
            event=row["id"],
            wished=wish,
            fits=_fits(desk, str(case.opd), wish, now),
        )
    ]


def tell_of_room(desk: Desk, now: datetime) -> list[str]:
    """Name the first of each uplink's list to the staff where it would fit now; the cases that were named anew."""
    queue: list[WaitingRequest] = []

    def tell(row: Row) -> list[str]:
        waiting = _waiting(desk, row, queue, now)
        queue.extend(waiting)
        return [first.number for first in waiting if first.place == 1 and first.fits and _tell(desk, first, now)]

    return each_row(_listed(desk), tell)


def _tell(desk: Desk, first: WaitingRequest, now: datetime) -> bool:
    """Name it to the staff; False where that was done before."""
    # The key carries the event that put the case on the list: told once, and once more only where it was listed anew.
    key = f"room:{first.number}:{first.event}"
    if desk.store.row("SELECT 1 FROM outbox WHERE key = ?", [f"{key}:{RECIPIENTS[0]}"]):
        return False
    payload = Notice(
        template="room_appeared",
        number=first.number,
        title="Daftar tunggu: kapasitas tersedia",
        subject=f"{first.opd} menunggu di {first.uplink}",
        opd=first.opd,
        step_text="Buka kembali kasusnya atau minta OPD mengajukan lagi; lihat /kebutuhan.",
    )
    with desk.store.transaction() as db:
        for role in RECIPIENTS:
            put(db, Outgoing(f"{key}:{role}", f"role:{role}", payload, first.event), now)
    return True


def _fits(desk: Desk, opd: str, wish: Allocation | None, now: datetime) -> bool:
    """True where the ledger would admit it; the sum of ceilings may be above the capacity, as for every request."""
    if wish is None:
        return False
    try:
        allocations.admit(desk.store, desk.city, allocations.Wish(opd, wish, "daftar tunggu"), now)
    except Refused:
        return False
    return True
