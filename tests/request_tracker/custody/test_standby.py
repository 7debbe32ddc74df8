"""The warm standby: whoever takes over has a whole office of the last minute, and what is lost is counted."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from backup_place import Place
from children import until
from served_office import serving
from tracker_office import CALENDAR, CITY, MONDAY, request

from request_tracker.backup_settings import BackupPart
from request_tracker.cases import Desk
from request_tracker.custody.standby import AS_OF, DATABASE, FILES, copy_office
from request_tracker.custody.upkeep import audit
from request_tracker.errors import TrackerError
from request_tracker.store.database import Store


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "kantor")


@pytest.fixture
def standby(tmp_path: Path) -> Path:
    return tmp_path / "standby"


@pytest.fixture
def taker(place: Place, standby: Path) -> Iterator[Desk]:
    copy(place, standby)
    desk = Desk(Store(standby / DATABASE), CALENDAR, CITY)
    yield desk
    desk.store.close()


def copy(place: Place, standby: Path) -> int:
    return copy_office(place.desk.store, place.config, standby, lambda: MONDAY)


def events(store: Store) -> int:
    return int(store.value("SELECT count(*) FROM events"))


def test_whoever_takes_over_has_a_verified_office_with_its_papers(place: Place, taker: Desk, standby: Path) -> None:
    assert audit(taker, standby / FILES) == []
    assert events(taker.store) == events(place.desk.store)
    assert json.loads((standby / AS_OF).read_text())["events"] == events(taker.store)
    # A second copy under a tracker that serves there would make two offices of one.
    with pytest.raises(TrackerError, match="somebody serves from this standby"):
        copy(place, standby)


def test_what_is_lost_is_what_came_since_the_last_copy(
    place: Place, standby: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An office far busier than any: while it writes all the time, each copy is whole, and the loss is counted."""
    over, copies = threading.Event(), list[int]()

    def write() -> None:
        minute = 0
        while not over.is_set():
            minute += 1
            request(place.desk, now=MONDAY + timedelta(minutes=minute))
        place.desk.store.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies += [copy(place, standby) for _ in range(3)]
    finally:
        over.set()
        writer.join()
    taker = Desk(Store(standby / DATABASE), CALENDAR, CITY)
    try:
        assert audit(taker, standby / FILES) == [] and events(taker.store) == copies[-1]
        lost = events(place.desk.store) - copies[-1]
    finally:
        taker.store.close()
    assert copies == sorted(copies) and lost >= 0
    with capsys.disabled():
        print(f"\nstandby: {copies[-1]} events copied, {lost} written after the last copy were lost with the machine")


def test_only_new_papers_are_copied_and_a_lost_one_holds_nothing_up(place: Place, standby: Path) -> None:
    copy(place, standby)
    (paper,) = [path for path in (standby / FILES).rglob("*") if path.is_file()]
    first = paper.stat().st_mtime_ns
    place.paper.unlink()
    copy(place, standby)
    assert paper.stat().st_mtime_ns == first


def test_the_folder_goes_to_the_standby_machine_by_the_offices_command(place: Place, standby: Path) -> None:
    there = standby.with_name("there")
    part = BackupPart(standby=standby, standby_send=("cp", "-a", "{folder}", str(there)))
    copy_office(place.desk.store, place.config.model_copy(update={"backup": part}), standby, lambda: MONDAY)
    assert (there / DATABASE).read_bytes() == (standby / DATABASE).read_bytes()


def test_a_folder_that_cannot_be_written_is_said(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TrackerError, match="was not brought up to date"):
        copy(place, tmp_path / "file" / "standby")


def test_the_tracker_keeps_its_standby_by_itself(tmp_path: Path) -> None:
    with serving(tmp_path, backup={"standby": str(tmp_path / "standby")}) as served:
        until((tmp_path / "standby" / AS_OF).exists, "the copy", served.process)
        assert 'job="standby",part="tracker"' in served.get("/metrics")[1]
