"""The commands that a technician types: an OPD's rates before and after in, lines of the device's family out. Pure.

The family is the device's ``kind:`` in the city file. Where lebarpita knows no commands of it, the figures stand there
alone and say so. None of these texts was run on a router of ours; the technician reads them before typing.
"""

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from inventory.admission import Direction
from inventory.model import Network
from inventory.rates import format_rate
from shaping.queues import Queue

Lines = tuple[str, ...]
Sides = Mapping[Direction, Queue]

# IOS takes ``bandwidth`` in whole kbit/s.
_KILO = 1_000


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a technician does for one OPD: its prefixes, the two interfaces, its queues before and after."""

    opd: str
    kind: str
    device: str
    prefixes: Sequence[Network]
    places: Mapping[Direction, str]
    before: Sides
    after: Sides

    @property
    def targets(self) -> str:
        """The OPD's prefixes, comma between."""
        return ",".join(str(prefix) for prefix in self.prefixes)


def commands(work: Work) -> Lines:
    """The lines for this OPD on this kind of device."""
    return FAMILIES[work.kind](work)


def knows(kind: str) -> bool:
    """True where the commands of that kind of device are known; else ``commands`` gives figures."""
    return FAMILIES[kind] is not _figures


def _routeros(work: Work) -> Lines:
    """One simple queue per OPD; its pairs are upload/download seen from the target (MikroTik, Queues)."""
    # Our own prefix: RouterOS finds queues by name, and a technician's own may be called like the OPD.
    name = f'"lebarpita-{work.opd}"'
    if not work.after:
        return (f"/queue simple remove [find name={name}]",)
    pairs = " ".join(
        f"{word}={_bits(work.after['transmit'], part)}/{_bits(work.after['receive'], part)}"
        for word, part in (("limit-at", "guaranteed"), ("max-limit", "ceiling"))
    )
    if work.before:
        return (f"/queue simple set [find name={name}] target={work.targets} {pairs}",)
    return (f'/queue simple add name={name} target={work.targets} {pairs} comment="lebarpita"',)


def _linux(work: Work) -> Lines:
    """HTB classes; which number an OPD's class has is known on that machine only."""
    lines = [f"# CLASS: the class of {work.opd} ({work.targets}) on {work.device}; new ones need a filter to it too"]
    for direction in sorted({*work.before, *work.after}):
        place = f"dev {shlex.quote(work.places[direction])}"
        queue = work.after.get(direction)
        if queue is None:
            lines.append(f"tc class del {place} classid 1:CLASS")
        else:
            rates = f"rate {_bits(queue, 'guaranteed')}bit ceil {_bits(queue, 'ceiling')}bit"
            # "replace" makes or changes, so the line is right whether the class is there or not.
            lines.append(f"tc class replace {place} parent 1: classid 1:CLASS htb {rates}")
    return tuple(lines)


def _cisco(work: Work) -> Lines:
    """A class of a policy map each way: ``bandwidth`` in kbit/s guarantees, ``police`` in bit/s caps (IOS, MQC)."""
    lines = [f"! class {work.opd} matches {work.targets}"]
    for direction in sorted({*work.before, *work.after}):
        lines.append(f"policy-map lebarpita-{direction}  ! service-policy output on {work.places[direction]}")
        queue = work.after.get(direction)
        if queue is None:
            lines.append(f" no class {work.opd}")
        else:
            guaranteed, ceiling = _bits(queue, "guaranteed") // _KILO, _bits(queue, "ceiling")
            police = f"police cir {ceiling} conform-action transmit exceed-action drop"
            lines += [f" class {work.opd}", f"  bandwidth {guaranteed}", f"  {police}"]
    return tuple(lines)


def _figures(work: Work) -> Lines:
    """What must be set, in words: for a device whose commands are not known."""
    lines = []
    for direction in sorted({*work.before, *work.after}):
        where = f"{work.device} {work.places[direction]}: {work.opd} ({work.targets}) {direction}"
        queue = work.after.get(direction)
        if queue is None:
            lines.append(f"{where}: remove its limit")
        else:
            sides = (f"{format_rate(getattr(queue, key))} ({8 * getattr(queue, key)} bit/s)" for key in _KEYS.values())
            lines.append(f"{where}: guarantee {' and at most '.join(sides)}")
    return tuple(lines)


_KEYS = {"guaranteed": "guaranteed_bytes_per_second", "ceiling": "ceiling_bytes_per_second"}


def _bits(queue: Queue, part: str) -> int:
    """Bit/s, as every device wants it."""
    return 8 * int(queue.rates[part])


# Every ``kind:`` of the inventory.
FAMILIES: Mapping[str, Callable[[Work], Lines]] = {
    "routeros": _routeros,
    "linux": _linux,
    "cisco": _cisco,
    "router": _figures,
    "switch": _figures,
}
