"""Who uses an OPD's bandwidth: rows whose sums are the counters, Parquet files that are whole, and the command."""

import asyncio
import io
import json
import signal
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flow_packets import EXPORTER, SOURCE4, TARGET4, USUAL, a_set, ipfix, new_collector, record, template
from hypothesis import given, settings
from hypothesis import strategies as st
from tree import EXAMPLE_CITY

from exporter.cli import main
from exporter.errors import ExporterError
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history import history_writer
from exporter.flows.history import key_sums as room
from exporter.flows.history.history_writer import HistoryWriter
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.history.minute_wire import read_minute
from exporter.flows.history.parquet import DAY, HOUR, compact, files_since, forget, reading, write_minute
from exporter.flows.history.spans import beginning, seconds
from exporter.flows.history.top import top
from exporter.flows.history.usage_rows import UsageRow

NET, DINKES, RSUD = "198.51.100.1", "10.10.1.2", "10.10.5.2"
FIELDS = (SOURCE4, TARGET4, (7, 2), (11, 2), (4, 1), (1, 4))
MINUTE = 1_795_000_020


def watched(top: int = 50) -> tuple[Collector, MinuteHistory]:
    collector = new_collector(ExporterSettings(internal=True))
    kept = MinuteHistory(collector.lookup, top)
    collector.observe = kept.add
    return collector, kept


hosts = st.sampled_from([NET, DINKES, RSUD, "10.10.1.9", "203.0.113.200", "10.30.1.7"])
flows = st.tuples(hosts, hosts, st.integers(0, 65535), st.integers(0, 65535), st.sampled_from([6, 17]))


@settings(deadline=None)
@given(st.lists(st.tuples(flows, st.integers(0, 2**32 - 1)), max_size=40), st.integers(1, 4))
def test_the_rows_of_a_minute_and_their_rest_are_the_counters(
    rows: list[tuple[tuple[str, str, int, int, int], int]], kept: int
) -> None:
    collector, history = watched(kept)
    content = b"".join(record(FIELDS, *flow, size) for flow, size in rows)
    take_datagram(collector, ipfix(template(FIELDS), a_set(256, content)), EXPORTER)
    sums: Counter[tuple[str, str]] = Counter()
    for use in history.minute(MINUTE):
        sums[use.opd, use.direction] += use.bytes
    cells = collector.totals.bytes.sum(axis=2)
    for number, code in enumerate(collector.lookup.codes):
        assert (sums[code, "receive"], sums[code, "transmit"]) == (cells[number][0], cells[number][1])
    assert history.minute(MINUTE) == []


def test_a_row_names_the_offices_host_the_remote_network_and_the_service() -> None:
    collector, history = watched()
    rows = record(FIELDS, NET, DINKES, 443, 50_000, 6, 900) + record(FIELDS, DINKES, NET, 50_000, 443, 6, 70)
    take_datagram(collector, ipfix(template(FIELDS), a_set(256, rows)), EXPORTER)
    assert history.minute(MINUTE) == [
        UsageRow(MINUTE, "dinkes", "receive", DINKES, "198.51.100.0/24", 6, 443, 900),
        UsageRow(MINUTE, "dinkes", "transmit", DINKES, "198.51.100.0/24", 6, 443, 70),
    ]


def test_behind_nat_the_host_is_the_offices_and_not_the_routers() -> None:
    collector, history = watched()
    fields = (SOURCE4, TARGET4, (226, 4), (1, 4))
    take_datagram(
        collector, ipfix(template(fields), a_set(256, record(fields, NET, "203.0.113.9", DINKES, 50))), EXPORTER
    )
    assert [(use.host, use.bytes) for use in history.minute(MINUTE)] == [(DINKES, 50)]


def test_more_keys_than_are_kept_go_to_the_rest_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_KEYS", 2)
    collector, history = watched()
    rows = b"".join(record(USUAL, f"198.51.{n}.1", DINKES, 10, 1) for n in range(9))
    take_datagram(collector, ipfix(template(USUAL), a_set(256, rows)), EXPORTER)
    found = history.minute(MINUTE)
    assert (len(found), sum(use.bytes for use in found)) == (3, 90)
    assert [use.bytes for use in found if not use.host] == [70]


def use(minute: int, host: str, size: int, direction: str = "receive", opd: str = "dinkes") -> UsageRow:
    return UsageRow(minute, opd, direction, host, "198.51.100.0/24" if host else "", 6 if host else 0, 443, size)


