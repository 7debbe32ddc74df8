"""Attachments are kept by hash, once, and checked whenever they are read."""

from pathlib import Path

import pytest
from tracker_office import HEAD, MONDAY, request

from request_tracker.cases import AddDocument, Desk, history, run
from request_tracker.custody.upkeep import audit
from request_tracker.errors import TrackerError
from request_tracker.store.files import PaperFile, faults, keep, path_of, read


def test_PKL_B_CT1_the_hash_in_the_event_is_the_files_hash(desk: Desk, tmp_path: Path) -> None:
    number = request(desk)
    with desk.store.transaction() as db:
        letter = keep(db, tmp_path / "files", PaperFile(b"%PDF surat", "surat.pdf", "application/pdf"), MONDAY)
        assert (
            keep(db, tmp_path / "files", PaperFile(b"%PDF surat", "lagi.pdf", "application/pdf"), MONDAY).sha256
            == letter.sha256
        )
    run(desk, number, AddDocument("surat", letter), HEAD, MONDAY)
    assert history(desk, number)[-1].data["sha256"] == letter.sha256
    assert read(tmp_path / "files", str(letter.sha256)) == b"%PDF surat"
    assert audit(desk, tmp_path / "files") == []


def test_X_AUD_a_damaged_or_missing_attachment_is_found(desk: Desk, tmp_path: Path) -> None:
    with desk.store.transaction() as db:
        kept = [
            keep(db, tmp_path, PaperFile(content, "a.pdf", "application/pdf"), MONDAY) for content in (b"one", b"two")
        ]
    path_of(tmp_path, str(kept[0].sha256)).write_bytes(b"onf")
    path_of(tmp_path, str(kept[1].sha256)).unlink()
    assert len(faults(desk.store, tmp_path)) == 2


def test_a_hash_is_never_a_way_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="not a sha256"):
        path_of(tmp_path, "../../etc/passwd")
