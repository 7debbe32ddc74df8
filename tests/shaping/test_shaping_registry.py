"""A driver is a file or folder of its own, found by its name; what the folder lacks is refused at the start."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from ledgers import CITY

from inventory.model import City
from shaping.drivers.base import Site
from shaping.drivers.libreqos.machine import LibreQosDriver
from shaping.drivers.linux.machine import LinuxDriver
from shaping.drivers.manual.technician import ManualDriver
from shaping.drivers.routeros.machine import RouterOsDriver
from shaping.errors import ShapingError
from shaping.registry import driver_of, drivers


def site(place: Path, city: City = CITY) -> Site:
    return Site(city, "isp-utama", place)


def test_the_folder_holds_the_drivers_there_are(tmp_path: Path) -> None:
    assert drivers() == ("libreqos", "linux", "manual", "routeros")
    assert isinstance(driver_of("libreqos", site(tmp_path)), LibreQosDriver)
    assert isinstance(driver_of("linux", site(tmp_path)), LinuxDriver)
    assert isinstance(driver_of("manual", site(tmp_path)), ManualDriver)
    assert isinstance(driver_of("routeros", site(tmp_path)), RouterOsDriver)


@pytest.mark.parametrize("name", ["mikrotik", "vyos", "base", "__init__", "", "linux.kernel", "../cli"])
def test_what_is_not_in_the_folder_is_refused_with_what_is(tmp_path: Path, name: str) -> None:
    with pytest.raises(
        ShapingError,
        match=r"uplink isp-utama: .* is not a driver here; this lebarpita has libreqos, linux, manual, routeros",
    ):
        driver_of(name, site(tmp_path))


def test_a_file_in_the_folder_is_a_driver_and_others_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "toys"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "base.py").write_text("raise RuntimeError('base is no driver')")
    (folder / "broken.py").write_text("raise RuntimeError('nobody asked for it')")
    (folder / "toy.py").write_text("def driver(site):\n    return ('toy', site.uplink)\n")
    package = ModuleType("toys")
    package.__path__ = [str(folder)]
    monkeypatch.setitem(sys.modules, "toys", package)
    assert drivers(package) == ("broken", "toy")
    toy: object = driver_of("toy", site(tmp_path), package)
    assert toy == ("toy", "isp-utama")
    monkeypatch.delitem(sys.modules, "toys.toy")


def test_a_driver_whose_library_is_not_installed_says_which_extra_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lacking"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "toy.py").write_text("import a_library_that_is_nowhere\n")
    package = ModuleType("lacking")
    package.__path__ = [str(folder)]
    monkeypatch.setitem(sys.modules, "lacking", package)
    with pytest.raises(ShapingError, match=r"toy needs a_library_that_is_nowhere.*pip install 'lebarpita\[toy\]'"):
        driver_of("toy", site(tmp_path), package)


def test_an_uplink_without_shaping_says_what_to_add(tmp_path: Path) -> None:
    bare = CITY.model_copy(update={"uplinks": (CITY.uplinks[0].model_copy(update={"shaping": None}),)})
    with pytest.raises(ShapingError, match="the inventory has no shaping: for it; add the interfaces"):
        site(tmp_path, bare).place("receive")