def test_the_command_tells_hosts_networks_and_services_with_their_rest(tmp_path: Path) -> None:
    write_minute(tmp_path, [use(MINUTE, "10.10.1.2", 70), use(MINUTE, "10.10.1.3", 2**62), use(MINUTE, "", 5)])
    write_minute(tmp_path, [use(MINUTE + 60, "10.10.1.2", 30, "transmit"), use(MINUTE + 60, "10.10.1.2", 1)])
    found = top(tmp_path, "dinkes", MINUTE)
    assert found["bytes"] == {"receive": 2**62 + 76, "transmit": 30}
    hosts = found["hosts"]["receive"]
    assert hosts == {"rows": [{"name": "10.10.1.3", "bytes": 2**62}, {"name": "10.10.1.2", "bytes": 71}], "rest": 5}
    assert found["services"]["transmit"]["rows"] == [{"name": "tcp/443", "bytes": 30}]
    for name in ("hosts", "networks", "services"):
        for direction, total in found["bytes"].items():
            table = found[name][direction]
            assert sum(row["bytes"] for row in table["rows"]) + table["rest"] == total
    assert top(tmp_path, "dinkes", MINUTE + 60)["bytes"] == {"receive": 1, "transmit": 30}


def test_an_hour_that_is_over_becomes_one_file_and_no_minute_counts_twice(tmp_path: Path) -> None:
    hour = MINUTE // HOUR * HOUR
    for number in range(3):
        write_minute(tmp_path, [use(hour + 60 * number, "10.10.1.2", 10)])
    kept = next(tmp_path.glob("minute-*")).read_bytes()
    compact(tmp_path, hour + HOUR)
    assert len(list(tmp_path.glob("minute-*"))) == 3
    compact(tmp_path, hour + 2 * HOUR)
    assert [path.name for path in tmp_path.iterdir()] == [f"hour-{hour}.parquet"]
    (tmp_path / f"minute-{hour}.parquet").write_bytes(kept)
    with reading(tmp_path, hour) as ask:
        assert ask("SELECT sum(bytes)::UBIGINT FROM uses", []) == [(30,)]
    assert len(files_since(tmp_path, hour)) == 1


def test_what_is_older_than_the_days_that_were_set_is_deleted(tmp_path: Path) -> None:
    write_minute(tmp_path, [use(MINUTE - 31 * DAY, "10.10.1.2", 10)])
    write_minute(tmp_path, [use(MINUTE - 29 * DAY, "10.10.1.2", 10)])
    (tmp_path / "notes.parquet").write_bytes(b"not ours")
    assert forget(tmp_path, 30, MINUTE) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"minute-{MINUTE - 29 * DAY}.parquet", "notes.parquet"]


def test_the_days_that_were_set_hold_when_the_collector_was_off_for_long(tmp_path: Path) -> None:
    now = int(time.time()) // HOUR * HOUR
    for begin in (now - 200 * DAY, now - 31 * DAY, now - 40 * DAY, now - 29 * DAY):
        write_minute(tmp_path, [use(begin, "10.10.1.2", 10)])
    compact(tmp_path, now - 32 * DAY)
    (tmp_path / f"minute-{now - 50 * DAY}.new").write_bytes(b"left by a killed writer")
    assert top(tmp_path, "dinkes", beginning("365d", 30, now))["bytes"]["receive"] == 10
    kept_once(tmp_path)
    begins = sorted(int(path.stem.split("-")[1]) for path in tmp_path.glob("*-*"))
    assert begins[0] == now - 29 * DAY and len(begins) == 2


def test_old_files_are_deleted_even_where_nothing_new_can_be_written(tmp_path: Path) -> None:
    write_minute(tmp_path, [use(MINUTE - 400 * DAY, "10.10.1.2", 10)])
    (tmp_path / f"minute-{int(time.time()) // HOUR * HOUR - 9 * HOUR}.parquet").write_bytes(b"no parquet")
    assert kept_once(tmp_path).failures == 1
    assert not (tmp_path / f"minute-{MINUTE - 400 * DAY}.parquet").exists()


def keeper_of(folder: Path) -> HistoryWriter:
    """A writer with 40 bytes of one office to write."""
    collector, history = watched()
    take_datagram(collector, ipfix(template(USUAL), a_set(256, record(USUAL, NET, DINKES, 40, 1))), EXPORTER)
    return HistoryWriter(history, HistorySettings(folder, 50, 30), threading.Lock())


def kept_once(folder: Path) -> HistoryWriter:
    keeper = keeper_of(folder)
    asyncio.run(keeper.write())
    return keeper


