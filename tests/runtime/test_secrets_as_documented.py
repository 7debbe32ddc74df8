"""A secret made with the command of each page works in every room; 32 raw bytes are a sentence there, or a good key."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tree import ROOT

from dashboards.__main__ import main as boards
from exporter.config import secret, token
from exporter.errors import ExporterError
from exporter.flows.settings_reader import read as collector
from inventory.cli import main as inventory
from lab import LabError
from lab.credentials import value_of
from request_tracker import config as tracker
from request_tracker.cases.context import desk_of
from request_tracker.cli import main as tracker_command
from request_tracker.errors import TrackerError
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.web.app import create_app
from request_tracker.web.shell.context import OfficeDesk
from shaping.cli import main as shaping

PAGES = [ROOT / "docs/how-to" / name for name in ("install.md", "who-uses-it.md")]
RAW = bytes(range(224, 256))
EXAMPLE = ROOT / "inventory/example/city.yaml"


def commands() -> list[str]:
    """Every line of the pages that makes secrets, as a person pastes it."""
    lines = [line for page in PAGES for line in page.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if "secrets.token_urlsafe" in line]


@pytest.fixture
def made(tmp_path: Path) -> list[Path]:
    """What the pages' own commands make."""
    (tmp_path / "secrets").mkdir()
    for line in commands():
        here = line.replace("/etc/lebarpita", str(tmp_path)).replace("python3", sys.executable)
        subprocess.run(["sh", "-eu", "-c", here], cwd=tmp_path, check=True)
    return sorted(path for path in tmp_path.rglob("*") if path.is_file())


def test_the_pages_make_every_secret_that_they_name(made: list[Path]) -> None:
    names = {"secret-key", "webhook", "top-token"}
    assert {path.name for path in made} == names
    assert len({path.read_text() for path in made}) == len(made)
    assert all(len(path.read_text().strip()) == 43 for path in made)


def test_no_page_asks_for_bytes_without_the_command_that_makes_them() -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert "random bytes" not in text or "secrets.token_urlsafe" in text, page


def office(folder: Path, secret_key: str, webhook: str | None = None) -> OfficeDesk:
    """An office in that folder, prepared by its own command; its configuration is ``tracker.yaml``."""
    settings = f"inventory: {EXAMPLE}\ndatabase: {folder}/t.db\nfiles: {folder}/files\nsecret_key: {secret_key}\n"
    (folder / "tracker.yaml").write_text(settings + (f"webhook_secret: {webhook}\n" if webhook else ""))
    assert tracker_command(["init", "--config", f"{folder}/tracker.yaml"]) == 0
    config = tracker.read_config(folder / "tracker.yaml")
    return OfficeDesk(config, desk_of(config), Prometheus(None))


def test_every_room_reads_what_the_pages_make(made: list[Path], tmp_path: Path) -> None:
    reference, value = f"file:{made[0]}", made[0].read_text().strip()
    assert {secret(reference), token(reference), value_of(reference, {})} == {value}
    assert {tracker.secret(reference), tracker.token(reference)} == {value}
    assert tracker.signing_key(reference) == value.encode()
    (tmp_path / "exporter.yaml").write_text(
        f"inventory: {EXAMPLE}\nstate: {tmp_path}\nflows: {{history: {{folder: {tmp_path}, token: '{reference}'}}}}\n"
    )
    history = collector(str(tmp_path / "exporter.yaml")).history
    assert history is not None and history.token == value


def test_the_tracker_serves_with_them_and_takes_the_shaper_s_token_from_its_file(
    made: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, shaper = f"file:{made[0]}", next(path for path in made if path.name == "top-token")
    place = office(tmp_path, reference, reference)
    words = ["token", "add", "shaping", "--scope", "allocations:read", "--from", f"file:{shaper}"]
    assert tracker_command([*words, "--config", f"{tmp_path}/tracker.yaml"]) == 0
    assert shaper.read_text().strip() not in capsys.readouterr().out
    client = create_app(place, testing=True).test_client()
    bearer = {"Authorization": f"Bearer {made[0].read_text().strip()}"}
    assert client.post("/api/alerts", json={"alerts": []}, headers=bearer).status_code == 200
    bearer = {"Authorization": f"Bearer {shaper.read_text().strip()}"}
    assert client.get("/api/allocations", headers=bearer).status_code == 200
    place.desk.store.close()


def test_a_session_key_of_raw_bytes_signs(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(RAW)
    place = office(tmp_path, f"file:{tmp_path}/raw")
    client = create_app(place, testing=True).test_client()
    assert client.get("/masuk").status_code == 200
    assert client.get("/tanggap/salah.salah").status_code == 409
    place.desk.store.close()


def _collector(folder: Path, reference: str) -> None:
    (folder / "exporter.yaml").write_text(
        f"inventory: {EXAMPLE}\nstate: {folder}\nflows: {{history: {{folder: {folder}, token: '{reference}'}}}}\n"
    )
    collector(str(folder / "exporter.yaml"))


@pytest.mark.parametrize(
    ("use", "error"),
    [
        (_collector, ExporterError),
        (lambda _, reference: secret(reference), ExporterError),
        (lambda _, reference: tracker.secret(reference), TrackerError),
        (lambda _, reference: tracker.token(reference), TrackerError),
        (lambda _, reference: value_of(reference, {}), LabError),
    ],
)
def test_raw_bytes_where_a_room_needs_text_are_its_own_error(
    use: Callable[[Path, str], object], error: type[Exception], tmp_path: Path
) -> None:
    (tmp_path / "raw").write_bytes(RAW)
    with pytest.raises(error, match=f"secret file:{tmp_path}/raw: is not text"):
        use(tmp_path, f"file:{tmp_path}/raw")


@pytest.mark.parametrize("room", ["shaping", "inventory", "dashboards", "tracker"])
def test_raw_bytes_are_one_sentence_and_code_1_on_the_command_line(
    room: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = f"file:{tmp_path}/raw"
    (tmp_path / "raw").write_bytes(RAW)
    (tmp_path / "shaping.yaml").write_text(
        f"inventory: {EXAMPLE}\nuplink: isp-utama\ntracker: 'http://127.0.0.1:9'\ntoken: {reference}\n"
        f"state: {tmp_path}\n"
    )
    office(tmp_path, reference, reference).desk.store.close()
    code = {
        "shaping": lambda: shaping(["plan", "--config", str(tmp_path / "shaping.yaml")]),
        "inventory": lambda: inventory(["import", "netbox", "http://127.0.0.1:9", "--token-from", reference]),
        "dashboards": lambda: boards(["publish", "--grafana", "http://127.0.0.1:9", "--token", reference]),
        "tracker": lambda: tracker_command(["serve", "--config", str(tmp_path / "tracker.yaml")]),
    }[room]()
    said = capsys.readouterr().err
    assert code == 1
    assert f"secret {reference}: is not text" in said and "Traceback" not in said
