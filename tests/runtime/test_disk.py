"""Room on a part's disks: told by place, also before the folder is made; each part with a folder tells of its own."""

import os
from pathlib import Path

from exporter.flows.metrics import CATALOGUE as FLOWS
from exporter.job_metrics import disk_page
from exporter.watch.metrics import CATALOGUE as WATCH
from runtime.disk import DISK_FREE, DISK_USED, MEASURED_SECONDS, DiskUse, disk_samples, free_bytes, used_bytes
from shaping.metrics import CATALOGUE as SHAPING


def test_a_place_that_is_not_made_yet_has_the_room_of_its_parent(tmp_path: Path) -> None:
    asked: list[Path] = []

    def look(place: Path) -> os.statvfs_result:
        asked.append(place)
        return os.statvfs(place)

    room = os.statvfs(tmp_path)
    assert 0 < free_bytes(tmp_path / "a" / "b", look) <= room.f_blocks * room.f_frsize
    assert asked == [tmp_path / "a" / "b", tmp_path / "a", tmp_path]


def test_every_part_with_a_folder_tells_of_its_disk(tmp_path: Path) -> None:
    assert all({DISK_FREE, DISK_USED} <= set(catalogue) for catalogue in (FLOWS, WATCH, SHAPING))
    page = disk_page({"flows": tmp_path, "history": tmp_path / "history"}).decode()
    assert 'lebarpita_disk_free_bytes{place="flows"} ' in page and 'place="history"' in page
    assert 'lebarpita_disk_used_bytes{place="flows"} ' in page
    metric, samples = disk_samples({"watch": tmp_path})
    assert metric is DISK_FREE and samples[0][0] == ("watch",) and samples[0][1] > 0


def test_what_a_part_keeps_is_its_folder_whole_on_the_disk_and_no_link_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    bare = used_bytes(tmp_path / "folder")
    (tmp_path / "elsewhere").write_bytes(bytes(50_000_000))
    (tmp_path / "folder" / "deep" / "paper").write_bytes(os.urandom(1_000_000))
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "elsewhere")
    grown = used_bytes(tmp_path / "folder")
    assert bare is not None and grown is not None and 1_000_000 <= grown - bare < 1_100_000


def test_a_database_is_counted_with_what_stands_beside_it_under_its_name(tmp_path: Path) -> None:
    for name in ("tracker.db", "tracker.db-wal", "tracker.db.before-2026", "other"):
        (tmp_path / name).write_bytes(os.urandom(100_000))
    size = used_bytes(tmp_path / "tracker.db")
    assert size is not None and 300_000 <= size < 390_000


def test_what_is_not_made_yet_is_nothing_and_what_is_too_much_or_shut_is_unknown(tmp_path: Path) -> None:
    assert used_bytes(tmp_path / "none") == 0
    for number in range(5):
        (tmp_path / str(number)).touch()
    assert used_bytes(tmp_path, most_entries=4) is None
    assert used_bytes(tmp_path, most_entries=5) is not None
    assert used_bytes(Path("/proc/self/mem") / "x") is None


def test_it_is_measured_once_an_hour_and_told_at_every_scrape(tmp_path: Path) -> None:
    moments = [0.0]
    use = DiskUse(clock=lambda: moments[0])

    def told() -> float:
        metric, samples = use.samples({"files": tmp_path})
        assert metric is DISK_USED
        return samples[0][1]

    before = told()
    (tmp_path / "paper").write_bytes(os.urandom(500_000))
    assert told() == before
    moments[0] = MEASURED_SECONDS
    assert told() >= before + 500_000
