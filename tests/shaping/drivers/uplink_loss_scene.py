"""Run inside ``unshare --user --map-root-user --net``: an uplink is lost while the agent is killed, as JSON.

At each operation of the fallback plan a child is killed right after it; the next agent, with a silent watch and no
tracker, must have the whole plan in the kernel, and take it back once the uplink is there again.
"""

import json
import os
import sys
from pathlib import Path

import pytest
from fallback_scene import BASE, BEGIN, END, OFFICES, Scene, page_of, scene_of, signed
from killed_scene import planted
from shaped_machine import interfaces

from shaping.drivers.base import Site
from shaping.drivers.linux.machine import LinuxDriver

LOST = frozenset({"isp-utama"})


def main() -> None:
    interfaces()
    scene = scene_of(Path(sys.argv[1]), pytest.MonkeyPatch())
    scene.device = driver_of(scene)
    scene.ready(signed(scene.city, page_of(scene.city)))
    before, during, after, place = [ceilings(scene)], [], [], 0
    while killed_at(scene, place):
        scene.device, scene.roots = driver_of(scene), None
        scene.start()
        scene.step()
        during.append(ceilings(scene))
        scene.roots = frozenset()
        scene.step()
        scene.step(END)
        after.append(ceilings(scene))
        place += 1
    whole = [sorted(set(read)) for read in during]
    print(json.dumps({"before": before, "during": whole, "after": after, "tried": place, "unconfirmed": waits(scene)}))


def driver_of(scene: Scene) -> LinuxDriver:
    return LinuxDriver(Site(scene.city, "isp-dua", scene.place))


def ceilings(scene: Scene) -> list[int]:
    """What the kernel holds of everybody in both directions, as far as it is half of what the ledger says."""
    assert scene.agent.revision is not None
    reading = driver_of(scene).read(scene.agent.revision.queues)
    return [queue.ceiling_bytes_per_second for queue in reading.queues.values()]


def waits(scene: Scene) -> bool:
    return driver_of(scene).unconfirmed_seconds() is not None


def killed_at(scene: Scene, place: int) -> bool:
    """The loss is met by a child that is killed right after that operation; False where it has no so many."""
    scene.roots = LOST
    child = os.fork()
    if child == 0:
        planted(place)
        scene.device = driver_of(scene)
        # Its disk was written an hour ago.
        scene.now += 3600
        scene.start()
        scene.now += 3600
        scene.step()
        scene.step(BEGIN)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    scene.now += 7200
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    assert len(OFFICES) == 12 and BASE
    main()
