"""How the wall judges: by tickets, by the watch and by use; nothing without a source, no rate where nothing passes."""

from pathlib import Path

import pytest
from tree import EXAMPLE_CITY

from inventory.reading import read_city
from request_tracker.evidence.wall.figures import TwoWays, WallFigures
from request_tracker.evidence.wall.states import (
    DOWN,
    FINE,
    ILL,
    UNKNOWN,
    BranchState,
    Lasting,
    OfficeTile,
    branch_states,
    office_tiles,
)

CITY = read_city(Path(EXAMPLE_CITY))
NOTHING = Lasting(frozenset(), frozenset())
MBIT = 125_000
CEILINGS = {opd.code: {"receive_ceiling": 20 * MBIT, "transmit_ceiling": 20 * MBIT} for opd in CITY.opds}
LINKS = {link.opd or link.device or "": link.name for link in CITY.links}
EVERY_LINE = ["core", "isp-utama", *LINKS.values()]
CUT = Lasting({"agg-timur"}, {"rsud", "dishub", "dpupr", "dinsos"})


def figures(**changed: object) -> WallFigures:
    """A healthy city of which every figure is fresh."""
    usual = {
        "rates": {opd.code: TwoWays(2.0 * MBIT, 1.0 * MBIT) for opd in CITY.opds},
        "ages": {opd.code: 4.0 for opd in CITY.opds},
        "link_rates": {name: TwoWays(10.0 * MBIT, MBIT) for name in EVERY_LINE},
        "answers": dict.fromkeys(EVERY_LINE, True),
        "watch_age": 0.5,
    }
    return WallFigures(**{**usual, **changed})  # type: ignore[arg-type]  # Each test changes the fields it names.


def tiles(made: WallFigures, lasting: Lasting = NOTHING) -> dict[str, OfficeTile]:
    return {tile.code: tile for tile in office_tiles(CITY, made, CEILINGS, lasting)}


def lines(made: WallFigures, lasting: Lasting = NOTHING) -> dict[str, BranchState]:
    return {line.name: line for line in branch_states(CITY, made, lasting)}


def test_a_healthy_city_is_fine_with_its_shares_and_ages() -> None:
    tile = tiles(figures())["rsud"]
    assert (tile.state, tile.share, tile.age_seconds) == (FINE, 0.1, 4.0)
    assert {line.state for line in lines(figures()).values()} == {FINE}


def test_an_office_that_is_cut_off_has_no_rate_and_no_share() -> None:
    for made, lasting in (
        (figures(), CUT),
        (figures(answers={**dict.fromkeys(EVERY_LINE, True), LINKS["rsud"]: False}), NOTHING),
    ):
        tile = tiles(made, lasting)["rsud"]
        assert (tile.state, tile.share, tile.rates) == (DOWN, None, TwoWays())


def test_what_hangs_from_a_line_that_is_down_is_down_without_load_and_loss() -> None:
    made = lines(figures(losses={"timur-rsud": 0.3}), CUT)
    for name in ("agg-timur", "timur-rsud"):
        assert (made[name].state, made[name].load, made[name].loss) == (DOWN, None, None)
    assert made["agg-utara"].state == FINE and made["isp-utama"].state == FINE


@pytest.mark.parametrize("age", [None, 121.0, 3600.0])
def test_figures_that_are_gone_or_old_are_unknown_and_keep_their_age(age: float | None) -> None:
    ages = {} if age is None else {"rsud": age}
    tile = tiles(figures(ages=ages))["rsud"]
    assert (tile.state, tile.share, tile.rates, tile.age_seconds) == (UNKNOWN, None, TwoWays(), age)


@pytest.mark.parametrize("broken", [{"watch_age": None}, {"watch_age": 121.0}, {"isolated": True}, {"answers": {}}])
def test_without_the_watch_nothing_is_called_connected(broken: dict[str, object]) -> None:
    assert {tile.state for tile in tiles(figures(**broken)).values()} == {UNKNOWN}
    assert {line.state for line in lines(figures(**broken)).values()} == {UNKNOWN}


def test_a_line_on_which_loss_begins_is_ill_with_its_loss_and_so_is_its_office() -> None:
    made = figures(losses={"timur-rsud": 0.12})
    assert (lines(made)["timur-rsud"].state, lines(made)["timur-rsud"].loss) == (ILL, 0.12)
    assert tiles(made)["rsud"].state == ILL and tiles(made)["dishub"].state == FINE


def test_use_is_judged_by_the_fuller_direction() -> None:
    rates = {"rsud": TwoWays(MBIT, 18.5 * MBIT), "dishub": TwoWays(15.0 * MBIT, 0.0), "dpupr": TwoWays(1.0, 1.0)}
    made = tiles(figures(rates=rates))
    assert [made[code].state for code in ("rsud", "dishub", "dpupr")] == ["full", "busy", "fine"]


def test_the_worst_stand_first_and_the_fuller_before_the_emptier() -> None:
    rates = {opd.code: TwoWays(n * MBIT, 0.0) for n, opd in enumerate(CITY.opds)}
    ages = {opd.code: 4.0 for opd in CITY.opds if opd.code != "dinkes"}
    order = [tile.code for tile in office_tiles(CITY, figures(rates=rates, ages=ages), CEILINGS, CUT)]
    assert set(order[:4]) == CUT.offices and order[4] == "dinkes"
    assert order[5] == "kec-selatan" and order[-1] == "disdik"


def test_an_office_without_an_allocation_has_rates_and_no_share() -> None:
    tile = next(tile for tile in office_tiles(CITY, figures(), {}, NOTHING) if tile.code == "rsud")
    assert (tile.share, tile.ceiling, tile.rates.receive, tile.state) == (None, None, 2.0 * MBIT, UNKNOWN)


def test_planned_work_is_marked_on_its_line() -> None:
    made = lines(figures(), Lasting(frozenset(), frozenset(), {"agg-timur"}))
    assert [name for name, line in made.items() if line.planned] == ["agg-timur"]
