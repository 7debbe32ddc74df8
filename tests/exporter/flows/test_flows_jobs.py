"""The flow part's jobs: a failure while one batch is counted ends nothing, and nothing is counted twice."""

import asyncio
import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flow_captures import ethernet, ip4, ip6
from flow_packets import BYTES, CITY, PACKETS, SOURCE4, TARGET4, USUAL, a_set, ipfix, record, template, v5
from planted_failures import UNEXPECTED, dies, said, survive
from ports import free_port
from tree import EXAMPLE_CITY

from exporter.flows.account import decoding, pipeline
from exporter.flows.account.collector import Collector
from exporter.flows.account.counting import CountedBlock, count_block
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_batch
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.account.settings import HistorySettings
from exporter.flows.decode.batches import batch_of
from exporter.flows.decode.wire import read_packet
from exporter.flows.history.history_writer import HistoryWriter
from exporter.flows.history.key_sums import MinuteSums
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.intake.receiver import Receiver
from exporter.flows.keep.persistence import Persistence
from exporter.flows.metrics import FlowsPage
from exporter.flows.serving import flow_jobs

EXPORTER = "127.0.0.1"
NET, DINKES = "198.51.100.1", "10.10.1.2"
OTHER = (TARGET4, SOURCE4, BYTES, PACKETS)
FLOW_JOBS, RECEIVER_JOBS = ("state", "history"), ("receiving", "counters")


def collector() -> Collector:
    return Collector(city_lookup(CITY), {EXPORTER: ExporterSettings()})


def failing(monkeypatch: pytest.MonkeyPatch, when: Callable[[int], bool], error: Exception) -> list[int]:
    """Counting raises for the blocks (numbered from 1) that ``when`` names; the numbers of those that came."""
    whole, came = count_block, list[int]()

    def count(*arguments: Any) -> CountedBlock:
        came.append(len(came) + 1)
        if when(came[-1]):
            raise error
        return whole(*arguments)

    monkeypatch.setattr(pipeline, "count_block", count)
    return came


def mixed() -> list[tuple[bytes, str]]:
    """Templates and records of two shapes and of v5, ten bytes a record."""
    load = [ipfix(template(USUAL), template(OTHER, 257), sequence=0)]
    for number in range(6):
        load.append(ipfix(a_set(256, record(USUAL, NET, DINKES, 10, 1)), sequence=2 * number))
        load.append(ipfix(a_set(257, record(OTHER, NET, DINKES, 10, 1)), sequence=2 * number + 1))
        load.append(v5((NET, DINKES, 1, 10), sequence=number))
    return [(data, EXPORTER) for data in load]


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("bad", [1, 2, 3])
def test_of_a_batch_the_block_that_fails_is_given_up_and_all_others_are_counted_once(
    monkeypatch: pytest.MonkeyPatch, bad: int, error: Exception
) -> None:
    known = collector()
    came = failing(monkeypatch, lambda number: number == bad, error)
    with pytest.raises(type(error)):
        take_batch(known, batch_of(mixed()))
    blocks = len(came)
    one = known.exporters[EXPORTER]
    assert one.records + one.spoilt == 18 and 0 < one.spoilt < 18
    assert known.totals.through == int(known.totals.bytes.sum()) == one.records * 10
    assert known.totals.sampled == one.records * 10
    assert one.lost == 0
    take_batch(known, batch_of([(v5((NET, DINKES, 1, 10), sequence=6), EXPORTER)]))
    assert len(came) == blocks + 1 and known.totals.through == one.records * 10
    assert one.records + one.spoilt == 19


def test_a_block_that_fails_anywhere_leaves_the_totals_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    known = collector()
    take_batch(known, batch_of(mixed()))
    before = (known.totals.bytes.copy(), vars(known.totals) | {"bytes": None, "packets": None})
    for place in (
        "rating.amounts_of",
        "pipeline.find_owners",
        "counting._egress_copies",
        "counting._skip_flows",
        "counting._through_uplink",
        "totals._cells_of",
        "totals._tally",
    ):
        with monkeypatch.context() as broken:
            broken.setattr(f"exporter.flows.account.{place}", lambda *_, place=place: {}[place])
            with pytest.raises(KeyError):
                take_batch(known, batch_of([(v5((NET, DINKES, 1, 10), sequence=6), EXPORTER)]))
        assert (known.totals.bytes == before[0]).all()
        assert vars(known.totals) | {"bytes": None, "packets": None} == before[1]


