"""Whoever is switched off hands his work on: a desk in, cases that are nobody's again and messages out.

A technician's open cases go back to all technicians, and the section is told to name another one. A role that steps
wait for and that nobody holds (switched off, taken away, or never given) is told to the section and the administrator
once a week.
"""

from datetime import datetime

from request_tracker.cases import Desk, Note, run
from request_tracker.cases.model import SYSTEM
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.store.chain import stamp
from request_tracker.store.database import Row
from request_tracker.store.each_row import each_row
from request_tracker.store.outbox import Notice, Outgoing, put

_LEFT = (
    "SELECT c.number, c.assignee FROM cases c JOIN users u ON u.id = CAST(substr(c.assignee, 6) AS INTEGER)"
    " WHERE c.ending IS NULL AND c.assignee LIKE 'user:%' AND u.active = 0 ORDER BY c.number"
)
_EMPTY = (
    "SELECT w.role, count(*) AS steps FROM waiting w"
    # The requester has no account. Where nobody has one the office does not stand yet, and nobody could be told.
    " WHERE w.role <> 'requester' AND EXISTS (SELECT 1 FROM users WHERE active = 1)"
    " AND NOT EXISTS (SELECT 1 FROM user_roles r JOIN users u ON u.id = r.user_id"
    "   WHERE r.role = w.role AND u.active = 1)"
    " AND NOT EXISTS (SELECT 1 FROM delegations d JOIN users u ON u.id = d.to_user"
    "   WHERE d.role = w.role AND u.active = 1 AND d.starts_at <= ? AND d.ends_at > ?"
    "   AND (d.revoked_at IS NULL OR d.revoked_at > ?))"
    " GROUP BY w.role ORDER BY w.role"
)
TOLD = ("role:head_of_section", "role:admin")


def hand_on(desk: Desk, now: datetime) -> list[str]:
    """Free the cases of accounts switched off, and tell of roles without anybody; numbers of cases, and roles."""
    return [*each_row(desk.store.rows(_LEFT), lambda row: _free(desk, row, now), key="number"), *_tell_empty(desk, now)]


def _free(desk: Desk, row: Row, now: datetime) -> list[str]:
    run(desk, row["number"], Note("handed_on", {"from": row["assignee"]}), SYSTEM, now)
    return [str(row["number"])]


def _tell_empty(desk: Desk, now: datetime) -> list[str]:
    rows = desk.store.rows(_EMPTY, [stamp(now)] * 3)
    week = desk.calendar.local(now).strftime("%G-%V")
    for row in rows:
        role = ROLE_NAMES[row["role"]]
        notice = Notice(
            template="role_without_holder",
            number=role.indonesian,
            title=f"{row['steps']} langkah menunggu",
            subject="Tidak ada akun aktif yang memegang peran ini",
        )
        with desk.store.transaction() as db:
            for to in TOLD:
                if to != f"role:{row['role']}":
                    put(db, Outgoing(f"role_empty:{row['role']}:{week}:{to}", to, notice, calm=True), now)
    return [str(row["role"]) for row in rows]
