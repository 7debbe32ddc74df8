"""LibreQoS's two files: what a reader made of recorded facts takes from them, and what is somebody else's in them."""

import json
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest
from ledgers import CITY, revision
from libreqos_reader import LibreQosReader, Shaped

from inventory.model import City, Opd
from shaping.drivers.base import LibreQosAccess, Site
from shaping.drivers.libreqos.circuits import bytes_of, mbps, rate_in_tc
from shaping.drivers.libreqos.machine import LibreQosDriver
from shaping.drivers.libreqos.sheet import COLUMNS
from shaping.errors import ShapingError
from shaping.queues import Queue

WANTED = revision(dinkes=(625_000, 2_500_000), rsud=(32_000, 312_500), disdik=(250_000, 1_000_000)).queues
HEAD_2_2 = ",".join([*COLUMNS[:5], "Parent Node ID", "Anchor Node ID", *COLUMNS[5:], "sqm"]) + "\n"
GIGABIT = 125_000_000


def made(place: Path, city: City = CITY, core: int = 2 * GIGABIT) -> LibreQosDriver:
    folder = place / "libreqos"
    folder.mkdir(exist_ok=True)
    return LibreQosDriver(Site(city, "isp-utama", place, libreqos=LibreQosAccess(folder, core=core)))


def converge(driver: LibreQosDriver, wanted: Sequence[Queue] = WANTED) -> dict[str, Shaped]:
    plan = driver.plan(wanted)
    if not plan.empty:
        driver.apply(plan)
    assert driver.plan(wanted).empty and driver.site.libreqos
    return LibreQosReader(driver.site.libreqos.directory).load()


def big_city(opds: int) -> City:
    offices = tuple(
        Opd(code=f"opd-{n}", name=f"Kantor {n}", prefixes=(ip_network(f"10.{n // 250}.{n % 250}.0/24"),))
        for n in range(opds)
    )
    uplink = CITY.uplinks[0].model_copy(update={"receive_capacity": 10 * GIGABIT, "transmit_capacity": 10 * GIGABIT})
    return CITY.model_copy(update={"opds": offices, "uplinks": (uplink,), "links": ()})


def of_everybody(city: City, guaranteed: int, ceiling: int) -> list[Queue]:
    return [Queue(opd.code, way, guaranteed, ceiling) for opd in city.opds for way in ("receive", "transmit")]


def test_each_office_is_a_circuit_with_its_rates_and_prefixes(tmp_path: Path) -> None:
    shaped = converge(made(tmp_path))
    assert shaped["lebarpita-isp-utama-rsud"] == Shaped(
        "lebarpita-isp-utama-rsud",
        "lebarpita-isp-utama--1",
        frozenset({"10.10.5.0/24", "10.30.0.0/23", "2001:db8:5::/48"}),
        (0.256, 2.5, 0.256, 2.5),
    )
    assert {name.rsplit("-", 1)[1] for name in shaped} == {"dinkes", "disdik", "rsud"}


def test_download_is_what_the_office_receives(tmp_path: Path) -> None:
    wanted = [Queue("dinkes", "receive", 250_000, 2_500_000), Queue("dinkes", "transmit", 125_000, 1_250_000)]
    assert converge(made(tmp_path), wanted)["lebarpita-isp-utama-dinkes"].rates == (2.0, 20.0, 1.0, 10.0)


def test_the_management_network_is_in_nobody_s_row(tmp_path: Path) -> None:
    (opd, *others), inner = CITY.opds, CITY.city.management[0]
    around = opd.model_copy(update={"prefixes": (inner.supernet(new_prefix=22),)})
    city = CITY.model_copy(update={"opds": (around, *others)})
    shaped = converge(made(tmp_path, city), revision(dinkes=(625_000, 2_500_000)).queues)
    assert shaped["lebarpita-isp-utama-dinkes"].prefixes == {"10.99.1.0/24", "10.99.2.0/23"}


