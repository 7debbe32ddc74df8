"""The counters' two files: half a file is seen to be one, the newer one stands, a crashed machine begins anew."""

import errno
import logging
import os
from pathlib import Path

import pytest
from flow_packets import EXPORTER, USUAL, a_set, ipfix, new_collector, received, record, template

from exporter.flows.account.pipeline import take_datagram
from exporter.flows.keep import counter_files
from exporter.flows.keep.counter_files import CounterFiles
from exporter.flows.keep.persistence import Persistence

NET, DINKES = "198.51.100.1", "10.10.1.2"


def written_twice(folder: Path) -> None:
    """File .1 tells 10 bytes, file .0 (the newer one) 30."""
    collector = new_collector()
    kept = CounterFiles(collector, folder / "flows.counters")
    for sequence, size in ((0, 10), (1, 20)):
        take_datagram(
            collector,
            ipfix(template(USUAL), a_set(256, record(USUAL, NET, DINKES, size, 1)), sequence=sequence),
            EXPORTER,
        )
        kept.write()
    kept.close()


def loaded(folder: Path) -> int:
    collector = new_collector()
    CounterFiles(collector, folder / "flows.counters").load()
    return received(collector, "dinkes")


def test_the_newer_of_the_two_counts(tmp_path: Path) -> None:
    written_twice(tmp_path)
    assert loaded(tmp_path) == 30


@pytest.mark.parametrize("place", [0, 9, 16, 20, 24, 28, 100, -1])
def test_a_file_with_one_wrong_byte_is_set_aside_and_the_older_one_stands(
    place: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written_twice(tmp_path)
    path = tmp_path / "flows.counters.0"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert loaded(tmp_path) == 10
    assert "event=file_unreadable" in caplog.text and str(path) in caplog.text
    assert [one.read_bytes() for one in tmp_path.glob("*unreadable*")] == [content]


@pytest.mark.parametrize("length", [0, 5, 28, 200])
def test_a_file_that_was_cut_short_is_set_aside(length: int, tmp_path: Path) -> None:
    written_twice(tmp_path)
    os.truncate(tmp_path / "flows.counters.0", length)
    assert loaded(tmp_path) == 10


def test_after_the_machine_went_down_all_counters_begin_at_nought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They may be older than the last page, and a counter that goes back would be counted whole."""
    written_twice(tmp_path)
    monkeypatch.setattr(counter_files, "boot", lambda: "another")
    collector = new_collector()
    CounterFiles(collector, tmp_path / "flows.counters").load()
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].records) == (0, 0)
    assert "event=counters_began_anew" in caplog.text
    take_datagram(collector, ipfix(template(USUAL), a_set(256, record(USUAL, NET, DINKES, 5, 1)), sequence=4), EXPORTER)
    assert (received(collector, "dinkes"), collector.exporters[EXPORTER].lost) == (5, 2)


def test_after_an_end_in_good_order_a_new_boot_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collector, again = new_collector(), new_collector()
    take_datagram(collector, ipfix(template(USUAL), a_set(256, record(USUAL, NET, DINKES, 10, 1))), EXPORTER)
    Persistence(collector, tmp_path).close()
    monkeypatch.setattr(counter_files, "boot", lambda: "another")
    Persistence(again, tmp_path).load()
    assert received(again, "dinkes") == 10


def test_an_opd_that_left_is_forgotten_and_one_that_came_begins_at_nought(tmp_path: Path) -> None:
    written_twice(tmp_path)
    copy = counter_files.read((tmp_path / "flows.counters.0").read_bytes())
    assert copy.text["codes"].index("dinkes") >= 0
    collector = new_collector()
    collector.lookup = type(collector.lookup)(
        ("new", *collector.lookup.codes[1:]), collector.lookup.v4, collector.lookup.v6
    )
    CounterFiles(collector, tmp_path / "flows.counters").load()
    assert received(collector, "new") == 0
    assert collector.totals.through == 30


def test_a_full_disk_is_told_once_and_counting_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    kept = CounterFiles(new_collector(), tmp_path / "flows.counters")
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(os, "pwrite", full)
        for _ in range(5):
            kept.write()
    assert caplog.text.count("event=counters_not_kept") == 1
    assert "No space left" in caplog.text
    kept.write()
    assert CounterFiles(new_collector(), tmp_path / "flows.counters").load()
