"""The simple queues that a ledger asks for: neutral queues and what is there in, queues by name out. Pure.

One parent for the uplink, whose target is the interface towards the offices; below it an OPD each, and beyond a hundred
of them groups with their OPDs' targets. Everything of ours carries the uplink's tag in its comment, and ASCII only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.admission import capacity_of
from shaping.drivers.base import Site
from shaping.drivers.routeros.queues import Pair, QueueSetting
from shaping.drivers.routeros.targets import disjoint_targets, parents_of
from shaping.queues import Key, Queue

PREFIX = "lebarpita"
# Bits of a byte: the ledger is in bytes per second, the router in bits.
_BITS = 8


@dataclass(frozen=True)
class Tag:
    """The mark of one uplink in comments and names."""

    uplink: str

    @property
    def parent(self) -> str:
        """The name of the uplink's own queue."""
        return f"{PREFIX}--{self.uplink}"

    @property
    def undo(self) -> str:
        """The name of the scheduler's entry."""
        return f"{PREFIX}-undo--{self.uplink}"

    @property
    def text(self) -> str:
        """The comment of what is the uplink's; an OPD's has its code behind it."""
        return f"{PREFIX}:{self.uplink}"

    def of(self, opd: str) -> str:
        """The comment of an OPD's queue."""
        return f"{self.text}:{opd}"

    def marks(self, comment: str) -> bool:
        """True for a comment of ours."""
        return comment == self.text or comment.startswith(f"{self.text}:")

    def opd(self, comment: str) -> str | None:
        """Whose queue a comment marks; None for a parent's."""
        return comment.removeprefix(f"{self.text}:") if self.marks(comment) and comment != self.text else None


def name_of(opd: str) -> str:
    """The name of an OPD's queue; no OPD's code holds two hyphens at its start, so a parent's is never one."""
    return f"{PREFIX}-{opd}"


def wanted_queues(
    site: Site, wanted: Sequence[Queue], present: Mapping[str, QueueSetting], kind: str
) -> dict[str, QueueSetting]:
    """Every queue by its name, parents first. Nothing for an empty ledger."""
    if not wanted:
        return {}
    tag = Tag(site.uplink)
    targets = disjoint_targets(site.city, {queue.opd for queue in wanted})
    there = {opd: queue.parent for queue in present.values() if (opd := tag.opd(queue.comment)) in targets and opd}
    parents = parents_of({opd: name for opd, name in there.items() if name.startswith(tag.parent)}, targets, tag.parent)
    by_key = {queue.key: queue for queue in wanted}
    uplink = site.city.uplink(site.uplink)
    line = (_BITS * capacity_of(uplink, "transmit"), _BITS * capacity_of(uplink, "receive"))
    above = Above(tag, line, kind)
    queues = [above.queue(tag.parent, "none", frozenset((site.place("receive"),)))]
    for group in sorted(set(parents.values()) - {tag.parent}):
        members = frozenset(target for opd, name in parents.items() if name == group for target in targets[opd])
        queues.append(above.queue(group, tag.parent, members))
    for opd in sorted(targets):
        least, most = _rates(opd, by_key, line)
        queues.append(
            QueueSetting(
                name=name_of(opd),
                targets=targets[opd],
                parent=parents[opd],
                limit_at=least,
                max_limit=most,
                kind=kind,
                comment=tag.of(opd),
            )
        )
    return {queue.name: queue for queue in queues}


@dataclass(frozen=True)
class Above:
    """What the uplink's queue and its groups have in common."""

    tag: Tag
    line: Pair
    kind: str

    def queue(self, name: str, parent: str, targets: frozenset[str]) -> QueueSetting:
        """The uplink's own queue, or a group's.

        It has no guarantee of its own: those of the leaves are honoured whatever stands between (facts 2.22). Its type
        is the leaves': no source says where packets wait that no child takes, and there they wait in fair lines.
        """
        return QueueSetting(
            name=name,
            targets=targets,
            parent=parent,
            limit_at=(0, 0),
            max_limit=self.line,
            kind=self.kind,
            comment=self.tag.text,
        )


def _rates(opd: str, by_key: Mapping[Key, Queue], line: Pair) -> tuple[Pair, Pair]:
    up, down = by_key.get((opd, "transmit")), by_key.get((opd, "receive"))
    least = (
        _BITS * up.guaranteed_bytes_per_second if up else 0,
        _BITS * down.guaranteed_bytes_per_second if down else 0,
    )
    # A direction of which the ledger says nothing has the whole line: a zero on one side only may be refused (2.9).
    most = (
        _BITS * up.ceiling_bytes_per_second if up else line[0],
        _BITS * down.ceiling_bytes_per_second if down else line[1],
    )
    return least, most
