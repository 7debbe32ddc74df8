"""deploy/prepare in a folder: what the Compose file's first service makes, a second time, and what it says of a fault.

``chown`` and ``setpriv`` are stand-ins that note what they were asked: owners are root's to give. The whole stack is
run by ``make compose``.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tree import EXAMPLE_CITY, ROOT

from request_tracker.config import read_config

SECRETS = {"webhook", "secret-key", "top-token", "shaping-token", "metrics-token", "grafana"}
PARTS = ("tracker", "flows", "shaper", "prometheus", "alertmanager", "grafana")
STATES = ("exporter", "watch", "flows", "tracker", "shaper", "prometheus", "alertmanager", "grafana")
CHOWN = '#!/bin/sh\necho "$@" >>"$PREPARE_ROOT/owners"\n'
SETPRIV = '#!/bin/sh\nwhile [ "${1#--}" != "$1" ]; do shift; done\nexec "$@"\n'


@dataclass(frozen=True)
class Place:
    """The container's folders under one folder."""

    root: Path

    def prepare(self, **office: str) -> "subprocess.CompletedProcess[str]":
        """Run it once, with what the office's ``.env`` names."""
        programs = f"{self.root}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
        more = {"PATH": programs, "PREPARE_ROOT": str(self.root), "PREPARE_RULES": str(ROOT / "alert_rules")}
        words = ["sh", str(ROOT / "deploy/prepare")]
        return subprocess.run(
            words, env=os.environ | more | office, cwd=ROOT, text=True, capture_output=True, timeout=300, check=False
        )

    def secret(self, part: str, name: str) -> str:
        """What a part was handed."""
        return (self.root / "handed" / part / name).read_text(encoding="utf-8").strip()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for name in ("bin", "secrets", "etc/lebarpita", "etc/alerts", "var/lib", *(f"handed/{part}" for part in PARTS)):
        (tmp_path / name).mkdir(parents=True)
    for name in STATES:
        (tmp_path / "state" / name).mkdir(parents=True)
    # One volume in two places, as in the Compose file.
    (tmp_path / "var/lib/lebarpita").symlink_to("../../state/tracker")
    (tmp_path / "run").mkdir()
    (tmp_path / "run/secrets").symlink_to("../handed/tracker")
    for name, text in (("chown", CHOWN), ("setpriv", SETPRIV)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    for source in (ROOT / "deploy/compose").glob("*.yaml"):
        text = source.read_text(encoding="utf-8")
        for folder in ("/etc/lebarpita", "/var/lib/lebarpita", "/run/secrets"):
            text = text.replace(folder, f"{tmp_path}{folder}")
        (tmp_path / "etc/lebarpita" / source.name).write_text(text, encoding="utf-8")
    (tmp_path / "etc/lebarpita/city.yaml").write_text(EXAMPLE_CITY.read_text(encoding="utf-8"), encoding="utf-8")
    return Place(tmp_path)


def test_it_makes_secrets_database_and_rules_and_a_second_time_nothing(place: Place) -> None:
    done = place.prepare()
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (place.root / "secrets").iterdir()} == SECRETS
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in (place.root / "secrets").iterdir())
    assert place.secret("alertmanager", "webhook") == place.secret("tracker", "webhook")
    assert place.secret("shaper", "shaping-token") not in done.stdout + done.stderr
    assert "set-up token" in (place.root / "state/tracker/setup-token").read_text() and "set-up" not in done.stdout
    assert (place.root / "etc/alerts/prometheus.yml").exists() and any((place.root / "etc/alerts/rules").iterdir())
    whose_and_handed(place)
    before = {path: path.read_bytes() for path in (place.root / "secrets").iterdir()}
    again = place.prepare()
    assert (again.returncode, again.stdout.strip()) == (0, "prepare: ready; made: nothing, all was there")
    assert before == {path: path.read_bytes() for path in (place.root / "secrets").iterdir()}


