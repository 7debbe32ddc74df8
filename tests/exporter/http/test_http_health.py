"""The health pages of the exporter's parts: alive while it answers, ready while it can do its work."""

import asyncio
from pathlib import Path

import pytest

from exporter.http.connection import Request, Response
from exporter.http.health import health_pages
from runtime import health
from runtime.health import Readiness


def answers(readiness: Readiness) -> dict[str, Response]:
    async def asked() -> dict[str, Response]:
        return {path: await page(Request("GET", path, {}, {})) for path, page in health_pages(readiness).items()}

    return asyncio.run(asked())


def test_a_part_that_can_work_is_alive_and_ready(tmp_path: Path) -> None:
    pages = answers(Readiness(folders=(tmp_path,)))
    assert {path: (page.status, page.body) for path, page in pages.items()} == {
        "/healthz": (200, b"ok\n"),
        "/readyz": (200, b"ready\n"),
    }


def test_a_part_whose_folder_takes_nothing_is_alive_and_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "folder_fault", lambda folder: f"{folder.name}: cannot be written")
    pages = answers(Readiness(folders=(tmp_path / "state",)))
    assert (pages["/healthz"].status, pages["/readyz"].status) == (200, 503)
    assert pages["/readyz"].body == b"state: cannot be written\n"
