"""The rules of every driver, on each: the fake of RouterOS, this machine's kernel, a technician, LibreQoS's files."""

import errno
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Literal, cast, get_args, get_type_hints

import pytest
from driver_rules import AFTER, BEFORE, RULES, Bench
from ledgers import CITY
from libreqos_reader import LibreQosReader
from namespaces import PATIENCE_SECONDS, scene
from routeros_fakes import VERSIONS, Scene, routed

from shaping.drivers.base import Driver, LibreQosAccess, Site
from shaping.drivers.libreqos.machine import LibreQosDriver
from shaping.drivers.manual.confirmations import Confirmations
from shaping.drivers.manual.technician import FILE, ManualDriver
from shaping.drivers.routeros.fake.server import Trouble
from shaping.drivers.routeros.fake.switches import Switches
from shaping.drivers.routeros.fake.tables import QUEUES, Make
from shaping.errors import ShapingError
from shaping.measuring import Use
from shaping.plan import Plan
from shaping.queues import Key
from shaping.registry import drivers


@dataclass
class RouterBench:
    """A fake router with somebody's queue, a dynamic one, a type and an entry of the scheduler that are not ours."""

    driver: Driver
    scene: Scene
    failures: tuple[str, ...] = ("refused", "request", "answer")

    def __post_init__(self) -> None:
        change = self.scene.router.change
        change(
            QUEUES, "add", {"name": "guest", "target": "192.0.2.0/24", "max-limit": "1M/1M", "comment": "of somebody"}
        )
        change(QUEUES, "add", {"name": "<pppoe-budi>", "target": "192.0.2.129/32"})
        self.scene.router.menus[QUEUES].rows[-1]["dynamic"] = "true"
        change("/queue/type", "add", {"name": "theirs", "kind": "sfq"})
        change("/system/scheduler", "add", {"name": "nightly", "interval": "1d", "on-event": "/system backup save"})

    def state(self) -> object:
        menus = self.scene.router.menus
        return {
            path: sorted(map(_without_id, menus[path].rows)) for path in (QUEUES, "/queue/type", "/system/scheduler")
        }

    def foreign(self) -> object:
        menus = self.scene.router.menus
        rows = [row for path in (QUEUES, "/queue/type", "/system/scheduler") for row in menus[path].rows]
        return [row for row in map(_without_id, rows) if "lebarpita" not in row]

    def carry_out(self, plan: Plan) -> None:
        self.driver.apply(plan)
        self.driver.confirm(plan, "a test", 0.0)

    @contextmanager
    def failing(self, number: int, how: str) -> Iterator[Callable[[], bool]]:
        self.scene.server.trouble = Trouble(cast(Literal["refused", "request", "answer"], how), number)
        trouble = self.scene.server.trouble
        yield lambda: trouble.changes >= number
        self.scene.server.trouble = Trouble()


def _without_id(row: Mapping[str, str]) -> str:
    # Neither the number that a row has nor its place among disjoint targets means anything.
    return str(sorted((name, value) for name, value in row.items() if name != ".id"))


@dataclass
class PaperBench:
    """A technician who types everything; Prometheus shows each office close to its ceiling."""

    driver: ManualDriver
    failures: tuple[str, ...] = ()
    now: float = 1_000_000.0
    rates: dict[Key, Use] = field(default_factory=dict)

    def state(self) -> object:
        return dict(self._confirmations.now())

    def foreign(self) -> object:
        return "the device is not touched"

    def carry_out(self, plan: Plan) -> None:
        assert self.driver.apply(plan) is False
        self.driver.confirm(plan, "Sari", self.now)
        self.now += 3_600
        ceilings = [confirmation.queue for confirmation in self._confirmations.now().values()]
        near = {queue.key: 0.95 * queue.ceiling_bytes_per_second for queue in ceilings}
        self.rates.update({key: Use(rate, rate) for key, rate in near.items()})

    def failing(self, number: int, how: str) -> AbstractContextManager[Callable[[], bool]]:
        raise AssertionError("no command is sent that could fail")

    @property
    def _confirmations(self) -> Confirmations:
        return Confirmations(self.driver.site.state / FILE)


LINE = {"downloadBandwidthMbps": 20, "uploadBandwidthMbps": 20}
OTHERS = """# kept by somebody
Circuit ID,Circuit Name,Device ID,Device Name,Parent Node,Parent Node ID,Anchor Node ID,MAC,IPv4,IPv6,\
Download Min Mbps,Upload Min Mbps,Download Max Mbps,Upload Max Mbps,Comment
7,"Pasar, blok A",7,Router,Pasar,,,,192.0.2.7,,0.5,0.5,2.5,1,"two\nlines"
"""
TREE = {"Kota": {"downloadBandwidthMbps": 50, "uploadBandwidthMbps": 50, "children": {"Pasar": {**LINE, "type": "ap"}}}}