def test_a_minute_is_written_by_a_process_of_its_own(tmp_path: Path) -> None:
    keeper = kept_once(tmp_path / "history")
    assert keeper.failures == 0
    with reading(tmp_path / "history", 0) as ask:
        assert ask("SELECT opd, bytes FROM uses", []) == [("dinkes", 40)]


def test_a_folder_that_cannot_be_had_is_counted_and_told_and_nothing_else_happens(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "history").write_text("a file where a folder should be")
    assert kept_once(tmp_path / "history").failures == 1
    told = capfd.readouterr().err
    assert "event=history_not_written" in told and "Traceback" not in told


def test_a_writer_that_takes_too_long_is_ended_counted_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A real writer, which needs longer than that to start."""
    start, children = asyncio.create_subprocess_exec, list[asyncio.subprocess.Process]()

    async def remembered(*command: str, **how: Any) -> asyncio.subprocess.Process:
        children.append(await start(*command, **how))
        return children[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", remembered)
    monkeypatch.setattr(history_writer, "WRITER_SECONDS", 0.01)
    assert kept_once(tmp_path / "history").failures == 1
    assert [child.returncode for child in children] == [-signal.SIGKILL]
    assert "event=history_not_written" in caplog.text and "took longer than 0.01 s" in caplog.text


def test_a_writer_at_work_is_waited_for_when_the_collector_ends_and_the_rest_is_written_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    async def ends_in_the_middle() -> None:
        going_on = asyncio.Event()

        async def slowly(command: Sequence[str], content: bytes) -> tuple[int, bytes]:
            await going_on.wait()
            written.append(content)
            return 0, b"[]"

        monkeypatch.setattr(history_writer, "_run", slowly)
        keeper = keeper_of(tmp_path)
        keeper.minute -= 60
        at_work = asyncio.create_task(keeper.turn())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        at_work.cancel()
        await asyncio.wait([at_work])
        closing = asyncio.create_task(keeper.close())
        await asyncio.sleep(0.01)
        assert written == [] and not closing.done()
        going_on.set()
        await closing

    asyncio.run(ends_in_the_middle())
    rows = [len(read_minute(io.BytesIO(content)).sums.rows().amounts) for content in written]
    assert rows == [1, 0]


@pytest.mark.parametrize("text", ["", "1", "0h", "1 h", "-1h", "1y", "999999d"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ExporterError, match="write for example 30m, 1h or 2d"):
        seconds(text)


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = EXAMPLE_CITY
    config = tmp_path / "exporter.yaml"
    config.write_text(f"inventory: {city}\nstate: {tmp_path}\n")
    assert main(["flows", "top", "dinkess", "--config", str(config)]) == 1
    assert "did you mean dinkes" in capsys.readouterr().err
    assert main(["flows", "top", "dinkes", "--config", str(config)]) == 1
    assert "flows.history is not set" in capsys.readouterr().err
    config.write_text(f"inventory: {city}\nstate: {tmp_path}\nflows: {{history: {{folder: {tmp_path}/h}}}}\n")
    assert main(["flows", "top", "dinkes", "--config", str(config)]) == 1
    assert "holds no history" in capsys.readouterr().err
    assert main(["flows", "top", "dinkes", "--since", "yesterday", "--config", str(config)]) == 1
    assert "write for example 30m, 1h or 2d" in capsys.readouterr().err
    (tmp_path / "h").mkdir()
    (tmp_path / "h" / "minute-99999999960.parquet").write_bytes(b"no parquet")
    assert main(["flows", "top", "dinkes", "--config", str(config)]) == 1
    assert "the history cannot be read" in capsys.readouterr().err


def test_the_command_prints_tables_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = EXAMPLE_CITY
    config = tmp_path / "exporter.yaml"
    config.write_text(f"inventory: {city}\nstate: {tmp_path}\nflows: {{history: {{folder: {tmp_path}/h}}}}\n")
    write_minute(tmp_path / "h", [use(int(time.time()) // 60 * 60, "10.10.1.2", 1234)])
    assert main(["flows", "top", "dinkes", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "dinkes receive: 1,234 bytes" in told
    assert [told.count(name) for name in ("  hosts", "  remote networks", "  services", "(rest)")] == [1, 1, 1, 3]
    assert main(["flows", "top", "dinkes", "--by", "services", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "tcp/443" in told and "10.10.1.2" not in told and told.count("(rest)") == 1
    assert main(["flows", "top", "dinkes", "--config", str(config), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bytes"]["receive"] == 1234
