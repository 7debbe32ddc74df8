"""Run inside ``unshare --user --map-root-user --net``: the linux driver between ports of a bridge, as JSON.

Also with no other right than CAP_NET_ADMIN. ``python bridge_scene.py STATE STORY``.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from escape_scene import INTERNET, MANAGED, NOBODY, OFFICE, classes_of, ready_router, run
from ground_scene import converge, driver, output, queues

from inventory.admission import DIRECTIONS
from shaping.errors import ShapingError
from shaping.queues import Queue


def bridged(state: Path) -> Any:
    """The same driver between two ports of a bridge: where frames go, a spoofed one too, and an apply undone."""
    make_bridge("wan", "lan")
    machine = driver(state)
    both = [*queues(), *(Queue("rsud", way, 125_000, 2_500_000) for way in DIRECTIONS)]
    converge(machine, both)
    told = {
        "an office's": classes_of("lan", OFFICE, INTERNET),
        "towards the office": classes_of("wan", INTERNET, OFFICE, out="lan"),
        "nobody's": classes_of("lan", NOBODY, INTERNET),
        "a management address": classes_of("lan", MANAGED, INTERNET),
    }
    found = machine.read(both)
    sums = {"stray": sum(found.stray_bytes.values()), "faults": list(found.faults), "in force": len(found.queues)}
    plan = machine.plan([replace(queue, ceiling_bytes_per_second=1_250_000) for queue in both])
    machine.apply(plan)
    machine.undo()
    undone = machine.plan(both).empty
    tables = output("nft", "list", "tables").split("\n")
    opened = list(machine.panic())
    return {
        "classes": told,
        **sums,
        "undone": undone,
        "tables": tables,
        "opened": opened,
        "left": output("nft", "list", "tables"),
    }


def half_bridged(state: Path) -> Any:
    """A router that becomes a bridge, and one port of a bridge alone: refused, and still opened by panic."""
    machine = driver(state)
    converge(machine, queues())
    make_bridge("lan")
    try:
        machine.plan(queues())
    except ShapingError as error:
        said = str(error)
    run("ip", "link", "set", "wan", "master", "br0")
    plan = converge(machine, queues())
    tables = output("nft", "list", "tables").split("\n")
    run("ip", "link", "set", "wan", "nomaster")
    return {"said": said, "map": plan.map_changes, "tables": tables, "opened": sorted(machine.panic())}


def make_bridge(*ports: str) -> None:
    # The ports' own address would make the frames of the tests the bridge's own.
    run("ip", "link", "add", "br0", "address", "02:00:00:00:00:09", "type", "bridge")
    Path("/proc/sys/net/ipv6/conf/br0/disable_ipv6").write_text("1")
    run("ip", "link", "set", "br0", "up")
    for number, port in enumerate(ports):
        run("ip", "link", "set", port, "address", f"02:00:00:00:01:0{number}")
        run("ip", "link", "set", port, "master", "br0")


def rights(state: Path) -> Any:
    """With CAP_NET_ADMIN and nothing else: applied, read, changed, undone, opened."""
    line = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("CapEff"))
    machine = driver(state, "overhead_bytes: 4, ")
    converge(machine, queues())
    converge(machine, queues(ceiling=1_250_000))
    machine.undo()
    found = machine.read(queues())
    return {
        "rights": line.split()[1],
        "faults": list(found.faults),
        "in force": len(found.queues),
        "opened": sorted(machine.panic()),
    }


STORIES: dict[str, Callable[[Path], Any]] = {"bridged": bridged, "half_bridged": half_bridged, "rights": rights}

if __name__ == "__main__":
    ready_router()
    print(json.dumps(STORIES[sys.argv[2]](Path(sys.argv[1]))))
