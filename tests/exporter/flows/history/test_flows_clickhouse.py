"""A city's history in ClickHouse: the real server of Debian's package gets each row once, answers as the files do."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from clickhouse_server import PASSWORD, ServerFolder
from tree import EXAMPLE_CITY

from exporter.errors import ExporterError
from exporter.flows.account.settings import ClickhouseSettings, HistorySettings
from exporter.flows.history import clickhouse_sink
from exporter.flows.history.clickhouse import Clickhouse
from exporter.flows.history.clickhouse_job import ClickhouseJob
from exporter.flows.history.clickhouse_sink import send
from exporter.flows.history.parquet import DAY, compact, write_minute
from exporter.flows.history.question import Horizon, read_question
from exporter.flows.history.sources import HistorySource
from exporter.flows.history.top import answer
from exporter.flows.history.usage_rows import UsageRow
from exporter.flows.settings_reader import read

NOW = int(time.time()) // DAY * DAY + 3600
COUNT = "SELECT count(), sum(bytes), uniq(minute) FROM uses"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickhouseSettings]:
    with ServerFolder(tmp_path_factory.mktemp("clickhouse") / "s").running() as settings:
        yield settings


@pytest.fixture
def table(server: ClickhouseSettings, request: pytest.FixtureRequest) -> ClickhouseSettings:
    """A table of the test's own."""
    return replace(server, table=f"t{abs(hash(request.node.nodeid))}")


def history(folder: Path, minutes: int, now: int = NOW) -> int:
    """Rows of so many minutes that are over; their bytes."""
    dice, total = random.Random(7), 0
    for number in range(minutes):
        minute = now - 600 - 60 * number
        rows = [
            UsageRow(minute, opd, way, f"10.10.1.{host}", f"198.51.{host}.0/24", *service, dice.randint(1, 2**40))
            for opd in ("dinkes", "rsud")
            for way in ("receive", "transmit")
            for host, service in ((2, (6, 443)), (3, (17, 443)), (4, (6, 22)))
        ]
        rows.append(UsageRow(minute, "dinkes", "receive", "", "", 0, 0, 5))
        rows.append(UsageRow(minute, "dinkes", "transmit", "2001:db8:a::7", "2001:db8:1::/48", 58, 0, 9))
        write_minute(folder, rows)
        total += sum(row.bytes for row in rows)
    return total


def test_every_row_is_sent_once_however_often_it_is_tried(tmp_path: Path, table: ClickhouseSettings) -> None:
    total, there = history(tmp_path, 5), Clickhouse(table)
    assert send(tmp_path, there, "kota", (NOW, 30)) == 70
    assert [int(str(value)) for value in there.query(COUNT)[0]] == [70, total, 5]
    assert send(tmp_path, there, "kota", (NOW, 30)) == 0
    # Without the mark all is compared, and still nothing goes twice; nor when hours have been put together.
    (tmp_path / clickhouse_sink.MARK).unlink()
    compact(tmp_path, NOW + 2 * 3600)
    assert send(tmp_path, there, "kota", (NOW + 2 * 3600, 30)) == 0
    assert [int(str(value)) for value in there.query(COUNT)[0]] == [70, total, 5]


def test_two_collectors_write_into_one_table_and_do_not_take_each_other_for_themselves(
    tmp_path: Path, table: ClickhouseSettings
) -> None:
    names, there = ("utara", "selatan"), Clickhouse(table)
    total = sum(history(tmp_path / name, 2) for name in names)
    assert [send(tmp_path / name, there, name, (NOW, 30)) for name in names] == [28, 28]
    assert int(str(there.query(COUNT)[0][1])) == total


