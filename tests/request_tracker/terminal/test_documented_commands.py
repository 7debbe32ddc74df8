"""The tracker's commands as the guides and how-to pages have them: each page's run one after the other on an office."""

import gc
import json
import re
import shlex
from pathlib import Path

import pytest
from tracker_office import CITY, INVENTORY, MONDAY, new_desk, request
from tree import ROOT

from inventory.reading import read_city
from request_tracker.cli import main
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.contacts import add_entry
from request_tracker.sop import loader

NAMES = ("how-to/docker-compose", "how-to/existing-prometheus-and-grafana", "how-to/operate", "how-to/wall-screen")
GUIDES = ("administrator", "auditor", "noc", "pejabat", "tata-usaha")
PAGES = (*NAMES, "how-to/install", *(f"panduan/{name}" for name in GUIDES))
COMMAND = re.compile(r"(?:lebarpita as tracker|(?<!-[ogu] )lebarpita-tracker) ((?!lebarpita|-)[^`\n|]+)")
# What this office cannot show, and which test does.
ELSEWHERE = {
    "init": "tests/request_tracker/terminal/test_tracker_commands.py",
    "ship": "tests/request_tracker/custody/test_backup_off_the_machine.py",
    "whatif": "tests/request_tracker/terminal/test_whatif_command.py",
    "case archive": "tests/request_tracker/letters/test_tracker_archive.py",
    "case check": "tests/request_tracker/letters/test_tracker_archive.py",
    "ledger import": "tests/request_tracker/terminal/test_tracker_commands.py",
    "restore lebarpita.zip": "tests/request_tracker/custody/test_restore_drill.py",
    "restore /var/backups/lebarpita.zip": "tests/request_tracker/custody/test_restore_drill.py",
}
ACCOUNTS = {"kadis": "head_of_office", "teknisi": "technician", "admin": "admin"}


def lines(page: str) -> list[str]:
    """The commands of a page in its order, each once."""
    found = COMMAND.findall((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    return list(dict.fromkeys(line.strip() for line in found))


def elsewhere(line: str) -> bool:
    return any(line.startswith(f"{begin} ") or line == begin for begin in ELSEWHERE)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an office: a case, three accounts, a backup, a SOP to look at, the secrets of Compose."""
    monkeypatch.setenv("SESSION", "rahasia-sesi-yang-panjang")
    monkeypatch.setenv("LEBARPITA_TRACKER", str(tmp_path / "tracker.yaml"))
    monkeypatch.chdir(tmp_path)
    known = {INVENTORY: CITY}
    monkeypatch.setattr(
        "request_tracker.cases.context.read_city", lambda path, kept: known.get(path) or read_city(path, kept)
    )
    desk = new_desk(tmp_path)
    request(desk, now=MONDAY)
    for login, role in ACCOUNTS.items():
        add_user(desk.store, NewAccount(login, f"Nama {login}", (role,), "sandi-yang-panjang"), MONDAY)
    add_entry(desk.store, "opd:rsud", {"name": "Narahubung", "phone": "080012345678"}, MONDAY)
    desk.store.close()
    config = {"inventory": str(INVENTORY), "database": f"{tmp_path}/tracker.db", "files": f"{tmp_path}/files"}
    settings = {**config, "secret_key": "env:SESSION", "personal_data_days": 365}
    (tmp_path / "tracker.yaml").write_text(json.dumps(settings))
    (tmp_path / "berkas.yaml").write_text((Path(loader.__file__).parent / "pkl-bw.r0.yaml").read_text())
    for name in ("backups", "secrets"):
        (tmp_path / name).mkdir()
    for name in ("shaper", "metrics"):
        (tmp_path / "secrets" / name).write_text(f"kunci-{name}-yang-panjang-sekali-dan-acak-0123456789")
    main(["backup", f"{tmp_path}/backups/there.zip"])
    gc.collect()
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_do_what_they_are_for(
    office: Path, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {
        "/etc/lebarpita": str(office),
        "/var/lib/lebarpita-backup": f"{office}/backups",
        "/var/lib/lebarpita/": f"{office}/backups/",
        "/var/backups": f"{office}/backups",
        "/run/secrets": f"{office}/secrets",
    }
    for line in lines(page):
        if elsewhere(line):
            continue
        typed = line
        for place, here in places.items():
            typed = typed.replace(place, here)
        assert main(shlex.split(typed)) == 0, f"{page}: {line}: {capsys.readouterr()}"


def test_a_secret_that_is_another_token_s_is_told_with_its_name(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add = ["--scope", "metrics:read", "--from", f"file:{office}/secrets/shaper"]
    assert main(["token", "add", "shaping", *add]) == main(["token", "add", "shaping", *add]) == 0
    assert main(["token", "add", "prometheus", *add]) == 1
    assert "token prometheus: its secret is that of the token shaping" in capsys.readouterr().err


def test_every_page_has_commands_and_what_is_shown_elsewhere_is_there() -> None:
    every = {line for page in PAGES for line in lines(page)}
    assert all(lines(page) for page in PAGES) and len(every) > 30
    assert [begin for begin in ELSEWHERE if not any(line.startswith(begin) for line in every)] == []
    assert [file for file in ELSEWHERE.values() if not (ROOT / file).exists()] == []


def test_no_page_of_the_tracker_s_commands_is_forgotten() -> None:
    folders = [path for folder in ("how-to", "panduan") for path in (ROOT / "docs" / folder).glob("*.md")]
    there = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in folders}
    assert {page for page in there if lines(page)} == set(PAGES)
