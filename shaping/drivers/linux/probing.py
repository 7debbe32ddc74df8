"""Which leaf this kernel has: each kind is tried on a throw-away interface, and the first that reads back is it.

Not in a namespace of its own: making one needs CAP_SYS_ADMIN, which the agent does not have. The interface is never up,
no packet meets it, and it is gone before the answer. What was found holds until the next boot.
"""

import errno
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shaping.drivers.linux.leaves import KINDS, LAST
from shaping.drivers.linux.rtnetlink import CREATE, GETQDISC, NEWQDISC, REPLACE, ROOT, Netlink, opened, tcmsg
from shaping.errors import ShapingError
from shaping.state import load, save

# The slowest class there is and one of 10 Gbit/s, bytes per second: a limit that only grows in one direction shows.
_CEILINGS = (32_000, 1_250_000_000)
# Each kind has a number of its own: the kernel takes no other kind under a number that is there.
_FIRST_HANDLE = 0x1000
# veth first: unlike dummy and ifb, its module makes no interface of its own when it is loaded.
_INTERFACES = ("veth", "dummy", "ifb")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Probe:
    """The leaf that is used, and why each better one is not: the errno's name, or that it read back otherwise."""

    leaf: str = LAST
    refusals: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """For the plan and the proof."""
        why = ", ".join(f"{kind} {reason}" for kind, reason in self.refusals.items())
        return f"{self.leaf} below each class" + (f"; not in this kernel: {why}" if why else "")


def known_leaf(file: Path) -> Probe:
    """What was found in this boot, else tried now and kept. Raises ShapingError without CAP_NET_ADMIN."""
    boot = _BOOT.read_text(encoding="ascii").strip()
    body: Any = load(file)
    if isinstance(body, dict) and body.get("boot") == boot and body.get("leaf") in KINDS:
        refusals = body.get("refusals")
        return Probe(body["leaf"], dict(refusals) if isinstance(refusals, dict) else {})
    probe = tried()
    save(file, {"boot": boot, **asdict(probe)})
    return probe


def tried(kinds: Sequence[str] = tuple(KINDS)) -> Probe:
    """Try each kind in turn. Raises ShapingError where this process may not change the network."""
    name = f"lbp{os.getpid()}"
    refusals: dict[str, str] = {}
    with opened() as link:
        index = _made(link, name)
        try:
            for number, kind in enumerate(kinds, _FIRST_HANDLE):
                refused = _refusal(link, index, number << 16, kind)
                if not refused:
                    return Probe(kind, refusals)
                refusals[kind] = refused
        finally:
            link.remove_interface(index)
    return Probe(LAST, refusals)


def _made(link: Netlink, name: str) -> int:
    reason = OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
    for kind in _INTERFACES:
        try:
            link.add_interface(name, kind)
            return socket.if_nametoindex(name)
        except OSError as error:
            reason = error
    hint = "; is CAP_NET_ADMIN there?" if reason.errno == errno.EPERM else ""
    raise ShapingError(f"{name}: making an interface to try queues on was refused: {reason.strerror}{hint}")


def _refusal(link: Netlink, index: int, handle: int, kind: str) -> str:
    """Why that kind is not used; '' where it took both limits and told them as they were sent."""
    leaf = KINDS[kind]
    for ceiling in _CEILINGS:
        limit = leaf.limit(ceiling)
        try:
            body = tcmsg(index, handle, ROOT, kind, leaf.options(limit, ceiling))
            link.change(NEWQDISC, CREATE | REPLACE, body)
        except OSError as error:
            if error.errno == errno.EPERM:
                raise ShapingError("trying queues was refused; is CAP_NET_ADMIN there?") from error
            return errno.errorcode.get(error.errno or 0, str(error))
        limits = [leaf.read(m.options) for m in link.dump(GETQDISC, index) if (m.handle, m.kind) == (handle, kind)]
        if limits != [limit]:
            return f"tells {limits} for a limit of {limit}"
    return ""
