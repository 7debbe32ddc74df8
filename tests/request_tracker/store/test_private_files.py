"""Whatever the tracker makes is readable by its owner alone, whatever the umask it is started with."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from children import until
from served_office import ServedOffice, configuration, serving
from tracker_papers import PDF, photograph

from request_tracker.cli import main
from request_tracker.store.database import Store, parts_of
from runtime.own_files import kept_private, tighten


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """The umask that lets everybody read and write what is made."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """Files and folders under it that somebody besides the owner has a right on, with their mode."""
    return [
        f"{path.relative_to(folder)} {stat.S_IMODE(path.lstat().st_mode):o}"
        for path in sorted(folder.rglob("*"))
        if path.lstat().st_mode & 0o077 and not path.is_symlink()
    ]


def multipart(name: str, content: bytes) -> tuple[str, bytes]:
    """A form with one file: its type and body."""
    head = f'--x\r\nContent-Disposition: form-data; name="letter"; filename="{name}"\r\n\r\n'.encode()
    fields = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in {"opd": "dinkes", "description": "mati", "contact_name": "N", "contact_phone": "08"}.items()
    )
    return "multipart/form-data; boundary=x", fields.encode() + head + content + b"\r\n--x--\r\n"


def finished(office: ServedOffice, place: str) -> tuple[int, str] | None:
    answer = office.get(place)
    return None if "\r\nrefresh: " in answer[1].lower() else answer


def test_X_PDP_every_file_of_init_serve_upload_backup_and_restore_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "data"
    with serving(tmp_path) as office:
        for name, content in (("surat.pdf", PDF), ("foto.jpg", photograph())):
            kind, body = multipart(name, content)
            with closing(office.connect()) as browser:
                browser.sendall(b"GET /lapor HTTP/1.1\r\nHost: x\r\n\r\n")
                page = browser.recv(2**20).decode()
                while "</html>" not in page:
                    page += browser.recv(2**20).decode()
                token = page.split('name="csrf_token" value="')[1].split('"')[0]
                cookie = page.split("set-cookie: ")[1].split(";")[0]
                body = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'.encode() + body
                status, text = office.ask(
                    f"POST /lapor HTTP/1.1\r\nCookie: {cookie}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}",
                    body,
                )
            if status == 303:  # A photograph that takes long: the page of how it goes has the answer in the end.
                place = text.split("location: ")[1].split("\r\n")[0]
                status, text = until(partial(finished, office, place), "the photograph", office.process)
            assert status in (200, 303), text
        assert open_to_others(home) == []
    program = [sys.executable, "-m", "request_tracker.cli"]
    for command in (["backup", "cadangan.zip"], ["export", "cases", "kasus.csv"], ["restore", "cadangan.zip"]):
        file, more = str(home / command.pop()), ["--overwrite"] if command == ["restore"] else []
        subprocess.run([*program, *command, file, *more, "--config", str(tmp_path / "tracker.yaml")], check=True)
    kept = {path.suffix or path.parent.name for path in home.rglob("*") if path.is_file()}
    assert {".zip", ".csv", ".db"} <= kept and len(list((home / "files").rglob("*"))) > 2
    assert open_to_others(home) == []


def test_a_database_that_a_library_makes_is_its_owners_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "fresh" / "t.db")
    with store.transaction() as db:
        db.execute("CREATE TABLE a (b)")
    assert {path.name for path in parts_of(store.path) if path.exists()} == {"t.db", "t.db-wal", "t.db-shm"}
    assert open_to_others(tmp_path) == []
    store.close()


def test_what_an_earlier_version_left_open_is_tightened_when_a_command_meets_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = str(configuration(tmp_path, 1))
    assert main(["init", "--config", path]) == 0
    database = tmp_path / "data" / "tracker.db"
    database.chmod(0o644)
    (tmp_path / "data" / "files").chmod(0o755)
    assert main(["user", "list", "--config", path]) == 0
    assert open_to_others(tmp_path / "data") == []
    assert "event=file_tightened" in caplog.text and "was=644" in caplog.text


def test_what_is_not_ours_to_tighten_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "t.db"
    theirs.touch(mode=0o666)

    def refused(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refused)
    tighten([theirs, tmp_path / "none"])
    assert "event=file_open_to_others" in caplog.text and f"chmod go= {theirs}" in caplog.text


def test_the_umask_is_given_back_after_a_command(tmp_path: Path) -> None:
    with kept_private():
        (tmp_path / "inside").touch()
    (tmp_path / "outside").touch()
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("inside", "outside")] == [0o600, 0o666]
