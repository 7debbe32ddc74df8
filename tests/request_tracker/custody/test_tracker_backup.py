"""A backup taken while the office works has everything, and comes back whole or says which file does not."""

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from backup_place import Place
from children import PATIENCE_SECONDS, child
from tracker_office import INVENTORY, MONDAY, request
from tree import ROOT, TESTS

from request_tracker.cases import Desk
from request_tracker.cli import main
from request_tracker.config import TrackerConfig
from request_tracker.custody.backup import backup, damages, last_backup, restore
from request_tracker.custody.upkeep import audit
from request_tracker.errors import TrackerError
from request_tracker.metrics import TrackerFigures

FLIPS = 60
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
WRITER = """
import sys
from pathlib import Path
from tracker_office import MONDAY, CALENDAR, CITY, Supplied, request
from request_tracker.store import files
from request_tracker.cases import Desk
from request_tracker.store.database import Store
home = Path(sys.argv[1])
desk = Desk(Store(home / "tracker.db"), CALENDAR, CITY)
for turn in range(25):
    with desk.store.transaction() as db:
        letter = files.PaperFile(b"%PDF-1.7 " + b"x" * turn, "surat.pdf", "application/pdf")
        paper = files.keep(db, home / "files", letter, MONDAY)
    print(request(desk, documents={"surat": paper}), flush=True)
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The office that is backed up."""
    made = Place(tmp_path / "home")
    made.desk.store.close()
    return made


@pytest.fixture
def saved(place: Place, tmp_path: Path) -> Path:
    """A backup of it."""
    assert place.run("backup", str(tmp_path / "cadangan.zip")) == 0
    return tmp_path / "cadangan.zip"


def elsewhere(home: Path) -> TrackerConfig:
    return TrackerConfig(
        inventory=INVENTORY, database=home / "tracker.db", files=home / "files", templates=home / "templates"
    )


def test_PKL_S_12_everything_comes_back_after_the_machine_is_lost(place: Place, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "home").rename(tmp_path / "lost")
    (tmp_path / "home").mkdir()
    (tmp_path / "lost" / "tracker.yaml").rename(place.settings)
    assert place.run("restore", str(saved)) == 0
    assert audit(place.desk, place.config.files) == []
    assert place.paper.read_bytes() == b"%PDF-1.7 surat"
    assert (tmp_path / "home" / "templates" / "surat.typ").read_text() == "= Surat kantor"
    assert place.desk.store.value("SELECT count(*) FROM cases") == 1
    with ZipFile(saved) as opened:
        assert opened.read("pengaturan/tracker.yaml") == place.settings.read_bytes()
        assert opened.read("pengaturan/city.yaml") == INVENTORY.read_bytes()
    place.desk.store.close()


def test_PKL_S_12_a_backup_taken_while_others_write_has_every_paper_it_names(place: Place, tmp_path: Path) -> None:
    home = place.config.database.parent
    environment = {**os.environ, "PYTHONPATH": f"{TESTS / 'request_tracker'}:{TESTS}:{ROOT}"}
    command = [sys.executable, "-c", WRITER, str(home)]
    with child(command, stdout=subprocess.PIPE, text=True, env=environment) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        for turn in range(3):
            assert backup(place.desk.store, place.config, tmp_path / f"{turn}.zip") == []
        writer.communicate(timeout=PATIENCE_SECONDS)
    counts = []
    for turn in range(3):
        config = elsewhere(tmp_path / f"new{turn}")
        assert restore(tmp_path / f"{turn}.zip", config, MONDAY) == []
        copy = Desk(type(place.desk.store)(config.database), place.desk.calendar, place.desk.city)
        assert audit(copy, config.files) == []
        counts.append(copy.store.value("SELECT count(*) FROM files"))
        copy.store.close()
    assert 2 <= counts[0] <= counts[1] <= counts[2] <= 26


def test_X_AUD_the_last_backup_is_a_metric_and_before_it_the_first_event(place: Place, tmp_path: Path) -> None:
    first = last_backup(place.desk.store)
    assert first is not None
    assert place.run("backup", str(tmp_path / "satu.zip")) == 0
    taken = last_backup(place.desk.store)
    assert taken is not None and taken > first
    values = [s.value for f in TrackerFigures(place.desk).collect() for s in f.samples if "backup_last" in s.name]
    assert values == [taken]


def test_a_backup_is_readable_by_its_owner_alone_and_leaves_nothing_half(saved: Path) -> None:
    assert saved.stat().st_mode & 0o777 == 0o600
    assert list(saved.parent.glob("*.partial")) + list(saved.parent.glob("*.database")) == []


def test_PKL_S_12_neither_backup_nor_restore_overwrites(place: Place, saved: Path) -> None:
    before = place.config.database.read_bytes()
    with pytest.raises(TrackerError, match="never overwrites"):
        backup(place.desk.store, place.config, saved)
    with pytest.raises(TrackerError, match="exists already; --overwrite"):
        restore(saved, place.config, MONDAY)
    assert place.config.database.read_bytes() == before
    place.desk.store.close()


