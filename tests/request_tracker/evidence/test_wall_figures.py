"""What the wall reads from a real Prometheus: rates, ages and the day; and what it reads when a part has died."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tree import EXAMPLE_CITY
from wall_past import MBIT, WallPast, prometheus_of

from inventory.reading import read_city
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.evidence.wall.courses import DAY_SECONDS, CourseMemory
from request_tracker.evidence.wall.figures import TwoWays, WallFigures, figures
from request_tracker.evidence.wall.states import FINE, UNKNOWN, Lasting, branch_states, office_tiles

CITY = read_city(Path(EXAMPLE_CITY))
NOTHING = Lasting(frozenset(), frozenset())
CEILINGS = {opd.code: {"receive_ceiling": 20 * MBIT, "transmit_ceiling": 20 * MBIT} for opd in CITY.opds}
BY_FLOWS = {"dinsos", "kec-selatan"}


@pytest.fixture(scope="module", params=["", "snmp", "watch", "flows"])
def past(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The part that is gone, none at first, and the Prometheus that saw it go."""
    made = WallPast(
        city=CITY,
        now=time.time(),
        use={"rsud": 4.0 * MBIT},
        losses={"timur-rsud": 0.12},
        gone={request.param} - {""},
    )
    with prometheus_of(tmp_path_factory.mktemp("wall"), made) as address:
        yield request.param, address


def test_each_part_that_dies_leaves_grey_what_it_alone_knew(past: tuple[str, str]) -> None:
    gone, address = past
    made = figures(Prometheus(address))
    states = {tile.code: tile.state for tile in office_tiles(CITY, made, CEILINGS, NOTHING)}
    grey = {code for code, state in states.items() if state == UNKNOWN}
    lines = {line.state for line in branch_states(CITY, made, NOTHING)}
    if gone == "snmp":
        assert grey == set(states) - BY_FLOWS - {"rsud"} and states["dinsos"] == FINE
        assert not made.link_rates and made.ages["dinkes"] > 300.0, "the age goes on, the rate does not"
    elif gone == "watch":
        assert grey == set(states) and lines == {UNKNOWN}
        assert made.watch_age is not None and made.watch_age > 300.0
    elif gone == "flows":
        assert grey == BY_FLOWS, "counters that stand still are no office without traffic"
    else:
        assert grey == set() and lines == {FINE, "ill"}


def test_rates_are_of_this_minute_and_of_one_source(past: tuple[str, str]) -> None:
    gone, address = past
    made: WallFigures = figures(Prometheus(address))
    if gone == "":
        rate = made.rates["rsud"]
        assert rate.receive == pytest.approx(4.0 * MBIT) and rate.transmit == pytest.approx(MBIT)
        assert made.link_rates["timur-rsud"].receive == pytest.approx(4.0 * MBIT)
        assert made.losses == {"timur-rsud": 0.12}
        assert all(age < 120.0 for age in made.ages.values()) and len(made.ages) == 12
    elif gone == "snmp":
        assert made.rates.get("rsud") is None and made.problem is None


def test_the_day_has_its_line_for_uplinks_and_for_the_offices_that_are_shown(past: tuple[str, str]) -> None:
    _, address = past
    now = time.time()
    day = CourseMemory().read(Prometheus(address), ["rsud", "dinkes"], now)
    assert set(day.office_receive) == {"rsud", "dinkes"} and set(day.uplink_receive) == {"isp-utama"}
    points = day.uplink_receive["isp-utama"]
    assert len(points) > 100 and points[0][0] < now - 0.9 * DAY_SECONDS
    assert max(value for _, value in points) == pytest.approx(0.85 * 200 * MBIT, rel=0.05)


def test_without_prometheus_nothing_is_known_and_the_reason_is_said() -> None:
    made = figures(Prometheus(None))
    assert (made.rates, made.watch_believed) == ({}, False) and made.problem is not None
    assert made.rates.get("rsud", TwoWays()) == TwoWays()


def test_the_day_is_asked_once_a_minute_for_all_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def nothing(_: Prometheus, query: str, times: tuple[float, float], step: float) -> list[object]:
        asked.append(query)
        return []

    monkeypatch.setattr(Prometheus, "every_series", nothing)
    memory, nowhere = CourseMemory(), Prometheus(None)
    for second in (0, 10, 59):
        memory.read(nowhere, ["rsud", "dinkes"], 1_800_000_000.0 + second)
    assert len(asked) == 3
    memory.read(nowhere, ["dinkes", "rsud"], 1_800_000_000.0)
    assert len(asked) == 3, "the order of the tiles asks nothing anew"
    memory.read(nowhere, ["dinkes"], 1_800_000_000.0)
    memory.read(nowhere, ["dinkes"], 1_800_000_061.0)
    assert len(asked) == 9
