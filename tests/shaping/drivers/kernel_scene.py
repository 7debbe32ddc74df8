"""Run inside ``unshare --user --map-root-user --net``: two veth pairs, then what the test asks for, as JSON."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shaped_machine import interfaces

from inventory.admission import Direction
from inventory.generate import generate_city
from inventory.reading import parse_city, read_city
from shaping.drivers.base import Driver, Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.nft import Interfaces
from shaping.errors import ShapingError
from shaping.ledger import read_revision
from shaping.queues import Queue
from shaping.registry import driver_of

Queues = Sequence[Queue]


def main() -> None:
    state, story, ledgers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    interfaces()
    city = read_city("inventory/example/city.yaml")
    site = Site(city, "isp-utama", Path(state))
    wanted: list[Queues] = [read_revision(body, city, "isp-utama").queues for body in ledgers]
    print(json.dumps(STORIES[story](driver_of("linux", site), wanted)))


def turn(driver: Driver, queues: Queues) -> int:
    plan = driver.plan(queues)
    driver.apply(plan)
    return len(plan.operations) + len(plan.fresh) + plan.map_changes


def applied(driver: Driver, wanted: list[Queues]) -> Any:
    done = [turn(driver, queues) for queues in wanted]
    again = driver.plan(wanted[-1])
    reading = driver.read(wanted[-1])
    return {
        "done": done,
        "again": len(again.operations),
        "map": again.map_changes,
        "ceil": reading.queues["dinkes", "receive"].ceiling_bytes_per_second,
    }


def foreign(driver: Driver, wanted: list[Queues]) -> Any:
    subprocess.run(["tc", "qdisc", "add", "dev", "lan", "root", "handle", "1:", "htb"], check=True)
    try:
        turn(driver, wanted[0])
    except ShapingError as error:
        return str(error)
    return ""


def drifted(driver: Driver, wanted: list[Queues]) -> Any:
    turn(driver, wanted[0])
    rates = ["rate", "1mbit", "ceil", "1mbit"]
    command = ["tc", "class", "change", "dev", "lan", "parent", "1eb:1", "classid", "1eb:10", "htb", *rates]
    subprocess.run(command, check=True)
    plan = driver.plan(wanted[0])
    turn(driver, wanted[0])
    minors = [int(op.commands[0].split("classid 1eb:")[1].split()[0], 16) for op in plan.operations]
    return {"found": minors, "left": len(driver.plan(wanted[0]).operations)}


def overtaken(driver: Driver, wanted: list[Queues]) -> Any:
    """Between plan and apply somebody changes a class; then another plan is carried out than the one read last."""
    turn(driver, wanted[0])
    plan = driver.plan(wanted[1])
    command = "tc class change dev lan parent 1eb:1 classid 1eb:10 htb rate 1mbit ceil 1mbit"
    subprocess.run(command.split(), check=True)
    before, sentences = kernel.read(Interfaces("wan", "lan")), []
    for _ in range(2):
        try:
            driver.apply(plan)
        except ShapingError as error:
            sentences.append(str(error))
        driver.plan(wanted[0])
    after = kernel.read(Interfaces("wan", "lan"))
    return {"said": sentences, "untouched": after.settings == before.settings}


def panicked(driver: Driver, wanted: list[Queues]) -> Any:
    turn(driver, wanted[0])
    removed = driver.panic()
    left = kernel.read(Interfaces("wan", "lan"))
    return {"removed": sorted(removed), "classes": sum(map(len, left.classes.values())), "map": left.map is None}


def undone(driver: Driver, wanted: list[Queues]) -> Any:
    turn(driver, wanted[0])
    before = kernel.read(Interfaces("wan", "lan"))
    operations = len(driver.plan(wanted[1]).operations)
    turn(driver, wanted[1])
    between = kernel.read(Interfaces("wan", "lan"))
    count = driver.undo()
    after = kernel.read(Interfaces("wan", "lan"))
    return {
        "all": count == operations,
        "moved": between.classes != before.classes,
        "back": after.classes == before.classes,
    }


def many(_: Driver, wanted: list[Queues]) -> Any:
    city = parse_city(generate_city(500))
    driver = driver_of("linux", Site(city, "isp-1", Path(sys.argv[1])))
    ways: tuple[Direction, ...] = ("receive", "transmit")
    queues = [Queue(opd.code, way, 100_000, 200_000) for opd in city.opds for way in ways]
    turn(driver, queues)
    return {"left": len(driver.plan(queues).operations), "there": len(driver.read(queues).queues)}


STORIES = {
    "many": many,
    "applied": applied,
    "foreign": foreign,
    "drifted": drifted,
    "overtaken": overtaken,
    "panicked": panicked,
    "undone": undone,
}

if __name__ == "__main__":
    main()
