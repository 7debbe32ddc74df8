"""A real Alertmanager for a test, and talking to it: its configuration in, its address out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from children import child, until
from ports import free_port


@contextmanager
def alertmanager(config: Path, folder: Path, port: int = 0) -> Iterator[str]:
    """One that runs in this block; its address."""
    address = f"127.0.0.1:{port or free_port()}"
    command = ["prometheus-alertmanager", f"--config.file={config}", f"--storage.path={folder / 'data'}"]
    command += [f"--web.listen-address={address}", "--cluster.listen-address="]
    with (folder / "log").open("w") as log, child(command, stdout=log, stderr=log):
        until(lambda: answers(f"http://{address}/-/ready"), "Alertmanager is ready")
        yield f"http://{address}"


def answers(url: str) -> bool:
    """True where there is a page."""
    try:
        with urlopen(url, timeout=10) as page:
            return bool(page.status == 200)
    except (URLError, OSError):
        return False


def send(url: str, alerts: list[dict[str, Any]]) -> None:
    """Tell it of these alerts, as the watch does."""
    post(f"{url}/api/v2/alerts", alerts)


def post(url: str, body: Any) -> Any:
    """Send JSON; what came back."""
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        assert answer.status == 200
        return json.loads(answer.read() or b"null")


def listed(url: str) -> list[dict[str, Any]]:
    """What it holds now."""
    with urlopen(f"{url}/api/v2/alerts", timeout=60) as answer:
        alerts: list[dict[str, Any]] = json.load(answer)
        return alerts
