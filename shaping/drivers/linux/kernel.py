"""The kernel of this network namespace: reads HTB and the map, applies changes, undoes them if one is refused.

Needs CAP_NET_ADMIN and nothing else. A root qdisc that is not ours is refused; the root is never deleted in an update.
"""

import errno
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shaping.drivers.linux import nft
from shaping.drivers.linux.classes import LEAF_OFFSET, MAJOR, PARENT, UNMAPPED, Class
from shaping.drivers.linux.commands import class_of, inverse
from shaping.drivers.linux.htb import class_options, counted, read_class, root_options
from shaping.drivers.linux.nft import Interfaces, Map
from shaping.drivers.linux.rtnetlink import (
    CREATE,
    DELCLASS,
    DELQDISC,
    EXCL,
    GETCLASS,
    GETQDISC,
    NEWCLASS,
    NEWQDISC,
    REPLACE,
    ROOT,
    Netlink,
    opened,
    tcmsg,
)
from shaping.errors import ShapingError
from shaping.plan import ORDER, Act, SettingChange
from shaping.queues import Count

# A handle is two halves: the qdisc's major above, the class's minor below (linux/pkt_sched.h, TC_H_MAJ and TC_H_MIN).
OURS = MAJOR << 16
_MINOR = 0xFFFF
_LEAF = "bfifo"


@dataclass(frozen=True)
class State:
    """What the kernel holds: classes and counts by interface and minor, and the map."""

    classes: Mapping[str, Mapping[int, Class]]
    counts: Mapping[str, Mapping[int, Count]]
    map: Map | None


@dataclass(frozen=True)
class Changes:
    """What turns one state into another: classes in a safe order, interfaces without a root, the map if it differs."""

    classes: tuple[SettingChange[Class], ...]
    fresh: tuple[str, ...]
    map: Map | None
    map_before: Map | None


def read(interfaces: Interfaces) -> State:
    """Read everything of ours. Raises ShapingError for a missing interface or a foreign root."""
    with opened() as link:
        pairs = {name: _read_interface(link, name) for name in (interfaces.transmit, interfaces.receive)}
    classes = {name: classes for name, (classes, _) in pairs.items()}
    counts = {name: counts for name, (_, counts) in pairs.items()}
    return State(classes, counts, nft.read_map())


def apply(changes: Changes, interfaces: Interfaces) -> None:
    """Carry changes out; a refused one undoes those before it. Raises ShapingError naming the change."""
    with opened() as link:
        for name in changes.fresh:
            _make_root(link, name)
        # Parents first among the adds: a child needs its parent, and HTB its default class.
        # The sort is stable: within parents and within children the safe order of the plan (decreases first) stays.
        ordered = sorted(changes.classes, key=_parents_first)
        for place, change in enumerate(ordered):
            try:
                _carry_out(link, change)
            except OSError as error:
                _carry_back(link, ordered[:place])
                refused = f"{change.place}: {change.act} of {class_of(change).name} was refused"
                raise ShapingError(f"{refused}: {error.strerror}; {place} operations before it were undone") from error
    # The map comes last: a packet sent to a class that is not there yet would fall into the unmapped one.
    if changes.map is not None:
        nft.apply_script(nft.script(changes.map, interfaces))


def undo(changes: Changes, interfaces: Interfaces) -> None:
    """Take changes back that were carried out; the roots stay."""
    with opened() as link:
        _carry_back(link, sorted(changes.classes, key=_parents_first))
    if changes.map is not None and changes.map_before is not None:
        nft.apply_script(nft.script(changes.map_before, interfaces))


def panic(interfaces: Interfaces) -> list[str]:
    """Take everything of ours away, so that all passes unshaped; what was removed."""
    removed = []
    with opened() as link:
        for name in (interfaces.transmit, interfaces.receive):
            index = _index(name)
            if any(m.kind == "htb" and m.handle == OURS for m in link.dump(GETQDISC, index)):
                link.change(DELQDISC, 0, tcmsg(index, OURS, ROOT))
                removed.append(name)
    nft.remove()
    return removed


