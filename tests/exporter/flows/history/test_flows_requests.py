"""``/top`` of the collector: whom it answers, what it answers, and that the collector stays what it is meanwhile."""

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tree import EXAMPLE_CITY

from exporter.errors import ExporterError
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history import requests
from exporter.flows.history.parquet import write_minute
from exporter.flows.history.requests import top_page
from exporter.flows.history.usage_rows import UsageRow
from exporter.flows.settings_reader import read
from exporter.http.connection import Request
from exporter.http.server import HttpApplication, start

TOKEN = "kata-sandi-antar-bagian"
CODES = ("dinkes", "rsud")


def asked(kept: HistorySettings | None, token: str = TOKEN, **query: str) -> tuple[int, dict[str, Any]]:
    request = Request("GET", "/top", query, {"authorization": f"Bearer {token}"})

    async def once() -> tuple[int, dict[str, Any]]:
        answer = await top_page(kept, lambda: CODES)(request)
        return answer.status, json.loads(bytes(answer.body))

    return asyncio.run(once())


def kept(folder: Path) -> HistorySettings:
    minute = int(time.time()) // 60 * 60
    rows = [("10.10.1.2", "198.51.100.0/24", 6, 443, 900), ("", "", 0, 0, 100)]
    write_minute(folder, [UsageRow(minute, "dinkes", "receive", *row) for row in rows])
    return HistorySettings(folder, 50, 30, TOKEN)


def test_a_question_with_the_token_is_answered_with_sums_that_are_the_counters(tmp_path: Path) -> None:
    status, found = asked(kept(tmp_path), opd="dinkes", since="1h")
    assert (status, found["bytes"]) == (200, {"receive": 1000, "transmit": 0})
    named = {name: found[name]["receive"] for name in ("hosts", "networks", "services")}
    assert [table["rows"][0]["name"] for table in named.values()] == ["10.10.1.2", "198.51.100.0/24", "tcp/443"]
    assert [table["rest"] for table in named.values()] == [100, 100, 100]
    status, found = asked(kept(tmp_path), opd="dinkes", by="hosts")
    assert status == 200 and "hosts" in found and "services" not in found


@pytest.mark.parametrize("token", ["", "salah", TOKEN + "x", "é"])
def test_without_the_token_nothing_is_answered(tmp_path: Path, token: str) -> None:
    status, found = asked(HistorySettings(tmp_path, 50, 30, TOKEN), token, opd="dinkes")
    assert status == 401 and "Authorization: Bearer TOKEN" in found["error"]


def test_where_no_token_or_no_history_is_set_nobody_is_answered(tmp_path: Path) -> None:
    assert asked(HistorySettings(tmp_path, 50, 30), "", opd="dinkes")[0] == 403
    assert "flows.history is not set" in asked(None, opd="dinkes")[1]["error"]


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ({}, 404, "'' is no OPD"),
        ({"opd": "dinkes; --"}, 404, "is no OPD of the city file"),
        ({"opd": "dinkes", "by": "people"}, 400, "there are hosts, networks, services"),
        ({"opd": "dinkes", "since": "1y"}, 400, "write for example 30m, 1h or 2d"),
        ({"opd": "dinkes"}, 404, "holds no history since then"),
    ],
)
def test_a_wrong_question_gets_a_sentence(tmp_path: Path, query: dict[str, str], status: int, sentence: str) -> None:
    found = asked(HistorySettings(tmp_path, 50, 30, TOKEN), **query)
    assert found[0] == status and sentence in found[1]["error"]


def test_a_history_that_does_not_answer_in_time_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "ANSWER_SECONDS", 0.0)
    status, found = asked(HistorySettings(tmp_path, 50, 30, TOKEN), opd="dinkes")
    assert status == 504 and "ask for a shorter span" in found["error"]


def test_the_collector_loads_no_duckdb_and_its_page_is_behind_the_same_address(tmp_path: Path) -> None:
    code = "import sys, exporter.flows.serving; sys.exit('duckdb' in sys.modules or 'pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    async def over_http() -> bytes:
        served = await start(HttpApplication({"/top": top_page(kept(tmp_path), lambda: CODES)}), f"unix:{tmp_path}/s")
        reader, writer = await asyncio.open_unix_connection(f"{tmp_path}/s")
        head = f"GET /top?{urlencode({'opd': 'dinkes'})} HTTP/1.1\r\nAuthorization: bearer {TOKEN}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n".encode())
        answer = await asyncio.wait_for(reader.read(), 120)
        writer.close()
        await served.cleanup()
        return answer

    assert json.loads(asyncio.run(over_http()).partition(b"\r\n\r\n")[2])["bytes"]["receive"] == 1000


def test_the_token_comes_from_a_file_or_the_environment_and_is_never_short(tmp_path: Path) -> None:
    city, secret, config = EXAMPLE_CITY, tmp_path / "token", tmp_path / "e.yaml"
    history = f"{{folder: {tmp_path}, token: 'file:{secret}'}}"
    config.write_text(f"inventory: {city}\nstate: {tmp_path}\nflows: {{history: {history}}}\n")
    with pytest.raises(ExporterError, match="No such file"):
        read(str(config))
    secret.write_text("pendek\n")
    with pytest.raises(ExporterError, match="fewer than 20 characters"):
        read(str(config))
    secret.write_text(TOKEN + "\n")
    found = read(str(config)).history
    assert found is not None and found.token == TOKEN and TOKEN not in repr(found)
    config.write_text(config.read_text().replace(f"file:{secret}", TOKEN))
    with pytest.raises(ExporterError, match=r"flows\.history\.token"):
        read(str(config))
