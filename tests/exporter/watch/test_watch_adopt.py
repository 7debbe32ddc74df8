"""Another city for a watch at work: lines and outages of those that stay go on, a root that is gone has no outage."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from new_office import CODE, with_office
from tree import EXAMPLE_CITY
from watch_scene import SimulatedNetwork, WatchScene

from exporter.watch.decide import Node, watched
from exporter.watch.pages import _places
from inventory.reading import parse_city

BEFORE = watched(parse_city(EXAMPLE_CITY.read_text()))
AFTER = watched(parse_city(with_office()))
NEW = f"selatan-{CODE}"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchScene]:
    # The simulated network has no sockets.
    monkeypatch.setattr(SimulatedNetwork, "start", lambda *_: None)
    with WatchScene(AFTER, tmp_path) as scene:
        scene.watch.adopt(BEFORE)
        scene.run(10)
        yield scene


def test_a_new_office_is_watched_and_its_cut_is_an_outage(made: WatchScene) -> None:
    assert NEW not in made.watch.requests.lines
    made.watch.adopt(AFTER)
    made.run(5)
    assert NEW not in made.watch.silent and NEW in {place[0] for place in _places(made.watch)}
    made.network.cut.add(NEW)
    made.run(15)
    assert [(outage.root, outage.opds) for outage in made.outages()] == [(NEW, (CODE,))]


def test_an_outage_that_lasts_goes_on_and_no_line_begins_anew(made: WatchScene) -> None:
    made.network.cut.add("agg-utara")
    made.run(5)
    (outage,), line = made.outages(), made.watch.requests.lines["utara-dinkes"]
    lost = line.lost
    made.watch.adopt(AFTER)
    made.run(5)
    assert [(each.identity, each.ended_at) for each in made.outages()] == [(outage.identity, None)]
    assert made.watch.requests.lines["utara-dinkes"] is line and line.lost >= lost > 0
    made.network.cut.clear()
    made.run(15)
    assert [each.ended_at is None for each in made.outages()] == [False]


def without(nodes: tuple[Node, ...], name: str) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node.name != name)


def test_an_outage_whose_root_left_the_city_is_over_and_nobody_waits_for_it(made: WatchScene) -> None:
    made.network.cut.add("utara-dinkes")
    made.run(5)
    assert [outage.root for outage in made.journal.open()] == ["utara-dinkes"]
    made.watch.adopt(without(BEFORE, "utara-dinkes"))
    assert not made.journal.open() and "utara-dinkes" not in made.watch.seats
    made.run(5)
    assert len(made.outages()) == 1 and "utara-dinkes" not in made.watch.silent
