"""A finished case as a ZIP: whole without the tracker, the same bytes each time, every damage found."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from tracker_office import (
    DIVISION,
    EVIDENCE,
    HEAD,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    new_desk,
    request,
    walk_to,
)
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import Cancel, Desk, Sign, run
from request_tracker.cli import main
from request_tracker.config import TrackerConfig
from request_tracker.errors import TrackerError
from request_tracker.letters.archive import EVENTS, SUMS, faults, pack
from request_tracker.store import files

FORM = {"spesifikasi": "50 Mbit/s", "peruntukan": "layanan", "jumlah_pengguna": "80"}


@dataclass(frozen=True)
class Walked:
    """A case of Batam's SOP walked to its end, with a real letter and a photo named in a note, and its archive."""

    desk: Desk
    config: TrackerConfig
    number: str
    archive: Path


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("arsip")
    desk, example = new_desk(folder), Path("inventory/example/city.yaml")
    config = TrackerConfig(inventory=example, database=folder / "tracker.db", files=folder / "files")
    number = walk(desk, config)
    made = folder / "arsip.zip"
    made.write_bytes(pack(desk, config, number))
    yield Walked(desk, config, number, made)
    desk.store.close()


def walk(desk: Desk, config: TrackerConfig) -> str:
    with desk.store.transaction() as db:
        letter = files.keep(
            db, config.files, files.PaperFile(b"%PDF-1.7 surat", "surat dinas.pdf", "application/pdf"), MONDAY
        )
        photo = files.keep(db, config.files, files.PaperFile(b"\xff\xd8\xff foto", "foto.jpg", "image/jpeg"), MONDAY)
    number = request(desk, "BTM-BW", documents={"surat": letter})
    to_analysis = [
        (HEAD, Sign("BTM-02")),
        (DIVISION, VERIFIED),
        (SECTION, Sign("BTM-04", assignee=TECHNICIAN)),
        (TECHNICIAN, Sign("BTM-05")),
        (REQUESTER, Sign("BTM-05", form=FORM)),
        (TECHNICIAN, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE})),
    ]
    walk_to(desk, number, to_analysis)
    applied(desk, number, "BTM-08")
    noted = f"selesai dipasang\nfoto: /berkas/{photo.sha256}"
    last = [(REQUESTER, "BTM-09"), (TECHNICIAN, "BTM-10"), (SECTION, "BTM-11"), (DIVISION, "BTM-12"), (HEAD, "BTM-13")]
    run(desk, number, Sign("BTM-09", note=noted), TECHNICIAN, MONDAY)
    walk_to(desk, number, [(who, Sign(step)) for who, step in last])
    return number


def test_BTM_14_the_archive_holds_papers_attachments_events_and_verifies_without_the_tracker(
    walked: Walked, tmp_path: Path
) -> None:
    with ZipFile(walked.archive) as opened:
        names = opened.namelist()
        opened.extractall(tmp_path / "keluar")
        told = json.loads(opened.read(EVENTS))
    assert sum(name.startswith("surat/") and name.endswith(".pdf") for name in names) >= 4
    assert {name.rpartition("-")[2] for name in names if name.startswith("lampiran/")} == {
        "surat_dinas.pdf",
        "foto.jpg",
    }
    assert told["case"] == walked.number and told["events"][-1]["kind"] == "ended"
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path / "keluar", capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert faults(walked.archive) == []


def test_BTM_14_the_same_case_gives_the_same_archive(walked: Walked) -> None:
    assert pack(walked.desk, walked.config, walked.number) == walked.archive.read_bytes()


def changed(archive: Path, part: str, content: bytes | None, mended_sum: bool = False) -> list[str]:
    """The faults of the archive with one part replaced (or taken away), its sum made to fit if told."""
    with ZipFile(archive) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    name = next(name for name in parts if name.startswith(part))
    old = hashlib.sha256(parts.pop(name)).hexdigest().encode()
    parts |= {} if content is None else {name: content}
    if mended_sum:
        parts[SUMS] = parts[SUMS].replace(old, hashlib.sha256(content or b"").hexdigest().encode())
    made = BytesIO()
    with ZipFile(made, "w") as out:
        for key, value in parts.items():
            out.writestr(key, value)
    damaged = archive.with_name("rusak.zip")
    damaged.write_bytes(made.getvalue())
    return faults(damaged)


def test_BTM_14_a_changed_or_missing_part_is_found(walked: Walked) -> None:
    archive = walked.archive
    assert "does not give its sum" in changed(archive, "surat/", b"%PDF palsu")[0]
    assert any("is missing" in fault for fault in changed(archive, "lampiran/", None))


def test_BTM_14_a_byte_changed_anywhere_is_a_fault_or_no_archive_and_nothing_else(walked: Walked) -> None:
    content, damaged = walked.archive.read_bytes(), walked.archive.with_name("rusak.zip")
    broken = 0
    for place in range(0, len(content), max(1, len(content) // 60)):
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            faults(damaged)
        except TrackerError as error:
            broken += "is no archive of a case" in str(error)
    assert broken


def test_BTM_14_a_forger_who_mends_the_sums_is_still_found_by_the_chain(walked: Walked) -> None:
    archive = walked.archive
    with ZipFile(archive) as opened:
        told = json.loads(opened.read(EVENTS))
    told["events"][3]["actor"] = "user:9"
    assert any("does not give its hash" in one for one in changed(archive, EVENTS, json.dumps(told).encode(), True))
    assert any("is not its content's" in one for one in changed(archive, "lampiran/", b"%PDF palsu", True))
    assert any("not the SOP" in one for one in changed(archive, "sop.yaml", b"kode: X", True))


def test_BTM_14_a_case_that_runs_has_no_archive(walked: Walked) -> None:
    with pytest.raises(TrackerError, match="masih berjalan"):
        pack(walked.desk, walked.config, request(walked.desk, "BTM-BW"))


def test_BTM_14_check_is_a_command_that_needs_nothing_but_the_file(
    walked: Walked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["case", "check", str(walked.archive)]) == 0
    assert "whole" in capsys.readouterr().out
    (tmp_path / "rusak.zip").write_bytes(b"bukan zip")
    assert main(["case", "check", str(tmp_path / "rusak.zip")]) == 1
    assert "is no archive of a case" in capsys.readouterr().err
    assert main(["case", "check", str(tmp_path / "tidak-ada.zip")]) == 1


def test_BTM_14_the_finished_case_offers_its_archive(site: Site) -> None:
    site.enter("head_of_office")
    opened = site.request()
    page = f"/kasus/{opened.number}"
    assert "arsip.zip" not in site.get(page) and site.client.get(f"{page}/arsip.zip").status_code == 409
    run(site.desk, opened.number, Cancel("tidak jadi"), PUBLIC, NOW)
    assert f"{page}/arsip.zip" in site.get(page)
    assert site.client.get(f"{page}/arsip.zip").data.startswith(b"PK")
