"""Changes carried out in the kernel, all or nothing; and a state that was read before, made again.

There is one way back for every failure: read what is there now and turn it into what was read before. It needs no list
of what had been done, so it also undoes an operation whose answer was lost, half an operation, and half of itself.
The root is never deleted in an update: without it everything is open for 25 ms.
"""

import errno
from collections.abc import Callable, Mapping
from functools import partial

from shaping.drivers.linux import nft
from shaping.drivers.linux.classes import Class
from shaping.drivers.linux.commands import act_of, class_of
from shaping.drivers.linux.frames import BARE, FrameSize, size_table
from shaping.drivers.linux.handles import PARENT, UNMAPPED, class_handle, leaf_handle, root_handle
from shaping.drivers.linux.htb import class_options, root_options
from shaping.drivers.linux.kernel import OURS, Changes, State, index_of, read_interface
from shaping.drivers.linux.leaves import KINDS
from shaping.drivers.linux.nft import Interfaces
from shaping.drivers.linux.rtnetlink import (
    CREATE,
    DELCLASS,
    DELQDISC,
    EXCL,
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
from shaping.plan import ORDER, Act, SettingChange, differences, in_order

# An undo that is refused is begun again from a fresh reading; what is refused three times will be for ever.
_ATTEMPTS = 3


def apply(changes: Changes, interfaces: Interfaces, before: State) -> None:
    """Carry changes out; after any failure the state is ``before``, which was read just now.

    Raises ShapingError naming the change.
    """
    try:
        with opened() as link:
            _carry_all_out(link, changes)
        # The map comes last: a packet sent to a class that is not there yet would fall into the unmapped one.
        if changes.map is not None:
            nft.apply_script(nft.script(changes.map, interfaces, changes.sides))
    except (ShapingError, OSError) as error:
        restore(before, interfaces)
        raise ShapingError(f"{error}; the state before it was made again") from error


def restore(before: State, interfaces: Interfaces) -> None:
    """Make the state again that was read before. Raises ShapingError where three attempts did not."""
    reason: Exception | None = None
    for _ in range(_ATTEMPTS):
        try:
            _restore(before, interfaces)
            return
        except (ShapingError, OSError) as error:
            reason = error
    raise ShapingError(f"the state before could not be made again: {reason}; look at it with plan, or panic")


def panic(interfaces: Interfaces) -> list[str]:
    """Take everything of ours away, so that all passes unshaped; what was removed."""
    removed, refused = [], []
    with opened() as link:
        for name in (interfaces.transmit, interfaces.receive):
            try:
                removed += [name] if _remove_root(link, name) else []
            # The other interface and the map all the same: this is the command for when everything else has failed.
            except OSError as error:
                refused.append(f"{name}: {error.strerror or error}")
            # It names the interface itself.
            except ShapingError as error:
                refused.append(str(error))
    nft.remove(interfaces.family)
    if refused:
        raise ShapingError(f"not everything was opened: {'; '.join(refused)}")
    return removed


def _carry_all_out(link: Netlink, changes: Changes) -> None:
    for name in changes.filtered:
        _named(f"{name}: taking a foreign filter away", partial(_remove_filters, link, name))
    for name in changes.stale:
        _named(f"{name}: taking the root away", partial(_remove_root, link, name))
    for name in changes.fresh:
        _named(f"{name}: making HTB", partial(_make_root, link, name))
    for name in changes.resized:
        _named(f"{name}: counting {changes.frame.text}", partial(_set_frame, link, name, changes.frame))
    # Parents first among the adds: a child needs its parent, and HTB its default class.
    # The sort is stable: within parents and within children the safe order of the plan (decreases first) stays.
    ordered = sorted(changes.classes, key=_parents_first)
    indexes = {place: index_of(place) for place in {change.place for change in ordered}}
    for change in ordered:
        _named(f"{change.place}: {change.act} of {class_of(change).name}", partial(_carry_out, link, indexes, change))


def _named(what: str, work: Callable[[], object]) -> None:
    try:
        work()
    except OSError as error:
        hint = "; is CAP_NET_ADMIN there?" if error.errno == errno.EPERM else ""
        raise ShapingError(f"{what} was refused: {error.strerror or error}{hint}") from error


def _restore(before: State, interfaces: Interfaces) -> None:
    with opened() as link:
        for name in (interfaces.transmit, interfaces.receive):
            if name not in before.roots:
                _remove_root(link, name)
                continue
            index, now = index_of(name), read_interface(link, name)
            if not now.rooted:
                _make_root(link, name)
            if now.frame != (frame := before.frames.get(name, BARE)):
                _set_frame(link, name, frame)
            wanted = before.classes.get(name, {})
            for change in sorted(in_order(differences(name, now.classes, wanted, act_of)), key=_parents_first):
                _carry_out(link, {name: index}, change)
    if nft.listing(interfaces.family) != before.table:
        nft.restore(before.table, interfaces.family)


def _make_root(link: Netlink, name: str) -> None:
    # The default class must exist soon after: until then HTB lets unmapped packets pass unshaped, which is the safe
    # side.
    try:
        link.change(NEWQDISC, CREATE | EXCL, tcmsg(index_of(name), OURS, ROOT, "htb", root_options(UNMAPPED)))
    # EEXIST: a turn that was interrupted after this step, or another agent of ours; the classes are compared all the
    # same.
    except OSError as error:
        if error.errno != errno.EEXIST:
            raise


def _set_frame(link: Netlink, name: str, frame: FrameSize) -> None:
    # A change without options leaves HTB and all below it as they are; without a size table it takes that away.
    link.change(NEWQDISC, 0, tcmsg(index_of(name), OURS, ROOT, "htb") + size_table(frame))


def _remove_root(link: Netlink, name: str) -> bool:
    index = index_of(name)
    there = any(m.kind == "htb" and m.handle == OURS for m in link.dump(GETQDISC, index))
    if there:
        link.change(DELQDISC, 0, tcmsg(index, OURS, ROOT))
    return there


def _remove_filters(link: Netlink, name: str) -> None:
    index = index_of(name)
    for parent in (root_handle().number, class_handle(PARENT).number):
        if link.has_filters(index, parent):
            link.remove_filters(index, parent)


def _carry_out(link: Netlink, indexes: Mapping[str, int], change: SettingChange[Class]) -> None:
    index = indexes[change.place]
    # The kernel takes the leaf qdisc away with its class.
    if change.act in (Act.DELETE, Act.REPLACE) and change.before is not None:
        link.change(DELCLASS, 0, tcmsg(index, class_handle(change.before.minor).number))
    if change.after is None:
        return
    htb = change.after
    fresh = change.act in (Act.ADD, Act.REPLACE)
    # EXCL: a class that appeared since the plan was read is refused, not overwritten; and where CREATE is left out, one
    # that has vanished meanwhile.
    flags = CREATE | EXCL if fresh else 0
    parent, number = class_handle(htb.parent).number, class_handle(htb.minor).number
    link.change(NEWCLASS, flags, tcmsg(index, number, parent, "htb", class_options(htb)))
    before = None if fresh else change.before
    if htb.queue and (before is None or (before.leaf, before.queue, before.ceil) != (htb.leaf, htb.queue, htb.ceil)):
        _set_leaf(link, index, before, htb)


def _set_leaf(link: Netlink, index: int, before: Class | None, htb: Class) -> None:
    """What holds the packets of a class. Changing its limit keeps what waits in it; another kind begins empty."""
    parent, handle = class_handle(htb.minor).number, leaf_handle(htb.minor).number
    if before is not None and before.leaf != htb.leaf:
        # Under a number that is there the kernel takes no other kind (EINVAL). Without a number it is the kernel's own
        # default, which needs no taking away (ENOENT).
        try:
            link.change(DELQDISC, 0, tcmsg(index, 0, parent))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
    options = KINDS[htb.leaf].options(htb.queue, htb.ceil)
    link.change(NEWQDISC, CREATE | REPLACE, tcmsg(index, handle, parent, htb.leaf, options))


def _parents_first(change: SettingChange[Class]) -> tuple[int, int]:
    minor = class_of(change).minor
    # The inner class goes last where classes are deleted and comes first where they are added.
    if change.act is Act.DELETE:
        return ORDER[change.act], int(minor == PARENT)
    return ORDER[change.act], minor if change.act is Act.ADD else 0
