"""Run inside ``unshare --user --map-root-user --net``: kill -9 at each operation of an apply, as JSON.

For each operation a child is killed right after it. Then one of two comes: an agent that goes on, or the watchdog.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from shaped_machine import interfaces

from inventory.reading import read_city
from shaping.drivers.base import Site
from shaping.drivers.linux import kernel, nft, rtnetlink
from shaping.drivers.linux.changes import changes_between
from shaping.drivers.linux.machine import LinuxDriver
from shaping.drivers.linux.nft import Interfaces
from shaping.drivers.linux.owners import Map
from shaping.queues import Queue

PLACES = Interfaces("wan", "lan")
WAYS: tuple[Any, ...] = ("receive", "transmit")


def main() -> None:
    interfaces()
    state = Path(sys.argv[1])
    before = [Queue("dinkes", way, 40_000, 100_000) for way in WAYS]
    after = [Queue("dinkes", way, 40_000, 300_000) for way in WAYS] + [
        Queue("rsud", way, 40_000, 90_000) for way in WAYS
    ]
    settled(made(state), before)
    print(json.dumps({"onward": rounds(state, before, after, True), "back": rounds(state, before, after, False)}))


def made(state: Path) -> LinuxDriver:
    return LinuxDriver(Site(read_city("inventory/example/city.yaml"), "isp-utama", state))


def settled(driver: LinuxDriver, wanted: list[Queue]) -> None:
    plan = driver.plan(wanted)
    if not plan.empty:
        driver.apply(plan)
    if driver.unconfirmed_seconds() is not None:
        driver.confirm(plan, "a test", 0.0)


def rounds(state: Path, before: list[Queue], after: list[Queue], onward: bool) -> dict[str, Any]:
    """How many moments were tried, and at which the kernel was not as it should be afterwards."""
    wrong, place = [], 0
    while killed_at(state, after, place):
        driver = made(state)
        if onward:
            settled(driver, after)
            if not driver.plan(after).empty or driver.unconfirmed_seconds() is not None:
                wrong.append(f"{place}: the next agent did not bring it to its end")
        else:
            if driver.unconfirmed_seconds() is None:
                wrong.append(f"{place}: nothing says that it waits")
            driver.undo()
        origin = driver.undo() if onward else 0
        now = kernel.read(PLACES)
        if (
            changes_between(now, ORIGIN.classes, ORIGIN.map or Map({}), ORIGIN.table).classes
            or now.table != ORIGIN.table
        ):
            wrong.append(f"{place}: not as before ({origin})")
        settled(made(state), before)
        place += 1
    driver = made(state)
    settled(driver, before)
    return {"tried": place, "wrong": wrong[:5]}


def killed_at(state: Path, wanted: list[Queue], place: int) -> bool:
    """An apply in a child that is killed right after that operation; False where it has no so many."""
    global ORIGIN
    ORIGIN = kernel.read(PLACES)
    child = os.fork()
    if child == 0:
        planted(place)
        driver = made(state)
        driver.apply(driver.plan(wanted))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def planted(place: int) -> None:
    counted = iter(range(10**6))
    real, real_script = rtnetlink.Netlink.change, nft.apply_script

    def ended() -> None:
        if next(counted) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    def change(link: rtnetlink.Netlink, message: int, flags: int, body: bytes) -> None:
        real(link, message, flags, body)
        ended()

    def script(text: str) -> None:
        real_script(text)
        ended()

    rtnetlink.Netlink.change = change  # type: ignore[method-assign, assignment]  # Planted for the length of a test.
    nft.apply_script = script


ORIGIN = kernel.State({}, {}, None)

if __name__ == "__main__":
    main()
