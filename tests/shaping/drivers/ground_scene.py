"""Run inside ``unshare --user --map-root-user --net``: what the classes stand on in this kernel, as JSON.

The leaf that is there, another kind of leaf exchanged for it, the size of frames, rates above 2^32 bytes a second, and
what this kernel accepts in silence. ``python ground_scene.py STATE STORY``.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import escape_scene
from escape_scene import INTERNET, OFFICE, PACKETS, frame, raw, ready_router

from inventory.admission import DIRECTIONS
from inventory.model import City
from inventory.reading import parse_city
from shaping.drivers.base import Site
from shaping.drivers.linux import classes, kernel, leaves, operations, probing, rtnetlink
from shaping.drivers.linux import machine as machine_module
from shaping.drivers.linux.frames import FrameSize, size_table
from shaping.drivers.linux.leaves import LeafKind
from shaping.drivers.linux.machine import LinuxDriver
from shaping.drivers.linux.nft import Interfaces
from shaping.plan import Plan
from shaping.queues import Queue

PLACES, OPD = Interfaces("wan", "lan"), 0x10
EXAMPLE = Path("inventory/example/city.yaml").read_text(encoding="utf-8")
INTERFACES = "transmit_interface: wan, "
# A leaf that this kernel has and the driver does not know: limits in packets (struct tc_fifo_qopt).
THEIRS = LeafKind(lambda ceil: 100, lambda limit, ceil: limit.to_bytes(4, sys.byteorder), leaves.KINDS["bfifo"].read)


def city(more: str = "", capacity: str = "200 Mbit/s") -> City:
    text = EXAMPLE.replace("200 Mbit/s", capacity)
    assert INTERFACES in text
    return parse_city(text.replace(INTERFACES, INTERFACES + more))


def driver(state: Path, more: str = "", capacity: str = "200 Mbit/s") -> LinuxDriver:
    return LinuxDriver(Site(city(more, capacity), "isp-utama", state))


def queues(guaranteed: int = 125_000, ceiling: int = 2_500_000) -> list[Queue]:
    return [Queue("dinkes", way, guaranteed, ceiling) for way in DIRECTIONS]


def converge(machine: LinuxDriver, wanted: list[Queue]) -> Plan:
    plan = machine.plan(wanted)
    if not plan.empty:
        machine.apply(plan)
        machine.confirm(plan, "a test", 0.0)
    assert machine.plan(wanted).empty
    return plan


def leaf(state: Path) -> Any:
    """What this kernel has, asked of it by tc; and that nothing is left of the trial."""
    has = {kind: not tc("qdisc", "replace", "dev", "noc", "root", kind, fail=True) for kind in leaves.KINDS}
    machine = driver(state)
    converge(machine, queues())
    interfaces = [row["ifname"] for row in json.loads(output("ip", "-j", "link"))]
    counted = machine.read(queues()).evidence["linux"]
    return {"has": has, "evidence": counted, "left": [name for name in interfaces if name.startswith("lbp")]}


def exchanged(state: Path) -> Any:
    """A leaf of another kind under our own number becomes ours, and comes back by an undo."""
    leaves.KINDS = {**leaves.KINDS, "pfifo": THEIRS}  # Planted for the length of a scene.
    for place in (kernel, operations, classes):
        place.KINDS = leaves.KINDS  # type: ignore[attr-defined]  # As above.
    known = probing.known_leaf
    machine = driver(state)
    machine_module.known_leaf = lambda file: probing.Probe("pfifo")  # type: ignore[attr-defined]  # As above.
    converge(machine, queues())
    before = leaf_kinds()
    machine_module.known_leaf = known  # type: ignore[attr-defined]  # As above.
    plan = converge(machine, queues())
    after = leaf_kinds()
    machine.undo()
    return {"before": before, "after": after, "operations": len(plan.operations), "undone": leaf_kinds()}


def leaf_kinds() -> list[str]:
    return sorted({htb.leaf for htb in kernel.read(PLACES).classes["lan"].values() if htb.leaf})


def overhead(state: Path) -> Any:
    """The same frames counted by the class: bare, with a tag, small ones filled up, and bare again."""
    told = {}
    for name, more in (
        ("bare", ""),
        ("tagged", "overhead_bytes: 4, "),
        ("filled", "overhead_bytes: 8, smallest_frame_bytes: 84, "),
        ("bare again", ""),
    ):
        machine = driver(state, more)
        plan = converge(machine, queues())
        table = machine.read(queues())
        told[name] = {
            "bytes": [counted(18), counted(1200)],
            "first": list(plan.fresh),
            "classes": len(plan.operations),
            "frames": table.evidence["linux"]["frames"],
        }
    return told


def counted(payload: int) -> int:
    """What the office's class counted of one frame of 42 bytes and so many more."""
    escape_scene.PAYLOAD = payload
    packet = frame(OFFICE, INTERNET)
    before = kernel.read_counts(PLACES)["wan"][OPD]
    with raw("lan-far") as link:
        for _ in range(PACKETS):
            link.send(packet)
    deadline = time.monotonic() + 180
    while (after := kernel.read_counts(PLACES)["wan"][OPD]).packets < before.packets + PACKETS:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return (after.bytes - before.bytes) // PACKETS


