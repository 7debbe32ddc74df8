"""Run inside ``unshare --user --map-root-user --net``: the rules of every driver on the linux one, their names as JSON.

A rule that does not hold ends it with its assertion.
"""

import errno
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from driver_rules import RULES
from kernel_refusals import NOTHING, PLACES, refusing
from ledgers import CITY

from shaping.drivers.base import Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.machine import LinuxDriver
from shaping.plan import Plan

THEIRS = "table inet theirs { chain counted { type filter hook forward priority 0; counter; }; }"


class KernelBench:
    """This namespace's kernel; another table and another interface's queue are foreign."""

    # With the answer lost: ``refusal_scene`` does that at each operation of up to 2,000 offices.
    failures = ("refused",)

    def __init__(self, state: Path) -> None:
        self.driver = LinuxDriver(Site(CITY, "isp-utama", state))
        # Which leaf this kernel has is asked once, before any command that could fail.
        self.driver.read(())

    def state(self) -> object:
        now = kernel.read(PLACES)
        classes = {place: sorted(map(str, own.values())) for place, own in now.classes.items() if own}
        return classes, (now.map or NOTHING).hash, now.table, sorted(now.roots), self.foreign()

    def foreign(self) -> object:
        return output("nft", "list", "table", "inet", "theirs"), output("tc", "qdisc", "show", "dev", "other")

    def carry_out(self, plan: Plan) -> None:
        self.driver.apply(plan)
        self.driver.confirm(plan, "a test", 0.0)

    @contextmanager
    def failing(self, number: int, how: str) -> Iterator[Callable[[], bool]]:
        with refusing(number - 1, how, errno.EBUSY):
            yield lambda: False


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> None:
    for name in ("wan", "lan", "other"):
        subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-far"], check=True)
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
    subprocess.run(["nft", "-f", "-"], input=THEIRS, text=True, check=True)
    subprocess.run(["tc", "qdisc", "add", "dev", "other", "root", "handle", "7:", "htb"], check=True)
    for number, rule in enumerate(RULES):
        bench = KernelBench(Path(sys.argv[1]) / str(number))
        rule(bench)
        bench.driver.panic()
    print(json.dumps([rule.__name__ for rule in RULES]))


if __name__ == "__main__":
    main()
