"""What the watch's page says of the city file: names of lines and devices, and where they and the offices stand."""

from prometheus_client.parser import text_string_to_metric_families
from tree import EXAMPLE_CITY

from exporter.watch.inventory_page import InventoryPage
from inventory.model import City
from inventory.reading import parse_city

TEXT = EXAMPLE_CITY.read_text(encoding="utf-8")
Read = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(city: City) -> Read:
    families = text_string_to_metric_families(InventoryPage().text(city).decode())
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def key(metric: str, /, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"lebarpita_{metric}", frozenset(labels.items())


def test_every_line_and_device_has_the_name_that_people_know() -> None:
    samples = read(parse_city(TEXT))
    assert samples[key("link_info", link="isp-utama", name="ISP Contoh")] == 1
    assert samples[key("link_info", link="utara-dinkes", name="Dinas Kesehatan")] == 1
    assert samples[key("device_info", device="core", name="Router inti")] == 1


def test_a_title_goes_before_what_stands_behind_a_line() -> None:
    samples = read(parse_city(TEXT.replace("{name: agg-timur,", "{name: agg-timur, title: Serat Timur,")))
    assert samples[key("link_info", link="agg-timur", name="Serat Timur")] == 1
    assert samples[key("device_info", device="dist-timur", name="Router distribusi timur")] == 1


def test_a_place_stands_at_the_link_that_leads_there_and_the_first_at_none() -> None:
    samples = read(parse_city(TEXT))
    office = {"link": "utara-dinkes", "opd": "dinkes", "name": "Dinas Kesehatan"}
    assert samples[key("place_latitude_degrees", **office)] == -5.47
    assert samples[key("place_longitude_degrees", **office)] == 110.27
    assert samples[key("place_latitude_degrees", link="", opd="", name="Router inti")] == -5.5


def test_what_has_no_coordinates_stands_nowhere() -> None:
    assert "coordinates: [-5.470, 110.270], " in TEXT
    samples = read(parse_city(TEXT.replace("coordinates: [-5.470, 110.270], ", "")))
    assert not [labels for name, labels in samples if "degrees" in name and ("opd", "dinkes") in labels]


def test_the_page_is_written_anew_for_another_city() -> None:
    page, city = InventoryPage(), parse_city(TEXT)
    first = page.text(city)
    assert page.text(city) is first
    assert page.text(parse_city(TEXT.replace("provider: ISP Contoh", "provider: ISP Lain"))) != first
