"""What people call lines and devices: titles, and what stands for them where nobody wrote any."""

from pathlib import Path

import pytest
from tree import EXAMPLE_CITY

from inventory.reading import InventoryError, parse_city
from inventory.titles import title, titles

TEXT = Path(EXAMPLE_CITY).read_text(encoding="utf-8")


def written(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new)


def test_without_titles_a_line_is_called_by_what_stands_behind_it() -> None:
    known = titles(parse_city(TEXT))
    assert known["utara-dinkes"] == "Dinas Kesehatan"
    assert known["agg-timur"] == known["dist-timur"] == "Router distribusi timur"
    assert (known["core"], known["isp-utama"]) == ("Router inti", "ISP Contoh")


def test_a_title_goes_before_all_else() -> None:
    city = parse_city(written("{name: agg-timur,", "{name: agg-timur, title: Jalur Timur, place: Jalan Raya 4,"))
    assert title(city, "agg-timur") == "Jalur Timur" and city.link("agg-timur").place == "Jalan Raya 4"
    assert title(
        parse_city(written("name: isp-utama\n", "name: isp-utama\n    title: Serat utama\n")), "isp-utama"
    ) == ("Serat utama")


def test_a_root_that_the_city_no_longer_has_keeps_its_key() -> None:
    assert title(parse_city(TEXT), "lama-sekali") == "lama-sekali"


def test_a_device_nobody_described_is_called_by_its_key() -> None:
    city = parse_city(written(", description: Router distribusi utara", ""))
    assert title(city, "agg-utara") == "dist-utara"


@pytest.mark.parametrize("pair", ["[91, 107]", "[-6.9, 181]", "[-6.9]", "utara"])
def test_coordinates_that_are_nowhere_on_earth_are_refused(pair: str) -> None:
    with pytest.raises(InventoryError, match="coordinates"):
        parse_city(written("[-5.500, 110.300]", pair))


def test_coordinates_are_degrees_north_and_east() -> None:
    assert parse_city(TEXT).device("core").coordinates == (-5.5, 110.3)
    assert parse_city(TEXT).opd("rsud").coordinates == (-5.493, 110.353)