class FileBench:
    """LibreQoS's folder with somebody's row and tree; its reload is a reader of ours (``libreqos_reader``)."""

    failures = ("refused", "answer")

    def __init__(self, place: Path) -> None:
        self.folder, self._commands, self._fail = place / "libreqos", 0, (0, "")
        self.folder.mkdir()
        (self.folder / "ShapedDevices.csv").write_text(OTHERS)
        (self.folder / "network.json").write_text(json.dumps(TREE))
        self.reader = LibreQosReader(self.folder)
        access = LibreQosAccess(self.folder, reload=("reload",))
        self.driver = LibreQosDriver(Site(CITY, "isp-utama", place, libreqos=access))
        self.driver.write = self._failing_once(self.driver.write)
        self.driver.run = self._failing_once(lambda words: self.reader.load())

    def state(self) -> object:
        return sorted(map(str, self.reader.rows())), json.loads((self.folder / "network.json").read_text())

    def foreign(self) -> object:
        tree = json.loads((self.folder / "network.json").read_text())
        text = (self.folder / "ShapedDevices.csv").read_text()
        return text.startswith(OTHERS) and {name: node for name, node in tree.items() if "lebarpita" not in name}

    def carry_out(self, plan: Plan) -> None:
        assert self.driver.apply(plan) is True
        self.driver.confirm(plan, "a test", 0.0)

    @contextmanager
    def failing(self, number: int, how: str) -> Iterator[Callable[[], bool]]:
        self._commands, self._fail = 0, (number, how)
        yield lambda: self._commands >= number
        self._fail = (0, "")

    def _failing_once(self, change: Callable[..., object]) -> Callable[..., None]:
        def changed(*what: object) -> None:
            self._commands += 1
            number, how = self._fail
            if how != "refused" or self._commands != number:
                change(*what)
            if self._commands == number:
                raise OSError(errno.EIO, "Input/output error", str(what[0]))

        return changed


@contextmanager
def file_bench(place: Path) -> Iterator[Bench]:
    yield FileBench(place)


@contextmanager
def router_bench(version: str, place: Path, switches: Switches | None = None) -> Iterator[Bench]:
    with routed(place, Make(version, switches=switches or Switches())) as (driver, router):
        yield RouterBench(driver, router)


@contextmanager
def paper_bench(place: Path) -> Iterator[Bench]:
    site = Site(CITY, "isp-utama", place, "http://127.0.0.1:9")
    bench = PaperBench(ManualDriver(site))
    bench.driver.clock = lambda: bench.now
    bench.driver.measure = lambda url, seconds, now: bench.rates
    yield bench


BENCHES: dict[str, Callable[[Path], AbstractContextManager[Bench]]] = {
    "libreqos": file_bench,
    "manual": paper_bench,
    **{f"routeros {version}": partial(router_bench, version) for version in VERSIONS},
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("bench", BENCHES)
def test_every_rule_holds(bench: str, rule: Callable[[Bench], None], tmp_path: Path) -> None:
    with BENCHES[bench](tmp_path) as made:
        rule(made)


# Whatever a real router answers to these questions, the driver must get along with it.
ANSWERS = [
    Switches(**{field.name: value})
    for field in fields(Switches)
    if field.name not in ("scheduler_policy", "scheduler_first", "kinds_of_queue")
    for value in get_args(get_type_hints(Switches)[field.name])[1:]
]


@pytest.mark.parametrize("rule", (RULES[0], RULES[1], RULES[5], RULES[6]), ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("switches", ANSWERS, ids=lambda switches: str(ANSWERS.index(switches)))
def test_the_rules_hold_whatever_a_router_answers_to_an_open_question(
    switches: Switches, rule: Callable[[Bench], None], tmp_path: Path
) -> None:
    version = VERSIONS[0] if switches.counters != "always" else VERSIONS[2]
    with router_bench(version, tmp_path, switches) as made:
        rule(made)


@pytest.mark.lab
@pytest.mark.timeout(PATIENCE_SECONDS)
def test_every_rule_holds_in_this_machine_s_kernel(tmp_path: Path) -> None:
    assert scene("rules_scene", str(tmp_path)) == [rule.__name__ for rule in RULES]


def test_no_driver_of_the_folder_is_without_a_bench() -> None:
    assert set(drivers()) == {"linux", *(name.split()[0] for name in BENCHES)}


def test_a_rule_is_not_blind(tmp_path: Path) -> None:
    """A driver that undoes nothing, and one that forgets an office, are seen."""
    with router_bench(VERSIONS[2], tmp_path) as bench:
        failure = RULES[-1]
        bench.driver.plan(BEFORE.queues)
        assert isinstance(bench, RouterBench)
        bench.scene.router.change(
            QUEUES, "add", {"name": "x", "target": "10.1.0.0/24", "comment": "lebarpita:isp-utama:x"}
        )
        assert {operation.opd for operation in bench.driver.plan(AFTER.queues).operations} >= {"x"}
        with pytest.raises((AssertionError, ShapingError)):
            bench.scene.router.policies = frozenset(("read", "api"))
            failure(bench)
