"""What strangers may park on the disk is bounded, and a disk that is nearly full refuses papers while cases go on."""

import os
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tracker_papers import PDF, other_pdf
from tracker_site import Site

from request_tracker.config import DiskPart
from request_tracker.errors import NotNow
from request_tracker.store import disk
from request_tracker.store.disk import check_room
from request_tracker.web.app import create_app
from runtime.disk import free_bytes

FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Narahubung", "contact_phone": "08"}
ALL_OF_IT = 10**9


def with_disk(site: Site, **bounds: int) -> Site:
    """The same office with other bounds of its disk."""
    here = site.client.application.extensions["office"]
    config = here.config.model_copy(update={"disk": DiskPart(**bounds)})
    return Site(site.desk, create_app(replace(here, config=config), testing=True).test_client())


def ask(site: Site, key: str, address: str = "127.0.0.1", content: bytes | None = PDF) -> Any:
    """A request with a letter of its own, or without one."""
    paper: dict[str, Any] = {} if content is None else {"letter": (BytesIO(other_pdf(key)), "surat.pdf")}
    site.client.environ_base["REMOTE_ADDR"] = address
    return site.post("/permohonan", key=key, **FORM, **paper)


def stored(site: Site) -> int:
    return int(site.desk.store.value("SELECT count(*) FROM files"))


def test_below_the_floor_a_paper_is_refused_politely_and_the_case_goes_on_without_it(site: Site) -> None:
    low = with_disk(site, least_free_megabytes=ALL_OF_IT)
    answer = ask(low, "a")
    assert (answer.status_code, "Penyimpanan pelacak hampir penuh" in answer.text) == (503, True)
    assert 'value="Narahubung"' in answer.text and stored(site) == 0
    assert ask(low, "b", content=None).status_code == 200
    assert site.desk.store.value("SELECT count(*) FROM inbox") == 1


def test_one_address_hands_in_no_more_than_its_days_sum(site: Site) -> None:
    tight = with_disk(site, megabytes_of_an_address_a_day=2)
    assert [ask(tight, str(n), "192.0.2.1").status_code for n in range(3)] == [200, 200, 503]
    assert "Berkas dari jaringan Anda hari ini" in ask(tight, "x", "192.0.2.1").text
    assert ask(tight, "y", "192.0.2.2").status_code == 200
    assert ask(tight, "z", "192.0.2.1", content=None).status_code == 200, "a case without a paper goes on"
    assert stored(site) == 3


def test_all_strangers_together_hand_in_no_more_than_theirs(site: Site) -> None:
    tight = with_disk(site, megabytes_of_strangers_a_day=2)
    assert [ask(tight, str(n), f"192.0.2.{n}").status_code for n in range(3)] == [200, 200, 503]
    assert "hari ini sudah terlalu banyak" in ask(tight, "x", "192.0.2.9").text


def test_who_is_logged_in_always_hands_in(site: Site) -> None:
    tight = with_disk(site, megabytes_of_strangers_a_day=1)
    assert ask(tight, "a").status_code == 200 and ask(tight, "b").status_code == 503
    tight.enter("secretariat")
    (number,) = tight.accept_all()
    for _ in range(3):
        form = {"document": "surat", "file": (BytesIO(other_pdf(os.urandom(4).hex())), "surat.pdf")}
        assert tight.post(f"/kasus/{number}/surat", f"/kasus/{number}", **form).status_code == 302


def test_the_room_is_what_the_disk_tells(tmp_path: Path) -> None:
    def look(place: Path) -> os.statvfs_result:
        if place != tmp_path:
            raise FileNotFoundError(place)
        return os.statvfs_result((4096, 1024, 100, 50, 30, 10, 10, 10, 0, 255))

    assert free_bytes(tmp_path / "not" / "made", look) == 30 * 1024
    check_room(tmp_path, 30 * 1024, look)
    with pytest.raises(NotNow, match="hampir penuh"):
        check_room(tmp_path, 30 * 1024 + 1, look)


def test_the_free_room_of_each_disk_and_the_floor_are_metrics(site: Site) -> None:
    page = site.get("/metrics")
    # From the right: a step's name has blanks in it.
    told = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in page.splitlines() if line[:1] != "#"}
    here = site.client.application.extensions["office"].config
    for name, place in disk.places(here.database, here.files).items():
        free = told[f'lebarpita_disk_free_bytes{{place="{name}"}}']
        assert free > 0 and abs(free - free_bytes(place)) < 2**30
    assert told["lebarpita_disk_floor_bytes"] == 1_024 * 2**20
