"""Run inside ``unshare --user --map-root-user --net``: somebody's hand on every part of what we made, as JSON.

After each the driver is asked whether the office's rate is in force, converges, and is asked again.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from shaped_machine import interfaces

from inventory.admission import DIRECTIONS
from inventory.reading import read_city
from shaping.drivers.base import Site
from shaping.drivers.linux import nft
from shaping.drivers.linux.machine import LinuxDriver
from shaping.queues import Queue

HTB = "htb rate 1mbit ceil 20mbit quantum 1514"
SAME = "htb rate 625000bps ceil 2500000bps burst 5000 cburst 5000 quantum 6250"
TABLE = "inet lebarpita"
# What somebody does, each a list of commands of tc and nft.
HANDS = {
    "a rate": [f"tc class change dev lan parent 1eb:1 classid 1eb:10 {HTB}"],
    "a priority among borrowers": ["tc class change dev lan parent 1eb:1 classid 1eb:10 {same} prio 7"],
    "a class below the root": [
        "tc class del dev lan classid 1eb:10",
        f"tc class add dev lan parent 1eb: classid 1eb:10 {HTB}",
    ],
    "another leaf": ["tc qdisc replace dev lan parent 1eb:10 handle 77: pfifo limit 3"],
    "another leaf under our number": [
        "tc qdisc del dev lan parent 1eb:10",
        "tc qdisc add dev lan parent 1eb:10 handle 1010: pfifo limit 3",
    ],
    "a class of a stranger": [f"tc class add dev lan parent 1eb:1 classid 1eb:999 {HTB}"],
    "a filter": ["tc filter add dev lan parent 1eb: protocol all prio 1 u32 match u32 0 0 classid 1eb:3"],
    "another default": [
        "tc qdisc del dev lan root",
        "tc qdisc add dev lan root handle 1eb: htb default 3",
        "tc class add dev lan parent 1eb: classid 1eb:1 htb rate 200mbit",
    ],
    "no root": ["tc qdisc del dev lan root"],
    "an office moved to the management": [
        f"nft delete element {TABLE} opds4 {{ 10.10.1.0/24 }}",
        f"nft add element {TABLE} opds4 {{ 10.10.1.0/24 : 1eb:3 }}",
    ],
    "an address more of the management": [f"nft add element {TABLE} managed4 {{ 10.10.1.7 : 1eb:3 }}"],
    "a rule before ours": [f"nft insert rule {TABLE} assign accept"],
    "a rule exchanged for another": [
        f"nft flush chain {TABLE} from_offices",
        *[f"nft add rule {TABLE} from_offices meta priority set 1eb:3"] * 4,
    ],
    "another priority of the hook": ["listing s/priority filter/priority 300/"],
    "another policy": ["listing s/policy accept/policy drop/"],
    "another hook": ["listing s/hook postrouting/hook output/"],
    "a table put to sleep": [f"nft add table {TABLE} {{ flags dormant; }}"],
    "no table": [f"nft delete table {TABLE}"],
}


def main() -> None:
    interfaces()
    site = Site(read_city("inventory/example/city.yaml"), "isp-utama", Path(sys.argv[1]))
    driver = LinuxDriver(site)
    wanted = [Queue("dinkes", way, 625_000, 2_500_000) for way in DIRECTIONS]
    converge(driver, wanted)
    print(json.dumps({name: touched(driver, wanted, commands) for name, commands in HANDS.items()}))


def converge(driver: LinuxDriver, wanted: list[Queue]) -> None:
    plan = driver.plan(wanted)
    if not plan.empty:
        driver.apply(plan)


def done(command: str) -> None:
    """A command, or the whole table with one word of it exchanged."""
    if command.startswith("listing "):
        _, old, new, _ = command.split("/")
        table = nft.listing()
        assert table is not None and old in table
        nft.restore(table.replace(old, new))
    else:
        subprocess.run(command.replace("{same}", SAME).split(), check=True)


def touched(driver: LinuxDriver, wanted: list[Queue], commands: list[str]) -> dict[str, Any]:
    """Whether it is seen, by the plan and by the reading, and whether it is mended by one apply."""
    # The events of our own applies are not what is looked for.
    while driver.wait(0.2):
        pass
    for command in commands:
        done(command)
    heard = driver.wait(5.0)
    seen = not driver.plan(wanted).empty
    found = driver.read(wanted)
    right = all(found.queues.get(queue.key) == queue for queue in wanted) and not found.faults
    converge(driver, wanted)
    after = driver.read(wanted)
    mended = driver.plan(wanted).empty and not after.faults and len(after.queues) == len(wanted)
    return {"heard": heard, "seen": seen, "right": right, "mended": mended}


if __name__ == "__main__":
    main()
