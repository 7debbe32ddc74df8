"""Databases and settings of before, upgraded by this release: verified, working, and able to go back.

``tests/golden/upgrades/0.1`` was made by the code of commit f132bf56 (2026-11-21), the first whose documents describe
the whole and call it 0.1.0: three requests, one of them with its rate applied, an outage that is over, an account; its
settings and its city are those that it shipped. ``2026-11-28`` is of halfway (9c65a719). None is ever made anew.
"""

import hashlib
import lzma
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from served_office import serving
from tracker_office import CALENDAR, CITY, MONDAY, request, to_technician
from tree import EXAMPLE_CITY, TESTS

from exporter.config import read_config as exporter_settings
from inventory.reading import read_city
from request_tracker.cases import Desk, read_case
from request_tracker.config import TrackerConfig
from request_tracker.config import read_config as tracker_settings
from request_tracker.custody.backup import restore
from request_tracker.custody.upkeep import audit
from request_tracker.errors import TrackerError
from request_tracker.store.database import Store, check_file, migrate
from request_tracker.store.migrations import ALL
from shaping.config import read_config as shaping_settings

UPGRADES = TESTS / "golden" / "upgrades"
# How many requests the database of each has; which of them waits for the head of the office.
RELEASES = {"0.1": 3, "2026-11-28": 2}
WAITS = {"0.1": "PKL-BW/2026/000001", "2026-11-28": "PKL-BW/2026/000002"}
READ: dict[str, Callable[[Path], Any]] = {
    "tracker": tracker_settings,
    "exporter": exporter_settings,
    "shaping": shaping_settings,
}


SETTINGS = sorted(file for release in RELEASES for file in (UPGRADES / release).glob("*.yaml") if file.stem in READ)


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(tmp_path: Path, release: str) -> Path:
    path = tmp_path / "tracker.db"
    path.write_bytes(lzma.decompress((UPGRADES / release / "tracker.db.xz").read_bytes()))
    return path


def pending(path: Path) -> list[str]:
    store = Store(path)
    try:
        return [migration.name for migrations in ALL for migration in migrations.pending(store.db)]
    finally:
        store.close()


def test_an_old_database_is_upgraded_verified_and_worked_on(old: Path, release: str) -> None:
    waiting = pending(old)
    assert "rights_journal" in waiting
    desk = Desk(Store(old), CALENDAR, CITY)
    try:
        assert migrate(desk.store) == waiting
        assert audit(desk) == [] and migrate(desk.store) == []
        numbers = [f"PKL-BW/2026/00000{n + 1}" for n in range(RELEASES[release])]
        assert [read_case(desk, number).number for number in numbers] == numbers
        to_technician(desk, WAITS[release])
        assert request(desk, now=MONDAY + timedelta(days=1)) == f"PKL-BW/2026/00000{len(numbers) + 1}"
        assert audit(desk) == []
    finally:
        desk.store.close()


def test_the_upgraded_office_is_served(tmp_path: Path, old: Path) -> None:
    (tmp_path / "data" / "files").mkdir(parents=True)
    old.rename(tmp_path / "data" / "tracker.db")
    with serving(tmp_path) as served:
        assert served.get("/permohonan")[0] == 200 and served.get("/healthz")[0] == 200
    assert pending(tmp_path / "data" / "tracker.db") == []


def test_going_back_is_the_backup_of_before_and_nothing_of_the_new_release_is_in_it(old: Path, tmp_path: Path) -> None:
    before, kept = hashlib.sha256(old.read_bytes()).hexdigest(), tmp_path / "kept.db"
    with closing(sqlite3.connect(old)) as db, closing(sqlite3.connect(kept)) as copy:
        db.backup(copy)
    waiting = pending(kept)
    upgraded = Store(old)
    migrate(upgraded)
    upgraded.close()
    assert hashlib.sha256(old.read_bytes()).hexdigest() != before
    kept.replace(old)
    check_file(old)
    assert pending(old) == waiting and "rights_journal" in waiting


@pytest.mark.parametrize("file", SETTINGS, ids=lambda file: f"{file.parent.name} {file.stem}")
def test_the_settings_of_a_release_of_before_are_still_read(file: Path) -> None:
    assert str(READ[file.stem](file).inventory) == "/etc/lebarpita/city.yaml"


def test_each_release_of_before_brought_its_settings() -> None:
    assert {release: {file.stem for file in SETTINGS if file.parent.name == release} for release in RELEASES} == {
        "0.1": {"tracker", "exporter"},  # Its shaping agent had no settings of Compose.
        "2026-11-28": {"tracker", "exporter", "shaping"},
    }


def test_the_city_and_the_opening_balance_of_0_1_are_still_read() -> None:
    city = read_city(UPGRADES / "0.1" / "city.yaml")
    assert len(city.opds) == 12 and {opd.code for opd in city.opds} == {opd.code for opd in CITY.opds}


@pytest.mark.parametrize("release", ["0.1"])
def test_the_accounts_outages_and_waiting_rates_of_0_1_are_there(old: Path) -> None:
    desk = Desk(Store(old), CALENDAR, CITY)
    try:
        migrate(desk.store)
        rows = desk.store.rows("SELECT login FROM users")
        assert [row["login"] for row in rows] == ["kasi"]
        assert read_case(desk, "PKL-GG/2026/000001").number == "PKL-GG/2026/000001"
        assert desk.store.value("SELECT count(*) FROM tickets WHERE ended_at IS NOT NULL") == 1
        assert desk.store.value("SELECT count(*) FROM ledger WHERE opd = 'rsud'") == 2
    finally:
        desk.store.close()


@pytest.mark.parametrize("release", ["0.1"])
def test_a_backup_of_0_1_is_no_zip_and_what_to_do_is_said(old: Path, tmp_path: Path) -> None:
    config = TrackerConfig(
        inventory=EXAMPLE_CITY, secret_key="env:S", database=tmp_path / "new.db", files=tmp_path / "files"
    )
    with pytest.raises(TrackerError, match=r"is the database itself, as release 0\.1 kept it: put it in the place"):
        restore(old, config, MONDAY)