def test_of_packet_headers_that_fail_in_part_each_is_counted_or_given_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """They fall into a block for each length of addresses, of which the second fails."""
    frames = [ethernet(packet)[:64] for packet in (ip4(bytes(60)), ip6(bytes(60)), ip6(bytes(60)))]
    known = collector()
    failing(monkeypatch, lambda number: number == 2, IndexError("planted"))
    with pytest.raises(IndexError):
        take_batch(known, batch_of([(ipfix(template(((315, 64),)), a_set(256, b"".join(frames))), EXPORTER)]))
    one = known.exporters[EXPORTER]
    assert (one.records, one.spoilt, known.totals.sampled_packets) == (1, 2, 1)


def test_a_datagram_on_which_reading_fails_is_counted_as_such_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, read = collector(), read_packet

    def reading(data: Any) -> Any:
        if bytes(data).startswith(b"evil"):
            raise IndexError("evil")
        return read(data)

    monkeypatch.setattr(decoding, "read_packet", reading)
    load = mixed()
    with pytest.raises(IndexError):
        take_batch(known, batch_of([*load[:5], (b"evil" * 10, EXPORTER), *load[5:]]))
    assert known.exporters[EXPORTER].records == 18 and known.refused["fault"] == 1


def test_what_waits_of_a_batch_that_failed_as_a_whole_is_not_counted_with_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = collector()
    take_batch(known, batch_of(mixed()))
    two = ipfix(a_set(256, record(USUAL, NET, DINKES, 10, 1)) + a_set(257, record(OTHER, NET, DINKES, 10, 1)))
    with monkeypatch.context() as broken:
        broken.setattr("exporter.flows.account.blocks.fixed_records", lambda *_: dict[str, None]()["records"])
        with pytest.raises(KeyError):
            take_batch(known, batch_of([(two, EXPORTER)]))
    records = known.exporters[EXPORTER].records
    assert records == 18 and known.totals.through == 180
    take_batch(known, batch_of([(two, EXPORTER)]))
    assert known.exporters[EXPORTER].records == records + 2 and known.totals.through == 200


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        yield one


