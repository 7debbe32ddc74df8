"""What every role may do, on one page for administrators and auditors: its holders, its steps in the SOPs, its acts."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template

from request_tracker.people.roles import ACTS, ROLES, Permission
from request_tracker.sop.model import Sop
from request_tracker.sop.register import all_in_force
from request_tracker.web.shell.access import needs
from request_tracker.web.shell.context import now, office
from request_tracker.web.shell.menu import MenuGroup
from request_tracker.web.shell.pages import PageGroup

pages = PageGroup("role_list", __name__)


@dataclass(frozen=True)
class Role:
    """A role by its key: its name, its accounts, what it does in the steps of each SOP, and its other acts."""

    key: str
    name: str
    holders: tuple[str, ...]
    steps: tuple[tuple[Sop, tuple[str, ...]], ...]
    acts: tuple[Permission, ...]


@pages.get("/pengguna/peran")
@pages.menu(MenuGroup.MANAGE, 20, ("Peran", "Roles"), "audit")
@needs("audit")
def listing() -> str:
    """The roles as they are in force today (REFERENCE 6.6); the steps are the SOPs' own."""
    desk = office().desk
    accounts = desk.store.rows(
        "SELECT r.role, u.name FROM user_roles r JOIN users u ON u.id = r.user_id WHERE u.active = 1 ORDER BY u.name"
    )
    sops = all_in_force(desk.store, desk.calendar.local(now()).date())
    return render_template("roles.html", roles=roles_of([(row["role"], row["name"]) for row in accounts], sops))


def roles_of(holders: Iterable[tuple[str, str]], sops: Iterable[Sop]) -> list[Role]:
    """Every role with what it may do; ``held`` is (role, name) of accounts in use. Pure."""
    holders, sops = list(holders), list(sops)
    return [
        Role(
            key,
            name,
            tuple(who for role, who in holders if role == key),
            tuple((sop, steps) for sop in sops if (steps := _steps(sop, key))),
            tuple(act for act in ACTS.values() if key in act.roles),
        )
        for key, name in ROLES.items()
    ]


def _steps(sop: Sop, role: str) -> tuple[str, ...]:
    lanes = {key for key, lane in sop.lanes.items() if lane.role == role}
    return tuple(step.text for step in sop.steps.values() if lanes & set(step.lanes))