def _read_interface(link: Netlink, name: str) -> tuple[dict[int, Class], dict[int, Count]]:
    index = _index(name)
    qdiscs = link.dump(GETQDISC, index)
    root = next((m for m in qdiscs if m.parent == ROOT), None)
    # Handle 0: is what the kernel itself puts on an interface (noqueue, fq_codel): nobody's work, and it may be
    # replaced. One with a number was made by somebody, and taking it away would undo what we do not know.
    if root is not None and root.handle and not (root.kind == "htb" and root.handle == OURS):
        root_name = f"{name}: the root qdisc {root.kind} {root.handle >> 16:x}: is not ours"
        raise ShapingError(f"{root_name}; remove it or name another interface in the inventory")
    # A leaf hangs below its class, so its parent's minor says whose queue it is.
    queues = {m.parent & _MINOR: int.from_bytes(m.options[:4], sys.byteorder) for m in qdiscs if m.kind == _LEAF}
    mine = [m for m in link.dump(GETCLASS, index) if m.kind == "htb" and m.handle >> 16 == MAJOR]
    classes = {
        m.handle & _MINOR: read_class(m.handle & _MINOR, m.options, queues.get(m.handle & _MINOR, 0)) for m in mine
    }
    return classes, {m.handle & _MINOR: counted(m.stats) for m in mine}


def _make_root(link: Netlink, name: str) -> None:
    # The default class must exist soon after: until then HTB lets unmapped packets pass unshaped, which is the safe
    # side.
    options = root_options(UNMAPPED)
    try:
        link.change(NEWQDISC, CREATE | EXCL, tcmsg(_index(name), OURS, ROOT, "htb", options))
    # EEXIST: a turn that was interrupted after this step, or another agent of ours; the classes are compared all the
    # same.
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise ShapingError(f"{name}: HTB cannot be made: {error.strerror}; is CAP_NET_ADMIN there?") from error


def _carry_back(link: Netlink, changes: Sequence[SettingChange[Class]]) -> None:
    for change in reversed(changes):
        _carry_out(link, inverse(change))


def _carry_out(link: Netlink, change: SettingChange[Class]) -> None:
    index = _index(change.place)
    # The kernel takes the leaf qdisc away with its class.
    if change.act in (Act.DELETE, Act.REPLACE) and change.before is not None:
        link.change(DELCLASS, 0, tcmsg(index, OURS | change.before.minor))
    if change.after is None:
        return
    htb = change.after
    fresh = change.act in (Act.ADD, Act.REPLACE)
    # EXCL: a class that appeared since the plan was read is refused, not overwritten; and where CREATE is left out, one
    # that has vanished meanwhile.
    flags = CREATE | EXCL if fresh else 0
    parent = OURS if htb.minor == PARENT else OURS | PARENT
    link.change(NEWCLASS, flags, tcmsg(index, OURS | htb.minor, parent, "htb", class_options(htb)))
    if htb.queue and (change.before is None or fresh or change.before.queue != htb.queue):
        _set_queue(link, index, htb)


def _set_queue(link: Netlink, index: int, htb: Class) -> None:
    """The leaf: bfifo of 50 ms. Changing its limit keeps what waits in it."""
    # TCA_OPTIONS of bfifo is ``struct tc_fifo_qopt``: one u32 in the machine's order, the limit in bytes.
    limit = htb.queue.to_bytes(4, sys.byteorder)
    handle = (htb.minor + LEAF_OFFSET) << 16
    link.change(NEWQDISC, CREATE | REPLACE, tcmsg(index, handle, OURS | htb.minor, _LEAF, limit))


def _parents_first(change: SettingChange[Class]) -> tuple[int, int]:
    return ORDER[change.act], class_of(change).minor if change.act is Act.ADD else 0


def _index(name: str) -> int:
    try:
        return socket.if_nametoindex(name)
    except OSError as error:
        raise ShapingError(f"{name}: no such interface here; check shaping: of the uplink in the inventory") from error