def test_a_batch_that_was_cut_off_is_sent_again_and_one_that_came_through_is_not(
    tmp_path: Path, table: ClickhouseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    total, there = history(tmp_path, 6), Clickhouse(table)
    monkeypatch.setattr(clickhouse_sink, "MOST_ROWS", 30)
    insert, calls = there.insert, list[int]()

    def fragile(lines: bytes) -> None:
        """The second batch arrives and its answer is lost; the third does not arrive."""
        calls.append(len(calls))
        if calls[-1] != 2:
            insert(lines)
        if calls[-1] in (1, 2):
            raise ExporterError("the line went down")

    monkeypatch.setattr(there, "insert", fragile)
    for _ in range(2):
        with pytest.raises(ExporterError, match="went down"):
            send(tmp_path, there, "kota", (NOW, 30))
    assert send(tmp_path, there, "kota", (NOW, 30)) == 28
    assert [int(str(value)) for value in there.query(COUNT)[0]] == [84, total, 6]


def test_nothing_is_lost_while_the_server_is_down(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Through the job, as the collector runs it: down, then up, down again for a while, and up."""
    place, folder = ServerFolder(tmp_path / "server"), tmp_path / "history"
    now = int(time.time()) // 60 * 60
    job = ClickhouseJob(HistorySettings(folder, 50, 30, clickhouse=place.settings))
    total = history(folder, 3, now)
    with pytest.raises(ExporterError, match="did not all reach ClickHouse"):
        asyncio.run(job.turn())
    assert "event=clickhouse_not_sent" in capfd.readouterr().err
    with place.running() as settings:
        asyncio.run(job.turn())
        assert "event=clickhouse_sent rows=42" in capfd.readouterr().err
        assert int(str(Clickhouse(settings).query(COUNT)[0][1])) == total
    more = history(folder, 3, now - 7200)
    with pytest.raises(ExporterError):
        asyncio.run(job.turn())
    with place.running() as settings:
        asyncio.run(job.turn())
        assert int(str(Clickhouse(settings).query(COUNT)[0][1])) == total + more
    told = capfd.readouterr().err
    assert "Traceback" not in told and PASSWORD not in told


QUESTIONS: tuple[dict[str, str], ...] = (
    {"opd": "dinkes", "since": "1h", "graph": "hosts", "before": "1"},
    {"since": "2h", "graph": "opds"},
    {"opd": "dinkes", "since": "2h", "network": "198.51.3.77", "graph": "services"},
    {"host": "10.10.1.0/30", "by": "hosts,services,operators,countries,applications", "graph": "services"},
    {"opd": "rsud", "port": "443", "protocol": "udp", "by": "networks"},
    {"network": "2001:db8::/32", "by": "networks,hosts"},
    {"asn": "64500", "by": "hosts"},
    {"opd": "dinkes", "from": str(NOW - 1800), "until": str(NOW - 600), "graph": "networks"},
)


@pytest.mark.parametrize("texts", QUESTIONS, ids=lambda texts: ",".join(texts))
def test_each_question_is_answered_as_the_files_answer_it(
    tmp_path: Path, table: ClickhouseSettings, texts: dict[str, str]
) -> None:
    history(tmp_path, 40)
    send(tmp_path, Clickhouse(table), "kota", (NOW, 30))
    question = read_question(texts, Horizon(("dinkes", "rsud"), 30, NOW))
    by_files = answer(question, HistorySource(folder=tmp_path))
    assert answer(question, HistorySource(folder=tmp_path, clickhouse=table)) == by_files
    assert sum(by_files["bytes"].values()) > 0 or "asn" in texts


def test_days_that_are_too_old_are_forgotten_there_too(tmp_path: Path, table: ClickhouseSettings) -> None:
    there = Clickhouse(table)
    history(tmp_path, 1, NOW - 5 * DAY)
    history(tmp_path, 1)
    assert send(tmp_path, there, "kota", (NOW, 30)) == 28
    assert send(tmp_path, there, "kota", (NOW, 3)) == 0
    assert int(str(there.query(COUNT)[0][2])) == 1


def test_days_that_were_never_sent_before_they_went_are_told(
    tmp_path: Path, table: ClickhouseSettings, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / clickhouse_sink.MARK).write_text(str(NOW - 40 * DAY))
    history(tmp_path, 1)
    assert send(tmp_path, Clickhouse(table), "kota", (NOW, 30)) == 14
    assert "event=clickhouse_rows_forgotten" in capfd.readouterr().err


def test_a_wrong_password_is_told_without_it(table: ClickhouseSettings) -> None:
    with pytest.raises(ExporterError, match="ClickHouse refuses") as caught:
        Clickhouse(replace(table, password="keliru-sekali")).make_table()
    assert "keliru-sekali" not in str(caught.value) and PASSWORD not in str(caught.value)


def test_texts_that_would_end_a_query_are_texts(table: ClickhouseSettings) -> None:
    there = Clickhouse(table)
    there.make_table()
    for text in ("' OR 1 = 1 --", "\\' OR 1 = 1 --", "\\", "?", "\n\t"):
        assert there.query("SELECT count() FROM uses WHERE opd = ?", [text]) == [("0",)]
        assert there.query("SELECT ? FROM system.one", [text]) == [(text,)]


def test_the_configuration_names_the_server_and_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKHOUSE_PASSWORD", PASSWORD)
    config = tmp_path / "e.yaml"
    part = {"url": "http://127.0.0.1:8123", "password": "env:CLICKHOUSE_PASSWORD", "answers": True}
    flows = {"history": {"folder": str(tmp_path), "clickhouse": part}}
    config.write_text(json.dumps({"inventory": str(EXAMPLE_CITY), "state": str(tmp_path), "flows": flows}))
    settings = read(str(config)).history
    assert settings is not None and settings.clickhouse is not None
    assert settings.clickhouse.password == PASSWORD and PASSWORD not in repr(settings)
    flows["history"]["clickhouse"] = {**part, "table": "uses; DROP TABLE uses"}
    config.write_text(json.dumps({"inventory": str(EXAMPLE_CITY), "state": str(tmp_path), "flows": flows}))
    with pytest.raises(ExporterError, match=r"clickhouse\.table"):
        read(str(config))


def test_something_that_is_no_clickhouse_is_told(table: ClickhouseSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    response = requests.Response()
    response.status_code, response._content = 200, b"<html>"
    monkeypatch.setattr(requests, "post", lambda *_, **__: response)
    with pytest.raises(ExporterError, match="not ClickHouse's"):
        Clickhouse(table).query("SELECT 1 FROM uses")