def overhead_by_hand(state: Path) -> Any:
    """Somebody takes the size table away, or makes another: seen, told, mended; undone with the rest."""
    machine = driver(state, "overhead_bytes: 4, ")
    converge(machine, queues())
    theirs = size_table(FrameSize(30, 64))
    with rtnetlink.opened() as link:
        root = rtnetlink.tcmsg(kernel.index_of("lan"), kernel.OURS, rtnetlink.ROOT, "htb")
        link.change(rtnetlink.NEWQDISC, 0, root + theirs)
    found = machine.read(queues())
    plan = converge(machine, queues())
    after = machine.read(queues())
    machine.undo()
    undone = kernel.read(PLACES).frames["lan"]
    return {
        "faults": list(found.faults),
        "first": list(plan.fresh),
        "after": list(after.faults),
        "undone": [undone.overhead, undone.smallest],
    }


def fast(state: Path) -> Any:
    """10 and 100 Gbit/s, read back by us and by tc."""
    told = {}
    for capacity, rate in (("10 Gbit/s", 1_250_000_000), ("100 Gbit/s", 12_500_000_000)):
        machine = driver(state, "", capacity)
        wanted = queues(rate // 2, rate)
        converge(machine, wanted)
        found = machine.read(wanted)
        line = next(row for row in output("tc", "class", "show", "dev", "lan").splitlines() if " 1eb:10 " in row)
        told[capacity] = {
            "queues": [found.queues[queue.key] == queue for queue in wanted],
            "faults": list(found.faults),
            "tc": re.findall(r"(?:rate|ceil) (\S+)", line),
        }
    return told


def debt(state: Path) -> Any:
    """A class in debt keeps it through a change in place, and the driver's raise leaves none."""
    machine, slow, quick = driver(state), queues(32_000, 32_000), queues(125_000, 2_500_000)
    converge(machine, slow)
    indebt("a change in place")
    place = ("dev", "wan", "parent", "1eb:1", "classid", "1eb:10")
    tc("class", "change", *place, "htb", "rate", "20mbit", "ceil", "20mbit")
    kept = tokens()
    converge(machine, slow)
    owed = indebt("a raise")
    plan = converge(machine, quick)
    acts = sorted({str(op.act) for op in plan.operations if op.opd})
    return {"owed": owed, "kept": kept, "after": tokens(), "acts": acts}


def indebt(why: str) -> int:
    """More frames than fit into a burst, all of which have left: what the last one made the class owe, in tokens.

    HTB reckons at each packet, so that this stands until the next one.
    """
    packet = frame(OFFICE, INTERNET)
    with raw("lan-far") as link:
        for _ in range(PACKETS):
            link.send(packet)
    deadline = time.monotonic() + 180
    while kernel.read_counts(PLACES)["wan"][OPD].backlog or (now := tokens()) >= 0:
        assert time.monotonic() < deadline, f"no debt before {why}"
        time.sleep(0.02)
    return now


def tokens() -> int:
    """Of the office's class towards the line, as tc tells them."""
    text = output("tc", "-s", "class", "show", "dev", "wan")
    block = text.split("class htb 1eb:10 ", 1)[1].split("class htb", 1)[0]
    return int(re.findall(r" tokens: (-?\d+)", block)[0])


def accepted(state: Path) -> Any:
    """What this kernel takes without a word: the reason for each refusal of the ledger."""
    tc("qdisc", "add", "dev", "noc", "root", "handle", "9:", "htb")
    tc("class", "add", "dev", "noc", "parent", "9:", "classid", "9:1", "htb", "rate", "1mbit")
    add = ("class", "add", "dev", "noc", "parent", "9:1", "classid")
    wrong = {
        "ceil below rate": tc(*add, "9:2", "htb", "rate", "10mbit", "ceil", "1mbit", fail=True),
        "children above their parent": tc(*add, "9:3", "htb", "rate", "900mbit", fail=True),
    }
    shown = output("tc", "class", "show", "dev", "noc")
    omitted = re.findall(r"9:3 .*?rate (\S+) ceil (\S+)", shown)
    return {"refused": [name for name, said in wrong.items() if said], "omitted ceil": omitted}


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def tc(*words: str, fail: bool = False) -> str:
    """'' where it was taken; else what tc said."""
    done = subprocess.run(["tc", *words], check=not fail, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


STORIES: dict[str, Callable[[Path], Any]] = {
    "leaf": leaf,
    "exchanged": exchanged,
    "overhead": overhead,
    "overhead_by_hand": overhead_by_hand,
    "fast": fast,
    "debt": debt,
    "accepted": accepted,
}

if __name__ == "__main__":
    ready_router()
    print(json.dumps(STORIES[sys.argv[2]](Path(sys.argv[1]))))
