"""The oldest database and settings that there are, upgraded by this release: verified, working, and able to go back.

``tests/golden/first_release/tracker.db.xz`` was made by the code of the first commit that has ``store/migrations`` (two
requests, one of them at the technician), the settings are those that it shipped; neither is ever made anew.
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
from tree import TESTS

from exporter.config import read_config as exporter_settings
from request_tracker.cases import Desk, read_case
from request_tracker.config import read_config as tracker_settings
from request_tracker.custody.upkeep import audit
from request_tracker.store.database import Store, check_file, migrate
from request_tracker.store.migrations import ALL
from shaping.config import read_config as shaping_settings

FIRST = TESTS / "golden" / "first_release"
READ: dict[str, Callable[[Path], Any]] = {
    "tracker": tracker_settings,
    "exporter": exporter_settings,
    "shaping": shaping_settings,
}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "tracker.db"
    path.write_bytes(lzma.decompress((FIRST / "tracker.db.xz").read_bytes()))
    return path


def pending(path: Path) -> list[str]:
    store = Store(path)
    try:
        return [migration.name for migrations in ALL for migration in migrations.pending(store.db)]
    finally:
        store.close()


def test_the_oldest_database_is_upgraded_verified_and_worked_on(old: Path) -> None:
    waiting = pending(old)
    assert "rights_journal" in waiting
    desk = Desk(Store(old), CALENDAR, CITY)
    try:
        assert migrate(desk.store) == waiting
        assert audit(desk) == [] and migrate(desk.store) == []
        assert [read_case(desk, f"PKL-BW/2026/00000{n}").number for n in (1, 2)] == [
            "PKL-BW/2026/000001",
            "PKL-BW/2026/000002",
        ]
        to_technician(desk, "PKL-BW/2026/000002")
        assert request(desk, now=MONDAY + timedelta(days=1)) == "PKL-BW/2026/000003"
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


@pytest.mark.parametrize("name", READ)
def test_the_settings_of_the_first_release_are_still_read(name: str) -> None:
    settings = READ[name](FIRST / f"{name}.yaml")
    assert str(settings.inventory) == "/etc/lebarpita/city.yaml"