def test_an_IndexError_in_counting_is_told_once_and_the_receiver_goes_on(
    bound: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("exporter.flows.intake.receiver.activation_sockets", lambda: [bound.dup()])
    failing(monkeypatch, lambda number: number <= 3, IndexError("planted"))
    known = collector()
    receiver = Receiver(known, ())
    receiver.start()
    state = receiver.jobs.states["receiving"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(bound.getsockname())
        until = time.monotonic() + 120
        for number in range(6000):
            sender.send(v5((NET, DINKES, 1, 10), sequence=number))
            time.sleep(0.02)
            one = known.exporters.get(EXPORTER)
            if one is not None and one.records >= 5 and not state.failing:
                break
            assert time.monotonic() < until
    receiver.stop()
    assert 1 <= state.failures <= 3
    assert known.totals.through == known.exporters[EXPORTER].records * 10
    assert [line.split()[0] for line in said(caplog)] == ["event=job_failed", "event=job_recovered"]


def test_a_socket_that_cannot_be_read_keeps_no_other_from_being_read(
    bound: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as good,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bad,
    ):
        for one in (good, bad):
            one.bind(("127.0.0.1", 0))
        monkeypatch.setattr("exporter.flows.intake.receiver.activation_sockets", lambda: [bad.dup(), good.dup()])
        known = collector()
        receiver = Receiver(known, ())
        receiver.start()
        receiver.stop()
        readers = list(receiver._readers.values())
        monkeypatch.setattr(readers[0], "read", lambda: dict[str, None]()["read"])
        monkeypatch.setattr(readers[1], "read", lambda: batch_of([(v5((NET, DINKES, 1, 10)), EXPORTER)]))
        monkeypatch.setattr(
            "exporter.flows.intake.receiver.select.select", lambda *_: (list(receiver._readers), [], [])
        )
        receiver.jobs.run("receiving")
    assert receiver.jobs.states["receiving"].failures == 1
    assert known.exporters[EXPORTER].records == 1


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", FLOW_JOBS)
def test_a_failure_planted_in_a_job_beside_receiving_leaves_the_others_going(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, error: Exception
) -> None:
    known = collector()
    writer = HistoryWriter(MinuteHistory(known.lookup), HistorySettings(tmp_path / "history", 50, 30), threading.Lock())
    jobs = flow_jobs(Receiver(known, ()), Persistence(known, tmp_path), writer)
    assert tuple(jobs.states) == FLOW_JOBS
    asyncio.run(survive(jobs, name, error, caplog))


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", RECEIVER_JOBS)
def test_a_failure_planted_in_a_job_of_the_receiver_leaves_the_others_going(
    bound: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str, error: Exception
) -> None:
    monkeypatch.setattr("exporter.flows.intake.receiver.activation_sockets", lambda: [bound.dup()])
    receiver = Receiver(collector(), ())
    receiver.start()
    receiver.stop()
    assert tuple(receiver.jobs.states) == RECEIVER_JOBS
    monkeypatch.setattr("exporter.flows.intake.receiver.select.select", lambda *_: ([], [], []))
    # Whether the thread had its first turn before it was ended is chance; the turns below keep no counters beside.
    monkeypatch.setattr(receiver, "_last_write", math.inf)
    asyncio.run(survive(receiver.jobs, name, error, caplog))


def test_a_history_that_fails_keeps_no_flow_from_being_counted_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = collector()
    history = MinuteHistory(known.lookup)
    writer = HistoryWriter(history, HistorySettings(tmp_path, 50, 30), threading.Lock())
    known.observe = writer.observe
    monkeypatch.setattr(history, "add", lambda _: dict[str, None]()["history"])
    take_batch(known, batch_of(mixed()))
    assert known.exporters[EXPORTER].records == 18
    with pytest.raises(KeyError, match="history"):
        asyncio.run(writer.turn())


def test_a_minute_that_fails_is_not_written_again_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = MinuteHistory(city_lookup(CITY))
    writer = HistoryWriter(history, HistorySettings(tmp_path, 50, 30), threading.Lock())

    def fails() -> MinuteSums:
        raise KeyError("sums")

    monkeypatch.setattr(history, "take", fails)
    writer.minute -= 120
    with pytest.raises(KeyError):
        asyncio.run(writer.turn())
    assert writer.minute == int(time.time()) // 60 * 60


def test_what_was_given_up_stands_on_the_page() -> None:
    known = collector()
    take_batch(known, batch_of(mixed()))
    known.exporters[EXPORTER].spoilt = 3
    assert b'lebarpita_flow_spoilt_records_total{exporter="127.0.0.1"} 3\n' in FlowsPage(known).write(0)


@pytest.mark.parametrize("ending", ["raise SystemExit(0)", "raise KeyError('x')", "return"])
def test_a_receiver_that_ends_ends_the_part(tmp_path: Path, ending: str) -> None:
    settings = {
        "inventory": str(EXAMPLE_CITY),
        "state": str(tmp_path),
        "flows": {"listen": f"127.0.0.1:{free_port()}", "datagrams": [f"127.0.0.1:{free_port()}"]},
    }
    (tmp_path / "exporter.yaml").write_text(json.dumps(settings))
    told = dies(
        "import sys\nfrom exporter.flows.intake.receiver import Receiver\nfrom exporter.part import main\n"
        f"def run(self):\n    {ending}\n"
        "Receiver._run = run\n"
        "sys.argv = ['exporter.part', 'flows', '--config', 'exporter.yaml']\n"
        "sys.exit(main())\n",
        tmp_path,
    )
    assert "thread flows ended: " in told
