"""A backup leaves the machine checked and encrypted, and is written down only once it is there. Real gpg, real cp."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from backup_place import Place
from pydantic import ValidationError
from tracker_office import MONDAY

from request_tracker.backup_settings import BackupPart
from request_tracker.custody.backup import backup, damages
from request_tracker.custody.shipping import SENT, newest, ship
from request_tracker.errors import TrackerError
from request_tracker.metrics import TrackerFigures

SENT_METRIC = "lebarpita_backup_sent_last_timestamp_seconds"
GPG = ("gpg", "--batch", "--no-tty", "--pinentry-mode", "loopback", "--symmetric", "--passphrase-file")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "kantor")


@pytest.fixture
def saved(place: Place, tmp_path: Path) -> Path:
    path = tmp_path / "lebarpita-20261130T013000Z.zip"
    assert backup(place.desk.store, place.config, path) == []
    return path


def part(tmp_path: Path, **more: Any) -> BackupPart:
    (tmp_path / "luar").mkdir(exist_ok=True)
    usual = {"encrypt": ("tr", "P", "Q"), "send": ("cp", "{file}", f"{tmp_path}/luar/{{name}}")}
    return BackupPart(**{**usual, **more})


def sent_at(place: Place, sends: bool = True) -> list[float]:
    figures = TrackerFigures(place.desk, sends=sends).collect()
    return [sample.value for family in figures if family.name == SENT_METRIC for sample in family.samples]


def test_what_arrives_is_encrypted_and_opens_to_the_very_backup(place: Place, saved: Path, tmp_path: Path) -> None:
    home, phrase = tmp_path / "gnupg", tmp_path / "phrase"
    home.mkdir(mode=0o700)
    phrase.write_text("kata-sandi-cadangan-yang-panjang")
    settings = part(tmp_path, encrypt=(*GPG, str(phrase)), environment={"GNUPGHOME": str(home)})
    ship(place.desk.store, settings, saved, MONDAY)
    (there,) = (tmp_path / "luar").iterdir()
    assert there.name == f"{saved.name}.sealed" and there.read_bytes() != saved.read_bytes()
    assert not saved.with_name(there.name).exists()
    opened = tmp_path / "opened.zip"
    words = ["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase-file", str(phrase), "--homedir", str(home)]
    subprocess.run([*words, "--output", str(opened), "--decrypt", str(there)], check=True, capture_output=True)
    assert opened.read_bytes() == saved.read_bytes() and damages(opened) == []


def test_a_backup_that_arrived_is_recorded_and_a_metric_says_when(place: Place, saved: Path, tmp_path: Path) -> None:
    before = sent_at(place)
    ship(place.desk.store, part(tmp_path), saved, MONDAY)
    row = place.desk.store.row("SELECT subject, data FROM rights_journal WHERE kind = ?", [SENT]) or {}
    assert row["subject"] == f"backup:{saved.name}"
    assert len(before) == 1 and sent_at(place) != before
    # An office that sends none has no such metric, and no alert of it.
    assert sent_at(place, sends=False) == []


def test_a_secret_reaches_a_command_by_its_environment_alone(place: Place, saved: Path, tmp_path: Path) -> None:
    (secret := tmp_path / "secret").write_text("sangat-rahasia")
    secret.chmod(0o600)
    script = tmp_path / "send"
    script.write_text('#!/bin/sh\nprintf "%s %s" "$RESTIC_PASSWORD" "$*" > "$OUT"\n')
    script.chmod(0o755)
    environment = {"RESTIC_PASSWORD": f"file:{secret}", "OUT": str(tmp_path / "said")}
    settings = BackupPart(send=(str(script), "{file}"), send_encrypts=True, environment=environment)
    ship(place.desk.store, settings, saved, MONDAY)
    assert (tmp_path / "said").read_text() == f"sangat-rahasia {saved}"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing that encrypts": ({"encrypt": ()}, "holds personal data"),
    "no file": ({"send": ("cp", "x")}, "has no {file}"),
    "a password for all to read": ({"send": ("x", "--password=rahasia", "{file}")}, "is read by everybody"),
    "a standby without a folder": ({"standby_send": ("rsync", "{folder}")}, "needs standby:"),
}


@pytest.mark.parametrize("name", WRONG)
def test_settings_that_would_give_data_or_secrets_away_are_refused(tmp_path: Path, name: str) -> None:
    more, sentence = WRONG[name]
    with pytest.raises(ValidationError, match=sentence):
        part(tmp_path, **more)


FAILING: dict[str, tuple[dict[str, Any], str]] = {
    "a line that is down": ({"send": ("sh", "-c", "echo no route >&2; exit 7", "{file}")}, "with code 7: no route"),
    "a program that is not there": ({"send": ("/no/such/program", "{file}")}, "cannot be run"),
    "a cipher that does nothing": ({"encrypt": ("cat",)}, "gave the backup as it is"),
    "a cipher that says nothing": ({"encrypt": ("true",)}, "gave nothing"),
}


@pytest.mark.parametrize("name", FAILING)
def test_what_did_not_arrive_is_said_and_not_recorded(place: Place, saved: Path, tmp_path: Path, name: str) -> None:
    more, sentence = FAILING[name]
    with pytest.raises(TrackerError, match=sentence):
        ship(place.desk.store, part(tmp_path, **more), saved, MONDAY)
    assert place.desk.store.value("SELECT count(*) FROM rights_journal WHERE kind = ?", [SENT]) == 0
    assert [path.name for path in tmp_path.glob("*.sealed")] == []


def test_a_damaged_backup_is_not_sent(place: Place, saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 1
    saved.write_bytes(content)
    with pytest.raises(TrackerError):
        ship(place.desk.store, part(tmp_path), saved, MONDAY + timedelta(days=1))
    assert list((tmp_path / "luar").iterdir()) == []


def test_the_newest_of_a_folder_is_meant(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="holds no backup"):
        newest(tmp_path)
    for day in (3, 1, 2):
        (tmp_path / f"lebarpita-2026030{day}T013000Z.zip").touch()
    assert newest(tmp_path).name == "lebarpita-20260303T013000Z.zip"
    assert newest(tmp_path / "other.zip") == tmp_path / "other.zip"
