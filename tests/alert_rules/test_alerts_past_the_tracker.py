"""A real Alertmanager with the shipped routes: the tracker dead, the office's mail server is told of it."""

import json
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from children import child
from ports import free_port

from alert_rules import ROOM
from lab import configs

PATIENCE_SECONDS = 60


class MailServer(socketserver.ThreadingTCPServer):
    """As much of SMTP (RFC 5321) as Alertmanager speaks; keeps every mail it took."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: list[str] = []


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say(b"220 lab")
        while line := self.rfile.readline(4096):
            word = line[:4].upper()
            if word == b"DATA":
                self.say(b"354 go on")
                self.server.mails.append(self.mail())
            self.say(b"221 bye" if word == b"QUIT" else b"250 lab")

    def mail(self) -> str:
        lines = []
        while (line := self.rfile.readline(65_536)) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines).decode()

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@pytest.fixture
def mails() -> Iterator[MailServer]:
    server = MailServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def shipped(folder: Path, mail_port: int) -> Path:
    """The shipped file with addresses of this machine: nobody listens where the tracker should be."""
    (folder / "webhook").write_text("s" * 32)
    text = (ROOM / "alertmanager.yml").read_text(encoding="utf-8")
    for old, new in (
        ("tracker:9820", f"127.0.0.1:{free_port()}"),
        ("/run/secrets/webhook", str(folder / "webhook")),
        ("mail.lebarpita.invalid:587", f"127.0.0.1:{mail_port}"),
        ("require_tls: true", "require_tls: false"),
    ):
        assert old in text
        text = text.replace(old, new)
    file = folder / "alertmanager.yml"
    file.write_text(text, encoding="utf-8")
    return file


@contextmanager
def alertmanager(config: Path, folder: Path) -> Iterator[str]:
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={folder / 'data'}"]
    command += [f"--web.listen-address={address}", "--cluster.listen-address="]
    with (folder / "log").open("w") as log, child(command, stdout=log, stderr=log):
        until(lambda: answers(f"http://{address}/-/ready"), folder)
        yield f"http://{address}"


def until(true: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as page:
            return bool(page.status == 200)
    except (URLError, OSError):
        return False


def tell(url: str, *alerts: dict[str, str]) -> None:
    body: list[dict[str, Any]] = [
        {"labels": labels, "annotations": {"summary": f"ringkasan {labels['alertname']}", "description": "uji"}}
        for labels in alerts
    ]
    request = Request(f"{url}/api/v2/alerts", json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=5) as answer:
        assert answer.status == 200


def test_the_tracker_dead_the_mail_server_is_told(tmp_path: Path, mails: MailServer) -> None:
    with alertmanager(shipped(tmp_path, mails.server_address[1]), tmp_path) as url:
        tell(
            url,
            {"alertname": "LebarpitaFlowLoss", "severity": "critical", "exporter": "core"},
            {"alertname": "LebarpitaPartDown", "severity": "warning", "part": "tracker"},
            {"alertname": "LebarpitaJobStale", "severity": "critical", "part": "tracker", "task": "outbox"},
        )
        until(lambda: len(mails.mails) >= 2, tmp_path)
        time.sleep(0.5)
    subjects = sorted(line for mail in mails.mails for line in mail.splitlines() if line.startswith("Subject: "))
    assert [subject.strip() for subject in subjects] == [
        "Subject: [lebarpita firing] ringkasan LebarpitaJobStale",
        "Subject: [lebarpita firing] ringkasan LebarpitaPartDown",
    ]
    assert all("To: administrator@lebarpita.invalid" in mail for mail in mails.mails)


def test_the_lab_s_alertmanager_has_the_routes_and_no_mail(tmp_path: Path) -> None:
    text = configs.alertmanager((ROOM / "alertmanager.yml").read_text(encoding="utf-8"), tmp_path / "webhook")
    assert "mail.lebarpita.invalid" not in text and "receiver: past-the-tracker" in text
    file = tmp_path / "alertmanager.yml"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(["amtool", "check-config", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
