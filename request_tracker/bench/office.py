"""The rest of a made-up office: people with a session each, a register of letters, outages that last."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from inventory.topology import branches
from request_tracker.cases import Desk
from request_tracker.letters.agenda import IN, OUT
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.sessions import begin_session
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store

AT_ONCE = 10_000  # Rows of one transaction: memory and write-ahead log stay small however many letters there are.
_SUBJECTS = ("Permohonan penambahan bandwidth", "Laporan gangguan jaringan", "Undangan rapat koordinasi")


def people(store: Store, roles: Iterable[str], now: datetime) -> dict[str, str]:
    """An account for each role, in this order; the secret of a session of each."""
    sessions = {}
    for role in roles:
        wanted = NewAccount(role.replace("_", "-"), role, (role,), secrets.token_urlsafe(16))
        sessions[role] = begin_session(store, add_user(store, wanted, now), now)
    return sessions


def letters(desk: Desk, count: int, now: datetime) -> None:
    """Write so many letters into the register, every second one out."""
    for begun in range(0, count, AT_ONCE):
        rows = [_letter(desk, number, now) for number in range(begun, min(begun + AT_ONCE, count))]
        columns, marks = ", ".join(rows[0]), ", ".join("?" for _ in rows[0])
        with desk.store.transaction():
            statement = f"INSERT INTO letter_register ({columns}) VALUES ({marks})"
            desk.store.execute_many(statement, [list(row.values()) for row in rows])


def outages(desk: Desk, count: int, now: datetime) -> list[str]:
    """Open so many tickets by the real command, or one for each branch there is; their numbers, the newest first."""
    reports = [
        OutageRecord(
            root=branch.name,
            kind=str(branch.kind),
            cause="link_down",
            opds=branch.offices,
            started_at=begun.timestamp(),
            ended_at=None,
            source="watch",
        )
        for number, branch in enumerate(branches(desk.city)[:count], 1)
        for begun in [now - timedelta(hours=number)]
    ]
    return reconcile(desk, reports, now)


def tickets_to_take(desk: Desk, count: int, now: datetime) -> list[str]:
    """So many outages of the last days that are over and that nobody has taken on yet; their numbers."""
    roots = branches(desk.city)
    reports = [
        OutageRecord(
            root=branch.name,
            kind=str(branch.kind),
            cause="link_down",
            opds=branch.offices,
            started_at=(ended - timedelta(minutes=20)).timestamp(),
            ended_at=ended.timestamp(),
            source="watch",
        )
        for number in range(count)
        for branch in [roots[number % len(roots)]]
        for ended in [now - timedelta(days=1, hours=number)]
    ]
    return reconcile(desk, reports, now)


def _letter(desk: Desk, number: int, now: datetime) -> dict[str, object]:
    came = stamp(now - timedelta(minutes=number))
    return {
        "direction": OUT if number % 2 else IN,
        "year": now.year,
        "agenda": number // 2 + 1,
        "letter_number": f"005/{number:06d}/{now.year}",
        "letter_date": now.date().isoformat(),
        "party": desk.city.opds[number % len(desk.city.opds)].code,
        "subject": _SUBJECTS[number % len(_SUBJECTS)],
        "eoffice_number": f"SRK-{number:06d}",
        "eoffice_link": "",
        "case_number": None,
        "occurred_at": came,
        "recorded_at": came,
        "recorded_by": "bench",
    }
