"""Every handle that this driver gives to a qdisc or a class: OPDs in, numbers out that cannot meet each other. Pure.

A qdisc's handle has a major of 16 bits that is unique on its interface. Ours are of three kinds, each in a range of its
own, so that no arithmetic has to be right for them not to collide: our root (one number), leaves (``LEAF_OFFSET`` and
the number of their class), and what the kernel numbers itself (from ``_KERNEL_FIRST`` on).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shaping.errors import ShapingError

# Our root's handle, 1eb: - for "LEBarpita", and unlike the 1: that everybody else takes. What has it is ours.
MAJOR = 0x1EB

# Class numbers below FIRST are our own: the whole line, addresses of nobody, the management network, and addresses that
# came from where they do not live. OPDs begin at FIRST.
PARENT, UNMAPPED, MANAGEMENT, STRAY, FIRST = 0x1, 0x2, 0x3, 0x4, 0x10

# Leaves stand above the root's number and above the 1: to f: that people type.
LEAF_OFFSET = 0x1000

# net/sched/sch_api.c, qdisc_alloc_handle: a qdisc without a number gets one from 8000: on.
_KERNEL_FIRST = 0x8000

# The highest class number whose leaf stays below the kernel's own: 28,656 OPDs on one uplink.
HIGHEST = _KERNEL_FIRST - LEAF_OFFSET - 1


@dataclass(frozen=True)
class Handle:
    """``major:minor`` as the kernel takes it (linux/pkt_sched.h, TC_H_MAJ and TC_H_MIN)."""

    major: int
    minor: int = 0

    @property
    def number(self) -> int:
        """Both halves in 32 bits."""
        return self.major << 16 | self.minor


def root_handle() -> Handle:
    """The qdisc on the interface itself."""
    return Handle(MAJOR)


def class_handle(minor: int) -> Handle:
    """A class of ours; 0 is the root, as a class's parent."""
    return Handle(MAJOR, minor)


def leaf_handle(minor: int) -> Handle:
    """The qdisc below a class. Raises ValueError for a class number that has no leaf."""
    if not UNMAPPED <= minor <= HIGHEST:
        raise ValueError(f"class {minor:x} has no leaf: leaves belong to {UNMAPPED:x} to {HIGHEST:x}")
    return Handle(LEAF_OFFSET + minor)


def assign_minors(earlier: Mapping[str, int], opds: set[str]) -> dict[str, int]:
    """A class number for every OPD: earlier ones keep theirs, new ones get the lowest free. Raises ShapingError.

    What ``earlier`` says twice or out of range is not believed: two OPDs of one number would share one rate.
    """
    minors: dict[str, int] = {}
    owned: set[int] = set()
    for opd, minor in sorted(earlier.items()):
        if opd in opds and _possible(minor) and minor not in owned:
            minors[opd] = minor
            owned.add(minor)
    # Also the numbers of those that left: a class that is still there under the old name must not be taken for the new.
    used = {minor for minor in earlier.values() if _possible(minor)}
    free = (minor for minor in range(FIRST, HIGHEST + 1) if minor not in used)
    for opd in sorted(opds - minors.keys()):
        if (lowest := next(free, None)) is None:
            raise ShapingError(f"{len(opds)} OPDs on one uplink are more classes than the kernel can number; split it")
        minors[opd] = lowest
    return minors


def _possible(minor: object) -> bool:
    # The file is read from disk: whatever a person wrote there must not become a handle. JSON's true is an int, too.
    return isinstance(minor, int) and not isinstance(minor, bool) and FIRST <= minor <= HIGHEST
