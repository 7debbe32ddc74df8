"""Run inside ``unshare --user --map-root-user --net``: an apply that the kernel refuses at each operation, as JSON.

For each kind of operation the first, the middle and the last of it fail (with few offices: every one), once refused and
once done with its answer lost. What counts is the kernel's state afterwards: it must be the state before.
"""

import errno
import itertools
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from kernel_refusals import NOTHING, PLACES, refusing
from shaped_machine import interfaces

from inventory.admission import DIRECTIONS
from inventory.generate import generate_city
from inventory.reading import parse_city
from shaping.drivers.base import Site
from shaping.drivers.linux import kernel, rtnetlink
from shaping.drivers.linux.changes import changes_between
from shaping.drivers.linux.machine import LinuxDriver
from shaping.errors import ShapingError
from shaping.queues import Queue

ERRORS = (errno.EBUSY, errno.ENOMEM, errno.EINVAL, errno.ENOBUFS, errno.EEXIST, errno.ENOENT)
# Up to so many offices every single operation is tried; then three of each kind; then the last of each.
ALL_UP_TO, THREE_UP_TO = 12, 220
Refusal = Callable[[Callable[[], None], int], None]


def main() -> None:
    interfaces()
    print(json.dumps(tried(int(sys.argv[2]), Path(sys.argv[1]))))


def tried(offices: int, state: Path) -> dict[str, Any]:
    text = generate_city(max(offices + 1, 2))
    # What the line adds to a frame is an operation of its own, on each interface.
    city = parse_city(text.replace("transmit_interface:", "overhead_bytes: 4, transmit_interface:"))
    assert city.uplink("isp-1").shaping != parse_city(text).uplink("isp-1").shaping
    driver = LinuxDriver(Site(city, "isp-1", state))
    codes = [opd.code for opd in city.opds]
    before, after = queues(codes[:offices]), changed(codes, offices)
    # Which leaf this kernel has is asked once, before any operation that is refused.
    driver.read(())
    cold = refused_everywhere(driver, [], before, offices)
    converge(driver, before)
    one = [replace(row, ceiling_bytes_per_second=row.ceiling_bytes_per_second + 50_000) for row in before[:1]]
    touched = len(driver.plan([*one, *before[1:]]).operations)
    warm = refused_everywhere(driver, before, after, offices)
    converge(driver, after)
    left = driver.plan(after)
    removed = sorted(driver.panic())
    return {
        "cold": cold,
        "warm": warm,
        "left": len(left.operations) + left.map_changes,
        "touched": touched,
        "removed": removed,
    }


def queues(codes: list[str]) -> list[Queue]:
    """The second office is slow, so that a raise of it is delete and add."""
    return [
        Queue(code, way, 40_000, 100_000 if place == 1 else 200_000 + place)
        for place, code in enumerate(codes)
        for way in DIRECTIONS
    ]


def changed(codes: list[str], offices: int) -> list[Queue]:
    """Every kind of change: the first lower, the second anew, the third higher, the last gone, another one there."""
    rows = {row.key: row for row in queues(codes[:offices])}
    for place, ceiling in ((0, 150_000), (1, 300_000), (2, 400_000)):
        for way in DIRECTIONS if place < offices else ():
            rows[codes[place], way] = replace(rows[codes[place], way], ceiling_bytes_per_second=ceiling)
    if offices > len("abc"):
        for way in DIRECTIONS:
            del rows[codes[offices - 1], way]
    return [*rows.values(), *(Queue(codes[offices], way, 40_000, 90_000) for way in DIRECTIONS)]


def converge(driver: LinuxDriver, wanted: list[Queue]) -> None:
    plan = driver.plan(wanted)
    if not plan.empty:
        driver.apply(plan)
        driver.confirm(plan, "a test", 0.0)


def refused_everywhere(driver: LinuxDriver, before: list[Queue], after: list[Queue], offices: int) -> dict[str, Any]:
    """What was tried by kind of operation, and what went wrong: a state that is another, an apply that went through."""
    kinds = recorded(driver, after)
    driver.undo()
    chosen = [*places_of(kinds, offices)]
    wrong: list[str] = []
    origin = kernel.read(PLACES)
    for (place, how), number in zip(itertools.product(chosen, ("refused", "lost")), itertools.cycle(ERRORS)):
        try:
            with refusing(place, how, number):
                driver.apply(driver.plan(after))
            # EEXIST of a root that is already there is the one error that means "done".
            if not (kinds[place] == "root" and number == errno.EEXIST):
                wrong.append(f"{kinds[place]} {how} {errno.errorcode[number]}: went through")
            driver.undo()
        except ShapingError as error:
            if "the state before it was made again" not in str(error):
                wrong.append(str(error))
        if difference := other(kernel.read(PLACES), origin):
            wrong.append(f"{kinds[place]} {place} {how} {errno.errorcode[number]}: {difference}")
    return {"kinds": sorted(set(kinds)), "tried": 2 * len(chosen), "wrong": wrong[:5]}


def places_of(kinds: list[str], offices: int) -> Iterator[int]:
    if offices <= ALL_UP_TO:
        yield from range(len(kinds))
        return
    for kind in sorted(set(kinds)):
        own = [place for place, one in enumerate(kinds) if one == kind]
        yield from sorted({own[0], own[len(own) // 2], own[-1]}) if offices <= THREE_UP_TO else own[-1:]


def other(now: kernel.State, origin: kernel.State) -> str:
    """What differs, '' for nothing: classes as the kernel rounds them, the table to the letter, the roots."""
    changes = changes_between(now, origin.classes, origin.map or NOTHING, origin.table)
    if changes.classes:
        return f"{len(changes.classes)} classes differ"
    return "" if (now.table, now.roots) == (origin.table, origin.roots) else "table or root differ"


def kind_of(message: int, flags: int) -> str:
    names = {
        rtnetlink.NEWQDISC: "leaf" if flags & rtnetlink.REPLACE else "root" if flags & rtnetlink.CREATE else "frame",
        rtnetlink.NEWCLASS: "add" if flags & rtnetlink.CREATE else "change",
        rtnetlink.DELCLASS: "delete",
    }
    return names.get(message, str(message))


def recorded(driver: LinuxDriver, wanted: list[Queue]) -> list[str]:
    """The kinds of operations of an apply, in their order; the map last."""
    kinds: list[str] = []
    real = rtnetlink.Netlink.change

    def change(link: rtnetlink.Netlink, message: int, flags: int, body: bytes) -> None:
        kinds.append(kind_of(message, flags))
        real(link, message, flags, body)

    rtnetlink.Netlink.change = change  # type: ignore[method-assign, assignment]  # Planted for the length of a test.
    plan = driver.plan(wanted)
    driver.apply(plan)
    rtnetlink.Netlink.change = real  # type: ignore[method-assign]  # Planted for the length of a test.
    return [*kinds, "map"] if plan.map_changes else kinds


if __name__ == "__main__":
    main()
