"""The main menu: entries that stand beside their views in, the groups of links that one person sees out. Opens nothing.

Everybody at work has the first group in the open; the others are one word each until opened. A group of which a person
sees one link is that link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum


class MenuGroup(Enum):
    """The groups in their order: Indonesian and English; without words for those that stand in the open."""

    WORK = ("", "", "staff")
    NETWORK = ("Jaringan", "Network", "staff")
    MANAGE = ("Kelola", "Manage", "staff")
    INSPECTION = ("Pemeriksaan", "Inspection", "staff")
    VISITORS = ("", "", "visitors")


@dataclass(frozen=True)
class MenuEntry:
    """A view's place in the menu: its endpoint, its name in two languages, the acts of which one must be allowed."""

    group: MenuGroup
    place: int
    endpoint: str
    indonesian: str
    english: str
    acts: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuPart:
    """Links under one word; ``indonesian`` empty for those that stand in the open."""

    indonesian: str
    english: str
    links: tuple[MenuEntry, ...]


def menu_of(entries: Iterable[MenuEntry], may: Callable[[str], bool], inside: bool) -> list[MenuPart]:
    """The groups a person sees: without links he may not follow, no link twice, no group of one."""
    in_order = sorted(entries, key=lambda entry: entry.place)
    groups: list[MenuPart] = []
    for group in MenuGroup:
        if (group is MenuGroup.VISITORS) is inside:
            continue
        shown = {link.endpoint for earlier in groups for link in earlier.links}
        allowed = (link for link in in_order if link.group is group and _open_to(link, may))
        links = tuple(link for link in allowed if link.endpoint not in shown)
        indonesian, english, _ = group.value
        if len(links) == 1:
            groups.append(MenuPart("", "", links))
        elif links:
            groups.append(MenuPart(indonesian, english, links))
    return groups


def _open_to(link: MenuEntry, may: Callable[[str], bool]) -> bool:
    return not link.acts or any(may(act) for act in link.acts)
