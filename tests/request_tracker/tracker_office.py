"""An invented office for the tracker's tests: its people, its clock, and short ways to walk a case."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from tree import EXAMPLE_CITY

from inventory.reading import read_city
from request_tracker.calendar.working_time import Calendar, national_holidays
from request_tracker.cases import (
    Allocation,
    AllocationProposal,
    ApplyAllocation,
    Desk,
    OpenCase,
    Sign,
    Supplied,
    Who,
    open_case,
    read_case,
    run,
)
from request_tracker.cases.acts import Register
from request_tracker.cases.model import SYSTEM
from request_tracker.cases.proofs import record_proof
from request_tracker.ledger import allocations
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.sop.register import approve
from request_tracker.store.database import Store, migrate

WIB = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar(WIB, national_holidays(range(2025, 2029)), ((date(2026, 2, 18), date(2026, 3, 20)),))
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
INVENTORY = EXAMPLE_CITY
CITY = read_city(INVENTORY)

REQUESTER = Who("contact:1", frozenset({"requester"}))
HEAD = Who("user:1", frozenset({"head_of_office"}))
DIVISION = Who("user:2", frozenset({"head_of_division"}))
SECTION = Who("user:3", frozenset({"head_of_section"}))
TECHNICIAN = Who("user:4", frozenset({"technician"}))
SECRETARIAT = Who("user:5", frozenset({"secretariat"}))
NOC = Who("user:6", frozenset({"noc_operator"}))
AUDITOR = Who("user:7", frozenset({"auditor"}))
LETTER = Supplied(sha256="a" * 64, name="surat.pdf")
PHOTO = Supplied(sha256="b" * 64, name="foto.jpg")
EVIDENCE = Supplied(content={"p95_receive": 2_400_000, "measured": "30 of 30 days"})
CONTACT = {"name": "Narahubung", "phone": "0800000000", "email": "narahubung@opd.invalid"}
WANTED = {"wanted_receive": "50 Mbit/s", "wanted_transmit": "20 Mbit/s", "purpose": "layanan daring"}
VERIFIED = Sign("BTM-03", form={"berkas_lengkap": "ya", "opd_benar": "ya", "bukan_duplikat": "ya"})
MBIT = 125_000
SCRAPED = {"equal": True, "reason": "Batas yang terpantau sama dengan buku alokasi."}
FIFTY = Allocation(10 * MBIT, 50 * MBIT, 4 * MBIT, 20 * MBIT)
WHO_BY_ROLE = {next(iter(who.roles)): who for who in (REQUESTER, HEAD, DIVISION, SECTION, TECHNICIAN, SECRETARIAT)}


def new_desk(folder: Path) -> Desk:
    """A desk over an empty database with the five SOPs in force and 20 Mbit/s for every OPD."""
    path = folder / "tracker.db"
    path.write_bytes(_opening_day())
    return Desk(Store(path), CALENDAR, CITY)


@cache
def _opening_day() -> bytes:
    """That database as a file, made once for a process: hundreds of tests begin on it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tracker.db"
        desk = _opened(path)
        desk.store.close()
        assert [file.name for file in Path(folder).iterdir()] == [path.name], "a journal beside it holds a part"
        return path.read_bytes()


def _opened(path: Path) -> Desk:
    desk = Desk(Store(path), CALENDAR, CITY)
    migrate(desk.store)
    for sop in shipped_sops():
        approve(desk.store, sop, date(2020, 1, 1), "admin", MONDAY)
    opening = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
    changes = [allocations.Change(opd.code, opening, "system", None, "saldo awal") for opd in CITY.opds]
    with desk.store.transaction() as db:
        allocations.write(desk.store, db, changes, MONDAY - timedelta(days=30))
    return desk


def request(desk: Desk, sop: str = "PKL-BW", now: datetime = MONDAY, **more: Any) -> str:
    """Open a request with a letter; returns its number."""
    given: dict[str, Any] = {
        "opd": "dinkes",
        "form": WANTED,
        "contact": CONTACT,
        "documents": {"surat": LETTER},
        **more,
    }
    return open_case(desk, OpenCase(sop, "Penambahan bandwidth", **given), REQUESTER, now).number


def walk_to(desk: Desk, number: str, acts: list[tuple[Who, Sign]], now: datetime = MONDAY) -> None:
    """Sign in order, a minute apart."""
    for minute, (who, act) in enumerate(acts, start=1):
        run(desk, number, act, who, now + timedelta(minutes=minute))


def numbered(sign: Sign, allocation: Allocation = FIFTY, until: date | None = None, reason: str = "cukup") -> Sign:
    """A signature that sets the number of the allocation."""
    return replace(sign, proposal=AllocationProposal(allocation, until=until), reason=reason)


def to_technician(
    desk: Desk, number: str, allocation: Allocation | None = None, until: date | None = None, reason: str = "cukup"
) -> None:
    """Walk PKL-BW up to the technician's step; the head grants what was asked for, or this allocation."""
    head = Sign("PKL-B-02", note="proses")
    walk_to(
        desk,
        number,
        [
            (HEAD, numbered(head, allocation, until, reason) if allocation else head),
            (DIVISION, Sign("PKL-B-03", note="tindak lanjuti")),
            (SECTION, Sign("PKL-B-03", note="kerjakan", assignee=TECHNICIAN)),
        ],
    )


def applied(desk: Desk, number: str, step: str, now: datetime = MONDAY, allocation: Allocation | None = None) -> None:
    """Apply the signed allocation, and no other than this one; the shaper proves it, the monitoring sees it.

    Where a re-check asks, the shaper reads once more.
    """
    run(desk, number, ApplyAllocation(step, allocation), TECHNICIAN, now)
    record_proof(desk, true_proof(desk, now), now + timedelta(seconds=15))
    read_again(desk, now + timedelta(seconds=30))
    if read_case(desk, number).awaiting is not None:
        run(desk, number, Register(SCRAPED), SYSTEM, now + timedelta(minutes=1))


def read_again(desk: Desk, now: datetime, **changed: object) -> None:
    """The agent has read its queues once more."""
    record_proof(desk, true_proof(desk, now, **changed), now)


def true_proof(desk: Desk, now: datetime, **changed: Any) -> dict[str, Any]:
    """What an agent posts after it has applied the ledger and read it back."""
    wanted = allocations.current_allocations(desk.store, now)
    readback = [
        {"opd": row["opd"], "direction": direction, **row[direction]}
        for row in wanted["allocations"]
        for direction in ("receive", "transmit")
    ]
    proof = {"revision": wanted["revision"], "hash": wanted["hash"], "agent": "core", "driver": "linux", "ok": True}
    return {**proof, "applied_at": now.timestamp(), "read_at": now.timestamp(), "readback": readback, **changed}