@pytest.mark.parametrize("opds", [1, 12, 219, 220, 500, 2000])
def test_a_line_above_one_core_is_cut_into_nodes_and_no_guarantee_is_lost(tmp_path: Path, opds: int) -> None:
    city = big_city(opds)
    wanted = of_everybody(city, 1_000_000_000 // max(opds, 16), 250_000_000)
    driver = made(tmp_path, city)
    shaped = converge(driver, wanted)
    nodes = json.loads((tmp_path / "libreqos" / "network.json").read_text())
    assert len(nodes) == 5 and all(node["downloadBandwidthMbps"] == 2000 for node in nodes.values())
    least = 8 * (1_000_000_000 // max(opds, 16)) / 1_000_000
    assert len(shaped) == opds and all(circuit.rates == (least, 2000.0, least, 2000.0) for circuit in shaped.values())
    less = of_everybody(city, 32_000, 250_000_000)[:2]
    assert {operation.opd for operation in driver.plan([*less, *wanted[2:]]).operations} == {"opd-0"}


def test_what_fits_no_core_is_refused_with_the_next_step(tmp_path: Path) -> None:
    city = big_city(12)
    with pytest.raises(ShapingError, match=r"opd-0 receive: a ceiling of 3 Gbit/s is above a node's 2 Gbit/s .*core:"):
        made(tmp_path, city).plan(of_everybody(city, 1_000_000, 375_000_000))
    assert converge(made(tmp_path, city, 10 * GIGABIT), of_everybody(city, 1_000_000, 375_000_000))
    with pytest.raises(ShapingError, match="do not fit 5 nodes of LibreQoS; move an office"):
        made(tmp_path / "", city).plan(of_everybody(city, 200_000_000, 250_000_000))


def test_a_sheet_of_2_2_keeps_its_columns_and_what_somebody_set_in_our_row(tmp_path: Path) -> None:
    driver = made(tmp_path)
    sheet = tmp_path / "libreqos" / "ShapedDevices.csv"
    sheet.write_text(HEAD_2_2 + "1,Pasar,1,Router,,,,,192.0.2.7,,1,1,5,5,,cake\n")
    converge(driver)
    text = sheet.read_text().replace("lebarpita:isp-utama:rsud,", "lebarpita:isp-utama:rsud,fq_codel")
    sheet.write_text(text)
    assert driver.plan(WANTED).empty
    converge(driver, revision(dinkes=(625_000, 5_000_000), rsud=(32_000, 312_500)).queues)
    assert "lebarpita:isp-utama:rsud,fq_codel\n" in sheet.read_text()
    assert sheet.read_text().startswith(HEAD_2_2 + "1,Pasar,1,Router,,,,,192.0.2.7,,1,1,5,5,,cake\n")


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (("5,5,20,20", "5,5,100,20"), "its row in ShapedDevices.csv says 5 Mbit/s / 100 Mbit/s"),
        (("10.10.1.0/24", "10.10.1.0/25"), "its row in ShapedDevices.csv differs: ipv4"),
        (("isp-utama--1,,10.10.1", "Pasar,,10.10.1"), "its row in ShapedDevices.csv differs: parent"),
        (("5,5,20,20", "5,5,much,20"), "its row in ShapedDevices.csv says no rate"),
    ],
)
def test_somebody_s_hand_on_our_row_is_drift_and_mended(tmp_path: Path, edit: tuple[str, str], sentence: str) -> None:
    driver = made(tmp_path)
    before = converge(driver)
    sheet = tmp_path / "libreqos" / "ShapedDevices.csv"
    sheet.write_text(sheet.read_text().replace(*edit))
    reading = driver.read(WANTED)
    assert reading.missing["dinkes", "receive"] == sentence
    assert not reading.undecided and {operation.opd for operation in driver.plan(WANTED).operations} == {"dinkes"}
    assert converge(driver) == before


