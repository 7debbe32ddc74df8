"""``lebarpita backup``: a real backup of a real tracker under the moment's name, and how many are kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tracker_office import new_desk

from operations.backups import backup_name, superfluous
from operations.cli import main


def test_a_backup_bears_the_moment_and_names_in_order_are_moments_in_order() -> None:
    assert backup_name(datetime(2026, 3, 1, 1, 30, tzinfo=UTC)) == "lebarpita-20260301T013000Z.zip"


def test_the_oldest_beyond_so_many_are_superfluous_and_nothing_else_is() -> None:
    names = [backup_name(datetime(2026, 3, day, tzinfo=UTC)) for day in (3, 1, 2)]
    paths = [Path(name) for name in (*names, "lebarpita-tahunan.zip", "notes.txt")]
    assert superfluous(paths, 2) == [Path("lebarpita-20260301T000000Z.zip")]
    assert superfluous(paths, 3) == []


def test_a_backup_is_taken_by_the_trackers_own_command_and_the_older_one_goes(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    config, folder = tmp_path / "tracker.yaml", tmp_path / "backups"
    config.write_text(
        f"inventory: {Path('inventory/example/city.yaml').absolute()}\n"
        f"database: {desk.store.path}\nfiles: {tmp_path / 'files'}\n"
    )
    desk.store.close()
    folder.mkdir()
    (old := folder / backup_name(datetime(2026, 1, 1, tzinfo=UTC))).write_bytes(b"old")
    words = ["backup", "--config", str(config), "--folder", str(folder), "--keep"]
    assert main([*words, "1"]) == 0
    assert not old.exists() and len(list(folder.iterdir())) == 1


def test_a_backup_that_fails_removes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (old := tmp_path / backup_name(datetime(2026, 1, 1, tzinfo=UTC))).write_bytes(b"old")
    words = ["backup", "--config", str(tmp_path / "none.yaml"), "--folder", str(tmp_path), "--keep"]
    assert main([*words, "1"]) == 1 and old.exists()
    assert main([*words, "0"]) == 1 and "write 1 or more" in capsys.readouterr().err
