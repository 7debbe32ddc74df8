"""The cause of an outage: what the device in front says, and what the device behind says when it is back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from ports import free_port
from tree import EXAMPLE_CITY
from watch_scene import WALL, WatchScene

from exporter.watch import incidents
from exporter.watch.cause import Causes
from exporter.watch.decide import watched
from inventory.reading import read_city

CITY = watched(read_city(EXAMPLE_CITY))
NODES = {node.name: node for node in CITY}


class Pages(Causes):
    """The SNMP part's pages, as a test sets them."""

    def __init__(self) -> None:
        super().__init__("http://nowhere")
        self.pages: dict[str, str] = {}

    async def _page(self, device: str | None) -> str:
        return self.pages.get(device or "", "")


def asked(causes: Causes, name: str, believe_up: bool = True) -> str | None:
    return asyncio.run(causes.ask(NODES[name], believe_up))


def test_the_device_in_front_says_what_its_port_is() -> None:
    causes = Pages()
    assert asked(causes, "agg-timur") is None
    causes.pages["agg"] = 'lebarpita_link_up{link="agg-timur",device="agg"} 0\n'
    assert asked(causes, "agg-timur") == "link_down"
    causes.pages["agg"] = 'lebarpita_link_up{link="agg-timur",device="agg"} 1\n'
    assert (asked(causes, "agg-timur"), asked(causes, "agg-timur", believe_up=False)) == ("silent", None)


def test_a_root_router_that_answers_neither_ping_nor_snmp_is_down() -> None:
    causes = Pages()
    assert asked(causes, "core") is None
    causes.pages["core"] = 'lebarpita_snmp_up{device="core"} 1\n'
    assert asked(causes, "core") is None
    causes.pages["core"] = 'lebarpita_snmp_up{device="core"} 0\n'
    assert (asked(causes, "core"), asked(causes, "core", believe_up=False)) == ("device_down", None)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchScene]:
    monkeypatch.setattr(incidents, "REFINE_SECONDS", (0.01, 0.02))
    monkeypatch.setattr(incidents, "BOOT_ASKED_SECONDS", (0.01, 0.02))
    with WatchScene(CITY, tmp_path) as scene:
        scene.watch.incidents.causes = Pages()
        scene.run(10)
        yield scene


def cause_after(made: WatchScene, page: str) -> str:
    causes = made.watch.incidents.causes
    assert isinstance(causes, Pages)
    made.network.cut.add("agg-timur")
    made.run(20)
    causes.pages["dist-timur"] = page
    made.network.cut.clear()
    made.run(20)
    made.rest(0.2)
    (outage,) = made.outages()
    return outage.cause


def test_what_answers_snmp_again_during_an_outage_says_its_cause(made: WatchScene) -> None:
    causes = made.watch.incidents.causes
    assert isinstance(causes, Pages)
    made.network.cut.add("agg-timur")
    made.run(20)
    made.rest(0.2)
    assert made.outages()[0].cause == "unreachable"
    causes.pages["agg"] = 'lebarpita_link_up{link="agg-timur",device="agg"} 0\n'
    made.rest(0.2)
    assert made.outages()[0].cause == "link_down"


def test_a_device_that_was_started_during_its_outage_was_down(made: WatchScene) -> None:
    page = f'lebarpita_device_boot_timestamp_seconds{{device="dist-timur"}} {WALL + 125}\n'
    assert cause_after(made, page) == "device_down"


def test_a_device_that_ran_all_the_time_was_not(made: WatchScene) -> None:
    page = f'lebarpita_device_boot_timestamp_seconds{{device="dist-timur"}} {WALL - 86400}\n'
    assert cause_after(made, page) == "unreachable"


def test_without_snmp_there_is_no_cause_and_no_outage_waits_for_it(tmp_path: Path) -> None:
    class Dead(Causes):
        """Nobody listens there: the connection is refused at once."""

        async def _page(self, device: str | None) -> str:
            if self._session is None:
                self.start()
            return await super()._page(device)

    with WatchScene(CITY, tmp_path) as scene:
        causes = Dead(f"http://127.0.0.1:{free_port()}")
        scene.watch.causes = scene.watch.incidents.causes = causes
        scene.run(10)
        scene.network.cut.add("agg-utara")
        scene.run(5)
        scene.rest(0)
        assert [(outage.root, outage.cause) for outage in scene.outages()] == [("agg-utara", "unreachable")]
        scene._runner.run(causes.stop())