def test_PKL_S_12_overwriting_sets_aside_what_was_there_and_heals_a_damaged_paper(
    place: Place, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request(place.desk, now=MONDAY + timedelta(hours=1))
    place.desk.store.close()
    place.paper.write_bytes(b"rusak")
    (place.settings.parent / "templates" / "surat.typ").write_text("= Lain")
    assert place.run("restore", str(saved), "--overwrite") == 0
    assert place.desk.store.value("SELECT count(*) FROM cases") == 1
    assert place.paper.read_bytes() == b"%PDF-1.7 surat"
    aside = [path.name for path in place.settings.parent.rglob("*.before-*")]
    assert sorted(name.split(".before")[0] for name in aside) == ["surat.typ", "tracker.db"]
    assert "what was there before" in capsys.readouterr().out
    place.desk.store.close()


def test_a_database_in_use_is_not_replaced(place: Place, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("request_tracker.store.database._OPENING_PAUSE_SECONDS", 0.001)
    assert place.desk.store.value("SELECT count(*) FROM cases") == 1
    with pytest.raises(TrackerError, match="is in use; stop the tracker first"):
        restore(saved, place.config, MONDAY, overwrite=True)
    assert place.desk.store.value("SELECT count(*) FROM cases") == 1
    place.desk.store.close()


def test_a_forgotten_write_ahead_log_is_not_read_into_the_restored_database(place: Place, saved: Path) -> None:
    log = place.config.database.with_name("tracker.db-wal")
    with closing(sqlite3.connect(place.config.database)) as other:
        other.execute("CREATE TABLE lama (a)")
        other.commit()
        kept = log.read_bytes()
    place.config.database.unlink()
    log.write_bytes(kept)
    assert "tracker.db-wal" in {path.name.split(".before")[0] for path in restore(saved, place.config, MONDAY)}
    assert audit(place.desk, place.config.files) == []
    place.desk.store.close()


def test_PKL_S_12_a_paper_lost_before_the_backup_is_named_and_the_rest_is_saved(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place.paper.unlink()
    assert place.run("backup", str(tmp_path / "c.zip")) == 1
    assert f"attachment {place.sha256[:12]}: cannot be read" in capsys.readouterr().out
    assert damages(tmp_path / "c.zip") == []
    assert place.run("restore", str(tmp_path / "c.zip"), "--overwrite") == 1
    assert place.sha256[:12] in capsys.readouterr().out


def test_X_AUD_a_flipped_bit_anywhere_in_a_backup_is_found_and_nothing_is_put_back(saved: Path, tmp_path: Path) -> None:
    content, config = saved.read_bytes(), elsewhere(tmp_path / "new")
    chance = random.Random(11)
    ends = range(len(content) - 700, len(content))
    missed = []
    for place in [*chance.sample(range(len(content)), FLIPS), *chance.sample(ends, FLIPS)]:
        bit = 1 << chance.randrange(8)
        saved.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
        try:
            restore(saved, config, MONDAY)
            missed.append((place, bit))
        except TrackerError:
            pass
    assert (missed, config.database.exists()) == ([], False)


def test_X_AUD_the_damaged_or_missing_file_of_a_backup_is_named(
    place: Place, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, content = f"lampiran/{place.sha256}", saved.read_bytes()
    with ZipFile(saved) as opened:
        start = content.index(b"%PDF-1.7 surat", opened.getinfo(name).header_offset)
        parts = {one: opened.read(one) for one in opened.namelist()}
    saved.write_bytes(content[:start] + b"X" + content[start + 1 :])
    assert damages(saved) == [f"{name}: its content does not give its sum"]
    with ZipFile(saved, "w") as out:
        for one in parts.keys() - {name}:
            out.writestr(one, parts[one])
    assert main(["audit", "backup", str(saved)]) == 1
    assert f"{name}: is missing" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["../lain.txt", "templat/../x", "lampiran/abc", "/mutlak", "templat/a/b"])
def test_a_backup_with_a_name_that_leads_elsewhere_is_refused(saved: Path, name: str) -> None:
    with ZipFile(saved) as opened:
        parts = {one: opened.read(one) for one in opened.namelist()}
    sums = parts.pop("SHA256SUMS") + f"{EMPTY}  {name}\n".encode()
    with ZipFile(saved, "w") as out:
        for one, content in {**parts, name: b"", "SHA256SUMS": sums}.items():
            out.writestr(one, content)
    assert f"{name}: is no place in a backup" in damages(saved)


@pytest.mark.parametrize("content", [b"", b"x" * 5000, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_backup_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lain.zip").write_bytes(content)
    assert main(["audit", "backup", str(tmp_path / "lain.zip")]) == 1
    assert "is no backup" in capsys.readouterr().err
