"""The kernel of this network namespace, read: our roots, classes, filters, counters and the nftables table.

Needs CAP_NET_ADMIN and nothing else. A root qdisc that is not ours is refused.
"""

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from shaping.drivers.linux import nft
from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.frames import BARE, FrameSize, read_size_table
from shaping.drivers.linux.handles import MAJOR, PARENT, UNMAPPED, class_handle, root_handle
from shaping.drivers.linux.htb import counted, default_class, read_class
from shaping.drivers.linux.leaves import KINDS
from shaping.drivers.linux.nft import Interfaces, RouterSides
from shaping.drivers.linux.owners import Map
from shaping.drivers.linux.rtnetlink import GETCLASS, GETQDISC, ROOT, Netlink, QueueMessage, opened
from shaping.drivers.linux.ruleset import KnownTable, read_table
from shaping.errors import ShapingError
from shaping.plan import SettingChange
from shaping.queues import Count

OURS = root_handle().number
_MINOR = 0xFFFF


@dataclass(frozen=True)
class State:
    """What the kernel holds: classes and counts by interface and minor, the map, and the table as nft writes it.

    ``roots`` are the interfaces with our root; ``spoiled`` those of them whose root is not as we make it (another
    default class), so that all below it counts for nothing; ``filters`` those where somebody put a filter into it.
    ``frames`` is what their roots count of a frame.
    """

    classes: Mapping[str, Mapping[int, Class]]
    counts: Mapping[str, Mapping[int, Count]]
    map: Map | None
    table: str | None = None
    roots: frozenset[str] = frozenset()
    spoiled: frozenset[str] = frozenset()
    filters: frozenset[str] = frozenset()
    frames: Mapping[str, FrameSize] = field(default_factory=dict)

    @property
    def settings(self) -> tuple[object, ...]:
        """Everything but what moves by itself: two readings of an untouched kernel are equal in this."""
        return (self.classes, self.table, self.roots, self.spoiled, self.filters, self.frames)


@dataclass(frozen=True)
class Changes:
    """What turns one state into another: classes in a safe order, interfaces without a root, the map if it differs.

    ``stale`` are interfaces whose root must be made anew, ``filtered`` those whose filters go, ``resized`` those whose
    root shall count ``frame``. ``before`` is the state that was read for it, which an undo makes again.
    """

    classes: tuple[SettingChange[Class], ...]
    fresh: tuple[str, ...]
    map: Map | None
    map_before: Map | None
    stale: tuple[str, ...] = ()
    filtered: tuple[str, ...] = ()
    resized: tuple[str, ...] = ()
    frame: FrameSize = BARE
    sides: RouterSides | None = None
    before: State = field(default_factory=lambda: State({}, {}, None))


@dataclass(frozen=True)
class InterfaceState:
    """One interface: its root is ours or not there at all."""

    rooted: bool
    spoiled: bool
    filtered: bool
    frame: FrameSize
    classes: Mapping[int, Class]
    counts: Mapping[int, Count]


def read(interfaces: Interfaces, memory: KnownTable | None = None, *, counting: bool = True) -> State:
    """Read everything of ours. Raises ShapingError for a missing interface or a foreign root.

    ``memory``: the table is read again only where the ruleset changed. Without ``counting`` no counts are told: that is
    a third of the work, and a plan needs none.
    """
    names = (interfaces.transmit, interfaces.receive)
    with opened() as link:
        qdiscs = link.dump_each(GETQDISC, [index_of(name) for name in names])
        states = {name: read_interface(link, name, qdiscs[index_of(name)], counting=counting) for name in names}
    table = memory.read(interfaces.family) if memory else read_table(interfaces.family)
    return State(
        {name: state.classes for name, state in states.items()},
        {name: state.counts for name, state in states.items()},
        table.map,
        table.listing,
        frozenset(name for name, state in states.items() if state.rooted),
        frozenset(name for name, state in states.items() if state.spoiled),
        frozenset(name for name, state in states.items() if state.filtered),
        {name: state.frame for name, state in states.items() if state.rooted},
    )


def with_family(interfaces: Interfaces) -> Interfaces:
    """The same two, and whether packets are routed or bridged between them. Raises ShapingError where both may be."""
    names = (interfaces.transmit, interfaces.receive)
    with opened() as link:
        bridges = [link.bridge_of(index_of(name)) for name in names]
    if bridges[0] != bridges[1]:
        ports = " and ".join(names)
        step = "name two ports of one bridge in the inventory, or the bridges themselves where packets are routed"
        raise ShapingError(f"{ports}: only one is a port of a bridge, or each of another; {step}")
    return Interfaces(*names, family=nft.BRIDGED if bridges[0] else nft.ROUTED)


