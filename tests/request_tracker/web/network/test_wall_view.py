"""The wall as a value: its one sentence, the tree's rows, how much fits, lines of the day, the map. No browser."""

from dataclasses import replace
from pathlib import Path

import pytest
from tree import EXAMPLE_CITY

from inventory.generate import generate_city
from inventory.model import City
from inventory.reading import parse_city, read_city
from request_tracker.evidence.wall.figures import TwoWays, WallFigures
from request_tracker.evidence.wall.states import (
    DOWN,
    FINE,
    UNKNOWN,
    Lasting,
    branch_states,
    office_tiles,
)
from request_tracker.store.database import Row
from request_tracker.web.network.wall_drawing import MAP_HEIGHT, MAP_WIDTH, CourseBox, city_map, course_path
from request_tracker.web.network.wall_view import MOST_ROWS, shown_tiles, tree_rows, verdict

CITY = read_city(Path(EXAMPLE_CITY))
NOTHING = Lasting(frozenset(), frozenset())


def healthy(city: City) -> WallFigures:
    names = [city.city.watch_from, *(link.name for link in city.links), *(line.name for line in city.uplinks)]
    rates = {opd.code: TwoWays(1000.0, 1000.0) for opd in city.opds}
    ages = dict.fromkeys(rates, 3.0)
    return WallFigures(rates=rates, ages=ages, answers=dict.fromkeys(names, True), watch_age=1.0)


def said(figures: WallFigures, lasting: tuple[Row, ...] = (), still: Lasting = NOTHING) -> tuple[str, str]:
    ceilings = {opd.code: {"receive_ceiling": 2000, "transmit_ceiling": 2000} for opd in CITY.opds}
    tiles = office_tiles(CITY, figures, ceilings, still)
    made = verdict(CITY, lasting, figures, tiles, branch_states(CITY, figures, still))
    return made.state, made.text.indonesian


def outage(root: str, offices: str = '["rsud", "dishub"]') -> Row:
    return {"root": root, "offices": offices}


def test_a_healthy_city_is_one_sentence() -> None:
    assert said(healthy(CITY)) == ("good", "Semua 12 OPD tersambung")


def test_outages_are_named_by_what_people_call_them_two_and_a_number() -> None:
    rows = (outage("agg-timur"), outage("utara-dinkes", '["dinkes"]'), outage("isp-utama"))
    state, text = said(healthy(CITY), rows)
    assert (state, text) == ("bad", "3 gangguan: Router distribusi timur, Dinas Kesehatan + 1; 3 OPD terdampak")


@pytest.mark.parametrize(
    ("changed", "state", "words"),
    [
        ({"isolated": True}, "unknown", "Pemantau kehilangan jaringannya sendiri"),
        ({"watch_age": None}, "unknown", "Pemantau diam; keadaan tidak diketahui"),
        ({"losses": {"timur-rsud": 0.1}}, "warn", "Tersambung, tetapi paket hilang: Rumah Sakit Umum Daerah"),
        ({"ages": {}}, "unknown", "Tersambung; pemakaian 12 OPD tidak diketahui"),
        ({"rates": {"rsud": TwoWays(1900.0, 0.0)}}, "unknown", "Tersambung; pemakaian 11 OPD tidak diketahui"),
    ],
)
def test_what_nobody_knows_is_never_called_fine(changed: dict[str, object], state: str, words: str) -> None:
    assert said(replace(healthy(CITY), **changed)) == (state, words)  # type: ignore[arg-type]  # fields by name


def test_full_offices_and_those_being_confirmed_are_counted() -> None:
    made = healthy(CITY)
    full = replace(made, rates={**made.rates, "rsud": TwoWays(1900.0, 0.0)})
    assert said(full) == ("warn", "Semua tersambung; 1 OPD hampir penuh")
    silent = replace(made, answers={**made.answers, "timur-rsud": False})
    assert said(silent) == ("warn", "1 OPD tidak menjawab, sedang dipastikan")


def test_the_tree_has_every_device_in_its_depth_with_the_offices_that_hang_from_it() -> None:
    made = healthy(CITY)
    rows, left_out = tree_rows(CITY, branch_states(CITY, made, NOTHING), office_tiles(CITY, made, {}, NOTHING))
    assert [(row.depth, row.title, len(row.offices)) for row in rows] == [
        (0, "Router inti", 0),
        (1, "Router agregasi", 0),
        (2, "Router distribusi utara", 4),
        (2, "Router distribusi timur", 4),
        (2, "Router distribusi selatan", 4),
    ]
    assert left_out == 0


def test_a_tree_that_does_not_fit_shows_what_is_wrong_and_counts_the_others() -> None:
    city = parse_city(generate_city(1200))
    cut = Lasting({"core-dist-49"}, {f"opd-{n}" for n in range(1153, 1177)})
    made, lines = healthy(city), branch_states(city, healthy(city), cut)
    ceilings = {opd.code: {"receive_ceiling": 2000, "transmit_ceiling": 2000} for opd in city.opds}
    rows, left_out = tree_rows(city, lines, office_tiles(city, made, ceilings, cut))
    assert len(rows) == 1 + MOST_ROWS and left_out == 50 - MOST_ROWS
    assert [row.title for row in rows if row.state and row.state.state == DOWN] == ["dist-49"]


@pytest.mark.parametrize(("offices", "shown"), [(12, 12), (50, 50), (500, 30)])
def test_so_many_offices_have_a_tile_and_all_others_a_shape(offices: int, shown: int) -> None:
    city = parse_city(generate_city(offices))
    assert shown_tiles(office_tiles(city, healthy(city), {}, NOTHING)) == shown


def test_a_line_of_the_day_has_holes_where_nobody_measured_and_ends_at_the_upper_edge() -> None:
    box = CourseBox(0.0, 100.0, 50.0, 10.0)
    points = ((0.0, 0.0), (10.0, 25.0), (50.0, 80.0), (60.0, 50.0))
    assert course_path(points, box) == "M0.0 100.0 L10.0 50.0 M50.0 0.0 L60.0 0.0"
    assert course_path((), box) == "" and course_path(((0.0, 5.0),), replace(box, top=0.0)) == "M0.0 100.0"


def test_the_map_has_north_above_and_names_what_is_wrong_itself() -> None:
    cut = Lasting({"agg-timur", "utara-dinkes"}, {"rsud", "dishub", "dpupr", "dinsos", "dinkes"})
    made = city_map(CITY, branch_states(CITY, healthy(CITY), cut), FINE)
    assert made is not None and len(made.places) == 17 and len(made.lines) == 16
    spots = {place.title: place for place in made.places if place.title}
    assert spots["Router distribusi utara"].y < spots["Router inti"].y < spots["Router distribusi selatan"].y
    assert spots["Router inti"].x < spots["Router distribusi timur"].x
    assert all(0 < place.x < MAP_WIDTH and 0 < place.y < MAP_HEIGHT for place in made.places)
    assert "Dinas Kesehatan" in spots and "Rumah Sakit Umum Daerah" not in spots, "its trunk is named"


def test_without_coordinates_of_every_device_there_is_no_map() -> None:
    text = Path(EXAMPLE_CITY).read_text(encoding="utf-8").replace("    coordinates: [-5.500, 110.300]\n", "")
    city = parse_city(text)
    assert city_map(city, branch_states(city, healthy(city), NOTHING), UNKNOWN) is None