def whose_and_handed(place: Place) -> None:
    """Each part owns its folder and is handed its secrets alone."""
    owners = (place.root / "owners").read_text(encoding="utf-8").splitlines()
    for name, owner in {"tracker": 9800, "watch": 0, "shaper": 0, "prometheus": 65534, "grafana": 472}.items():
        assert f"-R {owner}:{owner} {place.root}/state/{name}" in owners
    handed = {part: {path.name for path in (place.root / "handed" / part).iterdir()} for part in PARTS}
    alone = [{"top-token"}, {"shaping-token"}, {"metrics-token"}, {"webhook"}, {"grafana"}]
    assert [handed[part] for part in PARTS] == [SECRETS - {"grafana"}, *alone]
    files = [path for part in PARTS for path in (place.root / "handed" / part).iterdir()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o400}


def test_an_end_in_between_is_healed_by_the_next_start_and_changed_settings_are_built(place: Place) -> None:
    """A database without its tokens left the shaper answered 401 for ever."""
    assert place.prepare().returncode == 0
    (place.root / "state/tracker/tracker.db").unlink()
    for path in (place.root / "state/tracker").glob(".token-*"):
        path.unlink()
    (place.root / "secrets/top-token").unlink()
    alerts = place.root / "etc/lebarpita/alerts.yaml"
    alerts.write_text(alerts.read_text().replace("tracker: http://127.0.0.1:9820", "tracker: https://bw.kota.go.id"))
    again = place.prepare()
    assert again.returncode == 0 and again.stdout.strip().endswith("made: top-token database")
    assert place.secret("flows", "top-token") == place.secret("tracker", "top-token")
    rules = "".join(path.read_text() for path in (place.root / "etc/alerts/rules").iterdir())
    assert "https://bw.kota.go.id/runbooks/" in rules


def test_an_init_that_was_ended_before_its_end_is_done_again(place: Place) -> None:
    """The file of the database is there from its first statement on: forms and set-up token come later."""
    (place.root / "state/tracker/tracker.db").touch()
    done = place.prepare()
    assert done.returncode == 0 and done.stdout.strip().endswith("database"), done.stderr
    assert "set-up token (shown once)" in (place.root / "state/tracker/setup-token").read_text()


@pytest.mark.parametrize("name", ["city", "tracker", "exporter", "alerts"])
def test_a_file_that_lacks_is_one_sentence_and_nothing_is_made(place: Place, name: str) -> None:
    (place.root / f"etc/lebarpita/{name}.yaml").unlink()
    done = place.prepare()
    assert done.returncode == 1 and f"prepare: {name}.yaml is not in LEBARPITA_HOME" in done.stderr
    assert not any((place.root / "secrets").iterdir())


def test_a_city_file_in_error_stops_it_with_the_line(place: Place) -> None:
    (place.root / "etc/lebarpita/city.yaml").write_text("city: {name: Kota}\n", encoding="utf-8")
    done = place.prepare()
    assert done.returncode == 1 and "city.yaml" in done.stderr and "Traceback" not in done.stderr


def test_a_telegram_bot_of_the_env_file_is_the_second_way_and_its_token_stays_in_a_file(place: Place) -> None:
    way = {"LEBARPITA_TELEGRAM": "tgram://1234:ABC-rahasia/{to}", "LEBARPITA_TELEGRAM_CHAT": "-100123"}
    done = place.prepare(**way)
    assert done.returncode == 0, done.stderr
    assert place.secret("alertmanager", "telegram") == "1234:ABC-rahasia"
    built = place.root / "etc/alerts/alertmanager.yml"
    assert "chat_id: -100123" in built.read_text() and "rahasia" not in built.read_text()
    # Taken out of the file again it is no way any more.
    assert place.prepare().returncode == 0 and "chat_id" not in built.read_text()
    wrong = place.prepare(**way | {"LEBARPITA_TELEGRAM_CHAT": "grup"})
    assert wrong.returncode == 1 and "'grup' is no chat of Telegram" in wrong.stderr


def test_channels_that_the_env_file_leaves_empty_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEBARPITA_TELEGRAM", "")
    monkeypatch.setenv("LEBARPITA_MAIL", "mailto://127.0.0.1/?to={to}")
    assert read_config(ROOT / "deploy/compose/tracker.yaml").channels == {"mail": "env:LEBARPITA_MAIL"}
    # A name that Compose does not hand on at all is not passed over: it may be misspelt.
    monkeypatch.delenv("LEBARPITA_TELEGRAM")
    assert set(read_config(ROOT / "deploy/compose/tracker.yaml").channels) == {"telegram", "mail"}