def read_counts(interfaces: Interfaces) -> dict[str, dict[int, Count]]:
    """What the classes counted and nothing else: cheap enough for many times a second."""
    with opened() as link:
        return {name: _counts(link, index_of(name)) for name in (interfaces.transmit, interfaces.receive)}


def read_interface(
    link: Netlink, name: str, qdiscs: Sequence[QueueMessage] | None = None, *, counting: bool = True
) -> InterfaceState:
    """Raises ShapingError for a missing interface or a foreign root. ``qdiscs``: those of it, where they are known."""
    index = index_of(name)
    qdiscs = link.dump(GETQDISC, index) if qdiscs is None else qdiscs
    root = next((m for m in qdiscs if m.parent == ROOT), None)
    ours = root is not None and root.kind == "htb" and root.handle == OURS
    # Handle 0: is what the kernel itself puts on an interface (noqueue, fq_codel): nobody's work, and it may be
    # replaced. One with a number was made by somebody, and taking it away would undo what we do not know.
    if root is not None and root.handle and not ours:
        root_name = f"{name}: the root qdisc {root.kind} {root.handle >> 16:x}: is not ours"
        raise ShapingError(f"{root_name}; remove it or name another interface in the inventory")
    # A leaf hangs below its class, so its parent's minor says whose queue it is.
    leaves = {m.parent & _MINOR: m for m in qdiscs if m.kind in KINDS and m.parent != ROOT}
    mine = {m.handle & _MINOR: m for m in _classes(link, index)}
    return InterfaceState(
        rooted=ours,
        spoiled=ours and root is not None and default_class(root.options) != UNMAPPED,
        filtered=ours and any(link.has_filters(index, class_handle(minor).number) for minor in (0, PARENT)),
        frame=read_size_table(root.sizes) if ours and root is not None else BARE,
        classes={minor: _class(m, leaves.get(minor)) for minor, m in mine.items()},
        counts={minor: _with_drops(m, leaves.get(minor)) for minor, m in mine.items()} if counting else {},
    )


def index_of(name: str) -> int:
    """The interface's number. Raises ShapingError where there is none."""
    try:
        return socket.if_nametoindex(name)
    except OSError as error:
        raise ShapingError(f"{name}: no such interface here; check shaping: of the uplink in the inventory") from error


def _classes(link: Netlink, index: int) -> list[QueueMessage]:
    return [m for m in link.dump(GETCLASS, index) if m.kind == "htb" and m.handle >> 16 == MAJOR]


def _counts(link: Netlink, index: int) -> dict[int, Count]:
    # The kernel's lock of all interfaces may be somebody else's for seconds before it answers: it is of the answer's
    # moment and not of the question's, by which a queue's waiting was counted into another window (lab, load 25).
    messages, at = _classes(link, index), time.monotonic()
    return {message.handle & _MINOR: replace(counted(message.stats), at=at) for message in messages}


def _class(htb: QueueMessage, leaf: QueueMessage | None) -> Class:
    about = (leaf.kind, leaf.options) if leaf else ("", b"")
    return _class_told(htb.handle & _MINOR, htb.options, *about, parent=_parent(htb))


# What a class is depends on nothing but these bytes, and between two readings almost none of them changes. As many as
# the classes of 4,000 offices, both ways and before and after a change of all.
@lru_cache(maxsize=16_384)
def _class_told(minor: int, options: bytes, kind: str, leaf_options: bytes, *, parent: int) -> Class:
    return read_class(minor, options, (kind, KINDS[kind].read(leaf_options) if kind else 0), parent)


def _with_drops(htb: QueueMessage, leaf: QueueMessage | None) -> Count:
    """What a class counted. Of drops HTB sees only those at the door; cake and fq_codel drop what waits already."""
    count = counted(htb.stats)
    return count if leaf is None else replace(count, drops=max(count.drops, counted(leaf.stats).drops))


def _parent(message: QueueMessage) -> int:
    # A class below the root itself is told with TC_H_ROOT or with the qdisc's own handle; both are 0 here.
    return 0 if message.parent in (ROOT, OURS) else message.parent & _MINOR
