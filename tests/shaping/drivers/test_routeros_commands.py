"""A technician's commands with a fake router: plan, apply, verify, the file, the recording, panic."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ledgers import ledger
from routeros_fakes import Scene, certificate, fake

from lab.loopback import at_work
from shaping.cli import main


class Ledger(BaseHTTPRequestHandler):
    """The tracker's answer, and nothing else of it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(ledger(dinkes=(625_000, 2_500_000))).encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with fake(pem=certificate(tmp_path / "router.pem")) as scene:
        yield scene


@pytest.fixture
def config(tmp_path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SHAPING_TOKEN", "a token of a test")
    monkeypatch.setenv("ROUTER_PASSWORD", "fake")
    city = Path("inventory/example/city.yaml").read_text().replace("driver: linux", "driver: routeros")
    (tmp_path / "city.yaml").write_text(city)
    router = f"user: lebarpita, password: 'env:ROUTER_PASSWORD', certificate: {tmp_path / 'router.pem'}"
    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), Ledger)) as tracker:
        (tmp_path / "shaping.yaml").write_text(
            f"inventory: {tmp_path / 'city.yaml'}\nuplink: isp-utama\ntracker: {tracker}\n"
            f"token: env:SHAPING_TOKEN\nstate: {tmp_path / 'state'}\n"
            f"router: {{{router}, address: 127.0.0.1, port: {scene.server.port}}}\n"
        )
        yield str(tmp_path / "shaping.yaml")


def test_a_plan_is_read_applied_verified_and_opened_again(
    config: str, scene: Scene, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["plan", "--config", config]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["dinkes", "lan"] and lines[-1].startswith("3 operations; apply with: --plan ")
    assert main(["apply", "--config", config, "--many", "--plan", lines[-1].split()[-1]]) == 0
    assert "is in force: read back from the router" in capsys.readouterr().out
    assert len(scene.queues()) == 2 and scene.router.hold is None
    assert main(["record", "--config", config, "--tape", str(tmp_path / "tape")]) == 0
    assert main(["panic", "--config", config]) == 0
    assert "router 127.0.0.1: 2 queues" in capsys.readouterr().out
    assert scene.queues() == [] and main(["verify", "--config", config]) == 1
    assert "the queue lebarpita-dinkes is not there" in capsys.readouterr().err
    assert main(["replay", "--config", config, "--tape", str(tmp_path / "tape")]) == 0
    assert "revision 1 is in force in the recording" in capsys.readouterr().out
    assert main(["rsc", "--config", config]) == 0
    assert '/queue simple add name="lebarpita-dinkes"' in capsys.readouterr().out


@pytest.mark.parametrize("command", [["rsc"], ["record", "--tape", "tape"], ["replay", "--tape", "tape"]])
def test_a_driver_without_files_says_which_one_has_them(
    command: list[str], config: str, capsys: pytest.CaptureFixture[str]
) -> None:
    city = Path(config).with_name("city.yaml")
    city.write_text(city.read_text().replace("driver: routeros", "driver: manual"))
    assert main([command[0], "--config", config, *command[1:]]) == 1
    assert "shaping: driver: must be routeros" in capsys.readouterr().err
