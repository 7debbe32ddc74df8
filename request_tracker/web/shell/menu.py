"""The main menu as data: groups of links, and what a role must be able to do to see each. Opens nothing.

Everybody at work has the first group in the open; the others are one word each until opened. A group of which a person
sees one link is that link.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """One place: Flask's endpoint, its name in Indonesian and English, and the acts of which one must be allowed."""

    endpoint: str
    indonesian: str
    english: str
    acts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Links under one word; ``indonesian`` empty for those that stand in the open."""

    indonesian: str
    english: str
    links: tuple[Link, ...]


STAFF = (
    Group(
        "",
        "",
        (
            Link("cases.listing", "Kasus", "Cases"),
            Link("outages.listing", "Gangguan", "Outages"),
            Link("together.listing", "Bersama", "Together", ("sign_together",)),
            Link("agenda.listing", "Agenda", "Letters", ("register_letter",)),
        ),
    ),
    Group(
        "Jaringan",
        "Network",
        (
            Link("noc.listing", "Daftar NOC", "NOC list"),
            Link("wall.wall", "Dinding", "Wall"),
            Link("availability.page", "Kesediaan bandwidth", "Available bandwidth", ("see_capacity",)),
            Link("demand.page", "Kebutuhan bandwidth", "Need for bandwidth", ("see_capacity",)),
            Link("maintenance.listing", "Pemeliharaan", "Maintenance"),
            Link("people.duty", "Piket", "Duty"),
            Link("book.listing", "Narahubung", "Contacts"),
        ),
    ),
    Group(
        "Kelola",
        "Manage",
        (
            Link("people.users", "Pengguna", "Users", ("manage_users",)),
            Link("role_list.listing", "Peran", "Roles", ("audit",)),
            Link("people.delegations", "Delegasi", "Delegation", ("delegate",)),
            Link("agenda.appointed", "Penugasan", "Appointments", ("delegate",)),
            Link("people.days", "Hari libur", "Holidays", ("edit_days",)),
            Link("messages.listing", "Pesan", "Messages"),
        ),
    ),
    Group(
        "Pemeriksaan",
        "Inspection",
        (
            Link("evaluation.listing", "Evaluasi", "Evaluation", ("see_evaluation",)),
            Link("audit.view", "Audit", "Audit", ("audit",)),
            Link("exports.listing", "Ekspor", "Export", ("export",)),
            Link("agenda.listing", "Agenda", "Letters", ("audit",)),
        ),
    ),
)
VISITORS = (
    Group(
        "",
        "",
        (
            Link("public.request_form", "Permohonan", "Request"),
            Link("reports.outage", "Lapor gangguan", "Report an outage"),
            Link("reports.complaint", "Pengaduan", "Complaint"),
            Link("public.status", "Status", "Status"),
        ),
    ),
)


def menu_for(may: Callable[[str], bool], inside: bool) -> list[Group]:
    """The groups a person sees: without links he may not follow, no link twice, no group of one."""
    found: list[Group] = []
    for group in STAFF if inside else VISITORS:
        shown = {link.endpoint for known in found for link in known.links}
        allowed = (link for link in group.links if not link.acts or any(may(act) for act in link.acts))
        links = tuple(link for link in allowed if link.endpoint not in shown)
        if len(links) == 1:
            found.append(Group("", "", links))
        elif links:
            found.append(Group(group.indonesian, group.english, links))
    return found
