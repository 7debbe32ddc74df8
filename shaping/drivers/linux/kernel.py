"""The linux driver: reads HTB and the map from this network namespace, applies a plan, undoes it if a step fails.

Needs CAP_NET_ADMIN and nothing else. A root qdisc that is not ours is refused; the root is never deleted in an update.
"""

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from shaping.drivers.linux import nft
from shaping.drivers.linux.classes import MAJOR, PARENT, UNMAPPED, Class
from shaping.drivers.linux.htb import Counted, class_options, counted, read_class, root_options
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
from shaping.plan import ORDER, Act, Operation, Plan

OURS = MAJOR << 16
_LEAF = "bfifo"


@dataclass(frozen=True)
class State:
    """What the kernel holds: classes and counts by interface and minor, and the map."""

    classes: Mapping[str, Mapping[int, Class]]
    counts: Mapping[str, Mapping[int, Counted]]
    map: Map | None


def read(interfaces: Interfaces) -> State:
    """Read everything of ours. Raises ShapingError for a missing interface or a foreign root."""
    with opened() as link:
        found = {name: _read_interface(link, name) for name in (interfaces.transmit, interfaces.receive)}
    classes = {name: classes for name, (classes, _) in found.items()}
    counts = {name: counts for name, (_, counts) in found.items()}
    return State(classes, counts, nft.read_map())


def apply(plan: Plan, wanted: Map, interfaces: Interfaces) -> None:
    """Carry a plan out; a refused operation undoes those before it. Raises ShapingError naming the operation."""
    done: list[Operation] = []
    with opened() as link:
        for name in plan.fresh:
            _make_root(link, name)
        # Parents first among the adds: a child needs its parent, and HTB its default class.
        for operation in sorted(plan.operations, key=_parents_first):
            try:
                _carry_out(link, operation)
            except OSError as error:
                for earlier in reversed(done):
                    _carry_out(link, _inverse(earlier))
                one = operation.after or operation.before
                told = f"{operation.interface}: {operation.act} of {one.name if one else '?'} was refused"
                raise ShapingError(f"{told}: {error.strerror}; {len(done)} operations before it were undone") from error
            done.append(operation)
    if plan.map_changes:
        nft.apply_script(nft.script(wanted, interfaces))


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


def _read_interface(link: Netlink, name: str) -> tuple[dict[int, Class], dict[int, Counted]]:
    index = _index(name)
    qdiscs = link.dump(GETQDISC, index)
    root = next((m for m in qdiscs if m.parent == ROOT), None)
    if root is not None and root.handle and not (root.kind == "htb" and root.handle == OURS):
        told = f"{name}: the root qdisc {root.kind} {root.handle >> 16:x}: is not ours"
        raise ShapingError(f"{told}; remove it or name another interface in the inventory")
    queues = {m.parent & 0xFFFF: int.from_bytes(m.options[:4], "little") for m in qdiscs if m.kind == _LEAF}
    mine = [m for m in link.dump(GETCLASS, index) if m.kind == "htb" and m.handle >> 16 == MAJOR]
    classes = {
        m.handle & 0xFFFF: read_class(m.handle & 0xFFFF, m.options, queues.get(m.handle & 0xFFFF, 0)) for m in mine
    }
    return classes, {m.handle & 0xFFFF: counted(m.stats) for m in mine}


def _make_root(link: Netlink, name: str) -> None:
    options = root_options(UNMAPPED)
    try:
        link.change(NEWQDISC, CREATE | EXCL, tcmsg(_index(name), OURS, ROOT, "htb", options))
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise ShapingError(f"{name}: HTB cannot be made: {error.strerror}; is CAP_NET_ADMIN there?") from error


def _carry_out(link: Netlink, operation: Operation) -> None:
    index = _index(operation.interface)
    if operation.act in (Act.DELETE, Act.REPLACE) and operation.before is not None:
        link.change(DELCLASS, 0, tcmsg(index, OURS | operation.before.minor))
    if operation.after is None:
        return
    one = operation.after
    fresh = operation.act in (Act.ADD, Act.REPLACE)
    flags = CREATE | EXCL if fresh else 0
    parent = ROOT if one.minor == PARENT else OURS | PARENT
    parent = OURS if one.minor == PARENT else parent
    link.change(NEWCLASS, flags, tcmsg(index, OURS | one.minor, parent, "htb", class_options(one)))
    if one.queue and (operation.before is None or fresh or operation.before.queue != one.queue):
        _set_queue(link, index, one)


def _set_queue(link: Netlink, index: int, one: Class) -> None:
    """The leaf: bfifo of 50 ms. Changing its limit keeps what waits in it."""
    limit = one.queue.to_bytes(4, "little")
    handle = (one.minor + 0x100) << 16
    link.change(NEWQDISC, CREATE | REPLACE, tcmsg(index, handle, OURS | one.minor, _LEAF, limit))


def _parents_first(operation: Operation) -> tuple[int, int]:
    one = operation.after or operation.before
    adds = operation.act is Act.ADD
    return ORDER[operation.act], one.minor if adds and one else 0


def _inverse(operation: Operation) -> Operation:
    acts = {Act.ADD: Act.DELETE, Act.DELETE: Act.ADD, Act.LOWER: Act.RAISE, Act.RAISE: Act.LOWER}
    return Operation(operation.interface, acts.get(operation.act, operation.act), operation.after, operation.before)


def _index(name: str) -> int:
    try:
        return socket.if_nametoindex(name)
    except OSError as error:
        raise ShapingError(f"{name}: no such interface here; check shaping: of the uplink in the inventory") from error
