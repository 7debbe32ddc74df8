"""A driver is one file: a toy in a copy of the shaping room, where nothing else is touched, planned and applied."""

from pathlib import Path

import pytest
from toy_tree import Toys, copied
from tree import EXAMPLE_CITY

DRIVER = '''"""A toy: queues in a file of the state directory. Kept for a test."""

import json
from collections.abc import Sequence

from shaping.drivers.base import Driver, Reading, Site
from shaping.plan import Act, Operation, Plan, differences, in_order, rate_lines
from shaping.queues import Queue


class ToyDriver:
    """A device that is a file."""

    def __init__(self, site: Site) -> None:
        self._file = site.state / "toy.json"
        self._wanted: tuple[Queue, ...] = ()

    def _queues(self) -> dict[tuple[str, str], Queue]:
        rows = json.loads(self._file.read_text()) if self._file.exists() else []
        return {queue.key: queue for queue in (Queue(*row) for row in rows)}

    def read(self, wanted: Sequence[Queue]) -> Reading:
        queues = self._queues()
        missing = {queue.key: "not there" for queue in wanted if queues.get(queue.key) != queue}
        return Reading(queues=queues, missing=missing, statement="read from the toy")

    def plan(self, wanted: Sequence[Queue]) -> Plan:
        self._wanted = tuple(wanted)
        target = {queue.key: queue for queue in wanted}
        act = lambda before, after: None if before == after else Act.RAISE
        changes = in_order(differences("toy", self._queues(), target, act))
        operations = tuple(Operation("toy", change.act, change.before, change.after, ()) for change in changes)
        return Plan(operations, (), False, hash=str(sorted(map(str, operations))))

    def plan_text(self, plan: Plan) -> Sequence[str]:
        return rate_lines(plan)

    def apply(self, plan: Plan) -> bool:
        rows = [(q.opd, q.direction, q.guaranteed_bytes_per_second, q.ceiling_bytes_per_second) for q in self._wanted]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(rows))
        return True

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        return "a toy needs nobody"

    def undo(self) -> int:
        self._file.unlink(missing_ok=True)
        return 1

    def panic(self) -> Sequence[str]:
        self._file.unlink(missing_ok=True)
        return ("toy",)


def driver(site: Site) -> Driver:
    """The toy of a site."""
    return ToyDriver(site)
'''
# The room's own code over the copy, with the tracker's answer read from a file: a toy needs no tracker.
SHAPE = """
import json, sys
from pathlib import Path

from inventory.reading import read_city
from shaping.drivers.base import Site
from shaping.ledger import read_revision
from shaping.registry import driver_of, drivers

city, state = read_city(sys.argv[1]), Path(sys.argv[2])
print(drivers())
wanted = read_revision(json.loads(Path(sys.argv[3]).read_text()), city, "isp-utama").queues
device = driver_of(city.uplink("isp-utama").shaping.driver, Site(city, "isp-utama", state))
plan = device.plan(wanted)
print(*device.plan_text(plan), sep="\\n")
print(device.apply(plan), device.plan(wanted).empty, sorted(device.read(wanted).missing))
"""


@pytest.fixture
def toys(tmp_path: Path) -> Toys:
    city = EXAMPLE_CITY.read_text(encoding="utf-8").replace("driver: linux", "driver: toy")
    (tmp_path / "city.yaml").write_text(city, encoding="utf-8")
    return copied(tmp_path, "shaping", "inventory")


def test_a_driver_is_one_file_and_its_name_is_refused_without_it(toys: Toys) -> None:
    check = ("-m", "inventory.cli", "check", "city.yaml")
    refused = toys.run(*check)
    assert refused.returncode == 1
    assert "'toy' is not a driver of lebarpita-shaping; use libreqos or linux or manual or routeros" in refused.stderr
    assert "line " in refused.stderr
    toys.add("shaping/drivers/toy.py", DRIVER)
    accepted = toys.run(*check)
    assert accepted.returncode == 0, accepted.stderr


def test_the_toy_plans_applies_and_is_read_back(toys: Toys, tmp_path: Path) -> None:
    toys.add("shaping/drivers/toy.py", DRIVER)
    (tmp_path / "ledger.py").write_text(
        "import json\nfrom ledgers import ledger\nprint(json.dumps(ledger(dinkes=(625_000, 2_500_000))))\n"
    )
    answer = toys.run("ledger.py")
    assert answer.returncode == 0, answer.stderr
    (tmp_path / "ledger.json").write_text(answer.stdout, encoding="utf-8")
    shaped = toys.run("-c", SHAPE, "city.yaml", str(tmp_path / "state"), str(tmp_path / "ledger.json"))
    assert shaped.returncode == 0, shaped.stderr
    lines = shaped.stdout.splitlines()
    assert lines[0] == "('libreqos', 'linux', 'manual', 'routeros', 'toy')"
    assert lines[1].split()[:3] == ["dinkes", "toy", "none"]
    assert lines[-1] == "True True []"
