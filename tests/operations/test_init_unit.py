"""``lebarpita-init.service`` run in a folder: its lines in order, as systemd does, until one fails or all are done."""

import gc
import shlex
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from installed import new_machine
from tree import EXAMPLE_CITY

from operations.install.services import TRACKER
from request_tracker.cli import main
from request_tracker.people.sessions import token_row
from request_tracker.store.database import Store

SHAPING, METRICS = "s" * 43, "m" * 43


def _touched(file: str) -> int:
    Path(file).touch()
    return 0


@dataclass(frozen=True)
class Unit:
    """The unit's text, and a folder that stands for the tracker's state, settings and secrets."""

    text: str
    folder: Path

    def lines(self, key: str) -> list[str]:
        """The values of a key, with the folder's places."""
        values = [line.partition("=")[2] for line in self.text.splitlines() if line.startswith(f"{key}=")]
        places = {str(TRACKER.state): f"{self.folder}", "/etc/lebarpita": f"{self.folder}", "%d": f"{self.folder}"}
        for place, here in places.items():
            values = [value.replace(place, here) for value in values]
        return values

    def start(self) -> list[str]:
        """What was printed by each line; the last is that of the line that failed. Empty where no condition holds."""
        conditions = self.lines("ConditionPathExists")
        assert all(line.startswith("|!") for line in conditions)
        if all(Path(line[2:]).exists() for line in conditions):
            return []
        told = []
        for line in self.lines("ExecStart"):
            program, *words = shlex.split(line)
            with StringIO() as said, redirect_stdout(said), redirect_stderr(said):
                code = _touched(words[0]) if program == "/usr/bin/touch" else main(words)
                told.append(said.getvalue())
            # What a command leaves open ends with its process; here with this.
            gc.collect()
            if code:
                break
        return told

    def store(self) -> Store:
        """The database that it made."""
        return Store(self.folder / "tracker.db")


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    machine = new_machine(tmp_path)
    assert machine.install() == 0
    folder = tmp_path / "office"
    folder.mkdir()
    (folder / "shaping-token").write_text(SHAPING)
    (folder / "key").write_text("k" * 43)
    (folder / "tracker.yaml").write_text(
        f"inventory: {EXAMPLE_CITY}\ndatabase: {folder}/tracker.db\nfiles: {folder}/files\n"
        f"secret_key: file:{folder}/key\n"
    )
    return Unit(machine.text("/etc/systemd/system/lebarpita-init.service"), folder)


def test_a_token_that_could_not_be_adopted_is_adopted_at_the_next_start_and_then_never_again(unit: Unit) -> None:
    """The database was there after the first line: the unit was never run again, and Prometheus answered 401."""
    first = unit.start()
    assert len(first) == 3 and "metrics-token" in first[-1]
    assert "set-up token (shown once)" in first[0]
    (unit.folder / "metrics-token").write_text(METRICS)
    second = unit.start()
    assert len(second) == 4 and "set-up token (shown once)" in second[0]
    store = unit.store()
    names = {secret: (token_row(store, secret) or {"name": ""})["name"] for secret in (SHAPING, METRICS)}
    assert names == {SHAPING: "shaping", METRICS: "prometheus"}
    assert store.value("SELECT count(*) FROM api_tokens") == 2
    store.close()
    assert unit.start() == []


def test_a_token_that_somebody_revoked_stays_revoked_when_the_unit_runs_again(unit: Unit) -> None:
    (unit.folder / "metrics-token").write_text(METRICS)
    assert len(unit.start()) == 4
    (unit.folder / "prepared").unlink()
    assert main(["token", "revoke", "shaping", "--config", f"{unit.folder}/tracker.yaml"]) == 0
    _, adopted, *rest = unit.start()
    assert adopted.startswith("token shaping: revoked 2") and "left so; put another secret into file:" in adopted
    assert len(rest) == 2 and (unit.folder / "prepared").exists()
    store = unit.store()
    assert token_row(store, SHAPING) is None and token_row(store, METRICS) is not None
    (unit.folder / "prepared").unlink()
    (unit.folder / "shaping-token").write_text("t" * 43)
    unit.start()
    assert token_row(store, "t" * 43) is not None
    store.close()


def test_an_office_that_came_from_another_machine_takes_this_ones_tokens_and_no_set_up_token(unit: Unit) -> None:
    """Restored, shipped, or of a release that made no mark: accounts are there."""
    (unit.folder / "metrics-token").write_text(METRICS)
    assert len(unit.start()) == 4
    (unit.folder / "prepared").unlink()
    (unit.folder / "metrics-token").write_text("n" * 43)
    store = unit.store()
    with store.transaction() as db:
        db.execute("DELETE FROM settings WHERE key = 'setup_token'")
    (password := unit.folder / "password").write_text("sandi-yang-panjang-sekali\n")
    words = f"user add admin --name Admin --role admin --password-file {password} --config {unit.folder}/tracker.yaml"
    assert main(words.split()) == 0
    told = unit.start()
    assert len(told) == 4 and "no set-up token: accounts are there" in told[0]
    assert store.value("SELECT count(*) FROM settings WHERE key = 'setup_token'") == 0
    assert token_row(store, "n" * 43) is not None and token_row(store, METRICS) is None
    store.close()
