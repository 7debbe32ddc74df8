"""A minute's sums: each key once and no byte lost, however they come, are sent, or must wait for a disk."""

import asyncio
import io
import time
from collections import Counter
from pathlib import Path
from threading import Lock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tree import EXAMPLE_CITY

from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history import history_writer, key_sums, parquet
from exporter.flows.history.history_writer import HistoryWriter
from exporter.flows.history.key_sums import KEY_WORDS, WAYS, KeySums, MinuteSums, cells, keyed
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.history.minute_wire import UNREADABLE, MinuteToWrite, minute_bytes, read_minute
from exporter.flows.history.parquet import reading
from exporter.flows.history.usage_rows import usage_columns, usage_rows
from inventory.reading import read_city

MINUTE, OPDS = 1_795_000_020, 3
Row = tuple[tuple[int, ...], int]
rows_of = st.lists(
    st.tuples(
        st.tuples(*[st.integers(0, 2)] * 4, st.integers(0, OPDS - 1), st.sampled_from([0, 443 << 32, 1 << 56])),
        st.integers(1, 2**40),
    ),
    max_size=60,
)


def packed(rows: list[Row]) -> KeySums:
    words = np.array([key for key, _ in rows], np.uint64).reshape(-1, KEY_WORDS).T
    return keyed(np.ascontiguousarray(words), np.array([amount for _, amount in rows], np.uint64))


def by_cell(sums: MinuteSums) -> list[int]:
    found = sums.rest.copy()
    np.add.at(found, cells(*sums.largest.words[-WAYS:]), sums.largest.amounts)
    return [int(amount) for amount in found]


@given(st.lists(rows_of, max_size=5), st.integers(1, 20), st.integers(1, 30))
def test_each_key_stands_once_with_its_sum_and_what_is_too_many_is_in_the_rest(
    parts: list[list[Row]], most: int, waiting: int
) -> None:
    sums, told, cell = MinuteSums.empty(OPDS), Counter[tuple[int, ...]](), [0] * (OPDS * WAYS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_sums, "MAX_KEYS", most)
        patch.setattr(key_sums, "MOST_WAITING", waiting)
        for part in filter(None, parts):
            sums.add(packed(part))
        kept = sums.settle()
    for key, amount in (row for part in parts for row in part):
        told[key] += amount
        cell[key[4] * WAYS + (key[5] >> 56)] += amount
    keys = list(map(tuple, kept.words.T.tolist()))
    assert len(keys) == len(set(keys)) <= most and by_cell(sums) == cell
    if len(told) <= most:
        assert dict(zip(keys, kept.amounts.tolist(), strict=True)) == told


def test_two_keys_of_one_hash_keep_their_own_bytes() -> None:
    one, other = (1, 2, 3, 4, 0, 0), (1, 2, 3, 5, 1, 0)
    rows = packed([(one, 10), (other, 1), (one, 20), (other, 2)])
    sums = MinuteSums.empty(OPDS)
    sums.add(rows._replace(hashes=np.zeros_like(rows.hashes)))
    kept = sums.settle()
    told = Counter[tuple[int, ...]]()
    for key, amount in zip(map(tuple, kept.words.T.tolist()), kept.amounts.tolist(), strict=True):
        told[key] += amount
    assert told == {one: 30, other: 3}


@given(rows_of, st.integers(1, 4))
def test_what_the_writer_reads_is_what_the_collector_counted(rows: list[Row], top: int) -> None:
    sums = MinuteSums.empty(OPDS)
    if rows:
        sums.add(packed(rows))
    read = read_minute(io.BytesIO(minute_bytes(MinuteToWrite(MINUTE, ("a", "b", "c"), top, sums))))
    assert (read.minute, read.codes, read.top) == (MINUTE, ("a", "b", "c"), top)
    sums.settle(), read.sums.settle()
    for whole in (False, True):
        ours, theirs = (
            usage_rows(usage_columns(MINUTE, minute, read.codes, top, whole=whole)) for minute in (sums, read.sums)
        )
        assert ours == theirs and sum(row.bytes for row in ours) == sum(amount for _, amount in rows)


def test_a_minute_that_was_cut_off_on_its_way_is_told() -> None:
    content = minute_bytes(MinuteToWrite(MINUTE, ("a",), 5, MinuteSums.empty(1)))
    with pytest.raises(ValueError, match="more or fewer than its head says"):
        read_minute(io.BytesIO(content[:-8]))


def test_the_writer_says_what_it_could_not_read_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    content = minute_bytes(MinuteToWrite(MINUTE, ("a",), 5, MinuteSums.empty(1)))
    for broken in (content[:-8], content[:-3], b""):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(broken)))
        assert parquet.main([str(tmp_path), "30"]) == UNREADABLE
        assert capsys.readouterr().err.startswith("event=history_not_written folder=")


ONE_HOST = ((0, 0x0A01_0A0A_FFFF_0000, 0, 0, 0, 0), 40)


def keeper_of(folder: Path) -> HistoryWriter:
    """A writer whose folder cannot be had."""
    folder.write_text("a file where the folder should be")
    return HistoryWriter(MinuteHistory(city_lookup(read_city(EXAMPLE_CITY))), HistorySettings(folder, 50, 30), Lock())


def written(keeper: HistoryWriter, minute: int) -> bool:
    keeper.history.add_rows(packed([ONE_HOST]))
    keeper.minute = minute
    return asyncio.run(keeper.write())


def test_a_minute_whose_writing_failed_is_written_with_the_next_one(tmp_path: Path) -> None:
    now = int(time.time()) // 60 * 60
    keeper = keeper_of(tmp_path / "history")
    assert not written(keeper, now - 60) and keeper.failures == 1
    keeper.part.folder.unlink()
    assert written(keeper, now) and keeper.failures == 1 and not keeper.unwritten
    with reading(keeper.part.folder, 0) as ask:
        found = ask("SELECT minute, host, bytes FROM uses ORDER BY minute", [])
    assert found == [(now - 60, "10.10.1.10", 40), (now, "10.10.1.10", 40)]


def test_a_minute_that_no_try_can_write_is_told_once_and_holds_back_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = int(time.time()) // 60 * 60
    keeper = keeper_of(tmp_path / "history")
    keeper.part.folder.unlink()
    keeper.unwritten.append(b"no minute")
    assert not written(keeper, now) and not keeper.unwritten
    assert caplog.text.count("event=history_minute_lost") == keeper.failures == 1
    with reading(keeper.part.folder, 0) as ask:
        assert ask("SELECT minute FROM uses", []) == [(now,)]


def test_a_minute_in_which_the_collector_was_started_anew_keeps_both_parts(tmp_path: Path) -> None:
    now, folder = int(time.time()) // 60 * 60, tmp_path / "history"
    for run in (1, 2, 2):
        keeper = HistoryWriter(
            MinuteHistory(city_lookup(read_city(EXAMPLE_CITY))), HistorySettings(folder, 50, 30), Lock(), run=run
        )
        assert written(keeper, now)
    with reading(folder, 0) as ask:
        assert ask("SELECT count(*), sum(bytes) FROM uses", []) == [(2, 80)]


def test_minutes_that_wait_for_a_disk_are_bounded_and_the_oldest_is_told_as_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = keeper_of(tmp_path / "history")
    monkeypatch.setattr(history_writer, "MOST_UNWRITTEN", 1)
    for number in range(3):
        assert not written(keeper, MINUTE + 60 * number)
    assert len(keeper.unwritten) == 1 and caplog.text.count("event=history_minute_lost") == 2
