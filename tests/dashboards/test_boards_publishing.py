"""Publishing speaks Grafana's API. The server here is a stand-in that keeps what it is sent; Grafana is not at hand."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dashboards.__main__ import main
from dashboards.building import committed
from lab.loopback import at_work

SECRET = "glsa_only_for_this_test"


class Grafana(BaseHTTPRequestHandler):
    """Grafana's ``POST /api/dashboards/db`` and nothing else."""

    got: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        allowed = self.headers["Authorization"] == f"Bearer {SECRET}" and self.path == "/papan/api/dashboards/db"
        if allowed:
            self.got.append(body)
        answer = json.dumps({"status": "success"} if allowed else {"message": "no"}).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def grafana() -> Iterator[str]:
    Grafana.got = []
    with at_work(ThreadingHTTPServer(("127.0.0.1", 0), Grafana)) as address:
        yield f"{address}/papan"


def test_every_board_is_sent_whole_and_may_overwrite(grafana: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET + "\n", encoding="utf-8")
    assert main(["publish", "--grafana", grafana, "--token", f"file:{tmp_path / 'token'}"]) == 0
    assert [body["dashboard"]["uid"] for body in Grafana.got] == [board["uid"] for board in committed()]
    assert all(body["overwrite"] for body in Grafana.got)


def test_a_refusal_names_the_board_and_not_the_token(
    grafana: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", "wrong")
    assert main(["publish", "--grafana", grafana, "--token", "env:GRAFANA_TOKEN"]) == 1
    message = capsys.readouterr().err
    assert "refused it: Unauthorized" in message
    assert "wrong" not in message


@pytest.mark.parametrize(
    ("grafana_address", "reference", "words"),
    [
        ("ftp://x", "env:GRAFANA_TOKEN", "not an http address"),
        ("http://127.0.0.1:1", "env:GRAFANA_TOKEN", "cannot be reached"),
        ("http://127.0.0.1:1", "env:NOT_SET_ANYWHERE", "is not set"),
        ("http://127.0.0.1:1", "file:/no/such/file", "No such file"),
        ("http://127.0.0.1:1", "glsa_pasted_by_mistake", "is named env:NAME or file:/path"),
    ],
)
def test_wrong_use_is_said_in_one_sentence(
    grafana_address: str,
    reference: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", SECRET)
    assert main(["publish", "--grafana", grafana_address, "--token", reference]) == 1
    message = capsys.readouterr().err
    assert words in message
    assert "pasted" not in message


def test_tickets_and_runbooks_are_pages_of_the_tracker_that_the_command_names(grafana: str, tmp_path: Path) -> None:
    address = "https://lebarpita.kota.example/"
    assert main(["build", "--tracker", address, "--into", str(tmp_path / "boards")]) == 0
    (tmp_path / "token").write_text(SECRET, encoding="utf-8")
    sent = ["publish", "--grafana", grafana, "--token", f"file:{tmp_path / 'token'}", "--tracker", address]
    assert main(sent) == 0
    written = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((tmp_path / "boards").glob("*.json"))]
    for boards in (written, [body["dashboard"] for body in Grafana.got]):
        constants = [v["query"] for board in boards for v in board["templating"]["list"] if v["name"] == "tracker"]
        assert constants == ["https://lebarpita.kota.example"] * len(committed())