def test_a_row_that_stands_twice_is_drift(tmp_path: Path) -> None:
    driver = made(tmp_path)
    converge(driver)
    sheet = tmp_path / "libreqos" / "ShapedDevices.csv"
    sheet.write_text(sheet.read_text() + sheet.read_text().splitlines()[-1] + "\n")
    assert "more than once" in driver.read(WANTED).missing["rsud", "receive"]
    converge(driver)
    assert sheet.read_text().count("lebarpita:isp-utama:rsud") == 1


def test_a_node_that_somebody_made_smaller_is_drift(tmp_path: Path) -> None:
    driver = made(tmp_path)
    converge(driver)
    tree = tmp_path / "libreqos" / "network.json"
    tree.write_text(tree.read_text().replace("200", "20"))
    assert "the node lebarpita-isp-utama--1 in network.json differs" in driver.read(WANTED).missing["rsud", "receive"]
    converge(driver)
    assert json.loads(tree.read_text())["lebarpita-isp-utama--1"]["downloadBandwidthMbps"] == 200


SHEET = ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("ShapedDevices.csv", "Circuit ID,Name\n", "has no column for .*ipv4"),
        ("ShapedDevices.csv", "# nothing\n", "has no line of headings"),
        ("ShapedDevices.csv", SHEET + "lebarpita-isp-utama-rsud,,,,,,,,1,1,2,2,\n", "is there and is not ours"),
        ("network.json", "[1]", "is no tree of nodes"),
        ("network.json", "{", "cannot be read"),
        ("network.json", '{"A": {}, "A": {}}', "'A' stands twice"),
        ("network.json", '{"A": {"children": {"lebarpita-isp-utama--1": {}}}}', "give it another name"),
        (
            "network.json",
            '{"lebarpita-isp-utama--1": {"id": "lebarpita:isp-utama:1", "children": {"A": {}}}}',
            "has nodes below it; move them elsewhere",
        ),
    ],
)
def test_files_that_cannot_be_kept_are_refused_and_left(tmp_path: Path, file: str, text: str, sentence: str) -> None:
    driver = made(tmp_path)
    (tmp_path / "libreqos" / file).write_text(text)
    with pytest.raises(ShapingError, match=sentence):
        driver.plan(WANTED)
    assert (tmp_path / "libreqos" / file).read_text() == text


def test_a_sheet_in_another_encoding_and_a_folder_that_is_none_are_named(tmp_path: Path) -> None:
    driver = made(tmp_path)
    (tmp_path / "libreqos" / "ShapedDevices.csv").write_bytes("é".encode("latin-1"))
    with pytest.raises(ShapingError, match="is not UTF-8"):
        driver.plan(WANTED)
    nowhere = LibreQosDriver(Site(CITY, "isp-utama", tmp_path, libreqos=LibreQosAccess(tmp_path / "none")))
    with pytest.raises(ShapingError, match="none is no folder; libreqos: directory:"):
        nowhere.plan(WANTED)
    with pytest.raises(ShapingError, match="driver: libreqos needs libreqos:"):
        LibreQosDriver(Site(CITY, "isp-utama", tmp_path)).plan(WANTED)


@pytest.mark.parametrize(
    ("rate", "text", "in_tc"),
    [
        (32_000, "0.256", 32_000),
        (312_500, "2.5", 312_500),
        (1, "0.000008", 0),
        (156_250_000, "1250", 150_000_000),
        (250_000_000, "2000", 250_000_000),
        (12_506_250, "100.05", 12_500_000),
    ],
)
def test_a_rate_is_written_exactly_and_what_libreqos_makes_of_it_is_known(rate: int, text: str, in_tc: int) -> None:
    assert mbps(rate) == text and bytes_of(text) == rate
    assert rate_in_tc(rate) == pytest.approx(in_tc, abs=12_500)


def test_a_rate_that_libreqos_rounds_by_much_is_told(tmp_path: Path) -> None:
    city = big_city(1)
    driver = made(tmp_path, city)
    lines = driver.plan_text(driver.plan(of_everybody(city, 1_000_000, 156_250_000)))
    assert any("opd-0 receive: LibreQoS makes 1.2 Gbit/s of the ceiling 1.25 Gbit/s" in line for line in lines)
