"""Room on a part's disks: told by place, also before the folder is made; each part with a folder tells of its own."""

import os
from pathlib import Path

from exporter.flows.metrics import CATALOGUE as FLOWS
from exporter.job_metrics import disk_page
from exporter.watch.metrics import CATALOGUE as WATCH
from runtime.disk import DISK_FREE, disk_samples, free_bytes
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
    assert all(DISK_FREE in catalogue for catalogue in (FLOWS, WATCH, SHAPING))
    page = disk_page({"flows": tmp_path, "history": tmp_path / "history"}).decode()
    assert 'lebarpita_disk_free_bytes{place="flows"} ' in page and 'place="history"' in page
    metric, samples = disk_samples({"watch": tmp_path})
    assert metric is DISK_FREE and samples[0][0] == ("watch",) and samples[0][1] > 0
