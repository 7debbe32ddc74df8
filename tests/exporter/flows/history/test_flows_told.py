"""What exporters tell beside a flow's bytes: its application, names of applications, the AS of the remote side."""

import asyncio
import struct
import threading
from pathlib import Path

from flow_packets import EXPORTER, SOURCE4, TARGET4, a_set, ipfix, new_collector, record, template, v9

from exporter.flows.account.applications import LONGEST_NAME
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.applications import application_names
from exporter.flows.history.history_writer import HistoryWriter
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.history.parquet import WHOLE, reading
from exporter.flows.history.usage_rows import usage_columns, usage_rows

NET, DINKES = "198.51.100.1", "10.10.1.2"
MINUTE = 1_795_000_020
NETFLIX = 13 << 24 | 453


def watched() -> tuple[Collector, MinuteHistory]:
    collector = new_collector(ExporterSettings(internal=True))
    history = MinuteHistory(collector.lookup)
    collector.observe = history.add
    return collector, history


def options(fields: tuple[tuple[int, int], ...], *rows: bytes) -> bytes:
    """IPFIX options of one scope field."""
    specs = b"".join(struct.pack("!HH", *field) for field in fields)
    return a_set(3, struct.pack("!HHH", 300, len(fields), 1) + specs) + a_set(300, b"".join(rows))


def test_the_as_is_the_remote_sides_in_both_directions() -> None:
    collector, history = watched()
    fields = (SOURCE4, TARGET4, (16, 4), (17, 4), (1, 4))
    rows = record(fields, NET, DINKES, 64500, 65000, 900) + record(fields, DINKES, NET, 65000, 64501, 70)
    take_datagram(collector, ipfix(template(fields), a_set(256, rows)), EXPORTER)
    assert [(use.direction, use.asn) for use in history.minute(MINUTE)] == [("receive", 64500), ("transmit", 64501)]


def test_an_application_is_kept_with_the_flow_in_four_bytes_and_in_fortios_nine() -> None:
    collector, history = watched()
    short, long = (SOURCE4, TARGET4, (95, 4), (1, 4)), (SOURCE4, TARGET4, (95, 9), (1, 4))
    take_datagram(collector, ipfix(template(short), a_set(256, record(short, NET, DINKES, NETFLIX, 9))), EXPORTER)
    nine = bytes([20]) + (12356).to_bytes(4, "big") + (40568).to_bytes(4, "big")
    rows = a_set(257, record(long, NET, DINKES, nine, 5))
    take_datagram(collector, ipfix(template(long, 257), rows, sequence=1), EXPORTER)
    found = {use.application: use.bytes for use in history.minute(MINUTE)}
    assert found == {NETFLIX: 9, 20 << 24 | 40568: 5}


def test_names_of_applications_come_from_options_and_hostile_ones_are_made_harmless() -> None:
    collector, _ = watched()
    fields = ((95, 4), (96, 60))
    names = (b"netflix".ljust(60, b"\0"), b"\x1b[31m\xff" + b"x" * 56)
    rows = [record(fields, NETFLIX + place, name) for place, name in enumerate(names)]
    take_datagram(collector, ipfix(options(fields, *rows)), EXPORTER)
    told = collector.exporters[EXPORTER].applications
    assert told[NETFLIX] == "netflix" and len(told[NETFLIX + 1]) == LONGEST_NAME and told[NETFLIX + 1].isprintable()


def test_v9_names_applications_under_a_scope_of_the_system() -> None:
    collector, _ = watched()
    head = struct.pack("!HHH", 300, 4, 8) + struct.pack("!HH", 1, 4) + struct.pack("!HHHH", 95, 4, 96, 24)
    row = bytes(4) + NETFLIX.to_bytes(4, "big") + b"netflix".ljust(24, b"\0")
    take_datagram(collector, v9(a_set(1, head), a_set(300, row)), EXPORTER)
    assert collector.exporters[EXPORTER].applications == {NETFLIX: "netflix"}


def test_a_minute_stands_with_networks_and_for_a_day_with_whole_addresses_and_both_are_the_counters() -> None:
    collector, history = watched()
    fields = (SOURCE4, TARGET4, (1, 4))
    rows = b"".join(record(fields, f"198.51.100.{host}", DINKES, 10 + host) for host in range(5))
    take_datagram(collector, ipfix(template(fields), a_set(256, rows)), EXPORTER)
    sums = history.take()
    sums.settle()
    networks, whole = (usage_rows(usage_columns(MINUTE, sums, history.codes, 50, whole=each)) for each in (False, True))
    assert [(use.remote, use.bytes) for use in networks] == [("198.51.100.0/24", 60)]
    assert {use.remote for use in whole} == {f"198.51.100.{host}" for host in range(5)}
    assert sum(use.bytes for use in whole) == 60 == int(collector.totals.bytes.sum())


def test_the_writer_keeps_both_and_the_names(tmp_path: Path) -> None:
    collector, history = watched()
    fields, named = (SOURCE4, TARGET4, (95, 4), (1, 4)), ((95, 4), (96, 24))
    take_datagram(collector, ipfix(template(fields), a_set(256, record(fields, NET, DINKES, NETFLIX, 9))), EXPORTER)
    told = options(named, record(named, NETFLIX, b"netflix".ljust(24, b"\0")))
    take_datagram(collector, ipfix(told, sequence=1), EXPORTER)
    writer = HistoryWriter(history, HistorySettings(tmp_path, 50, 30), threading.Lock(), collector.exporters)
    asyncio.run(writer.write())
    assert writer.failures == 0 and application_names(tmp_path) == {NETFLIX: "netflix"}
    for folder, remote in ((tmp_path, "198.51.100.0/24"), (tmp_path / WHOLE, NET)):
        with reading(folder, 0) as query:
            assert query("SELECT remote, application, bytes FROM uses", ()) == [(remote, NETFLIX, 9)]
