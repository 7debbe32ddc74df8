"""The person behind a case, for those who may reach him; everybody else sees a mask (UU 27/2022)."""

from typing import Any

from request_tracker.cases import Case, Who
from request_tracker.people.privacy import masked, note_access
from request_tracker.people.roles import may
from request_tracker.web.shell.access import me
from request_tracker.web.shell.context import now, office


def reaches(case: Case, who: Who) -> bool:
    """Who needs to reach the person of this case (6.6): a technician of his own cases, and of open outages."""
    if case.kind == "outage" and not case.ending and may(who.acting_roles, "see_contact_on_outage"):
        return True
    return may(who.acting_roles - {"technician"}, "see_contact") or (
        "technician" in who.acting_roles and case.assignee == who.person
    )


def contact_of(case: Case) -> dict[str, Any] | None:
    """The requester, masked but for those who need to reach him; whoever sees him is written down (UU 27/2022)."""
    if case.contact is None:
        return None
    row = office().desk.store.row("SELECT * FROM contacts WHERE id = ?", [int(case.contact.partition(":")[2])])
    if row is None or row["masked_at"]:
        return None
    if not reaches(case, me().who):
        return masked(row)
    note_access(office().desk.store, me().named(), "contact", case.number, now())
    return row
