"""Waits that end in no loss: more sets than were ever kept, a restart told by a second 0, cuts of batches anywhere."""

import struct
from collections.abc import Sequence
from functools import partial
from operator import itemgetter

import numpy as np
import pytest
from flow_packets import (
    BYTES,
    CITY,
    EXPORTER,
    PACKETS,
    SOURCE4,
    TARGET4,
    USUAL,
    a_set,
    example_lookup,
    ipfix,
    new_collector,
    record,
    sent,
    template,
    v9,
)
from flow_reading import PORT, FlowReader, Sent, evenly, office

from exporter.flows.account import pending_sets
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings, exporter_settings
from exporter.flows.account.pipeline import finish, take_batch, take_datagram
from exporter.flows.account.rating import exact_sum
from exporter.flows.decode.batches import batch_of

pytestmark = pytest.mark.usefixtures("both_ways")

NET, DINKES = "198.51.100.1", "10.10.1.2"
TURNED = (TARGET4, SOURCE4, PACKETS, BYTES)
FLOW = a_set(256, record(USUAL, DINKES, NET, 100, 1))
OTHER = a_set(256, record(TURNED, NET, DINKES, 1, 100))
T, NEW = template(USUAL), template(TURNED)


def message(at: float, *sets: bytes, sequence: int = 0) -> Sent:
    """An IPFIX message that was made when it came."""
    data = bytearray(ipfix(*sets, sequence=sequence))
    data[4:8] = struct.pack("!I", 1_795_000_000 + int(at))
    return Sent(at, PORT, bytes(data))


@pytest.mark.parametrize("version", [9, 10])
@pytest.mark.parametrize("every", [0.06, 0.2])
def test_any_number_of_sets_waits_for_its_template_and_in_a_file_to_its_end(
    version: int, every: float, reader: FlowReader
) -> None:
    make = v9 if version == 9 else ipfix
    rows = [make(FLOW, sequence=number) for number in range(300)]
    rows.append(make(template(USUAL, ipfix=version == 10), sequence=300))
    found = reader.read(evenly(rows, every))
    assert (office(found), found["problems"], found["lost_records"]) == (30_000, [], 0)


def test_what_waits_for_templates_is_bounded_by_its_memory_of_one_and_of_all_exporters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pending_sets, "MAX_PENDING_BYTES", 1000)
    monkeypatch.setattr(pending_sets, "MAX_TEMPLATELESS_BYTES", 1500)
    settings = {EXPORTER: ExporterSettings(), "10.255.0.2": ExporterSettings()}
    collector = Collector(example_lookup(), settings)
    for source in settings:
        for number in range(5):
            take_datagram(collector, ipfix(FLOW, sequence=number), source)
    waiting = [(len(exporter.pending.sets), exporter.undecoded) for exporter in collector.exporters.values()]
    assert waiting == [(3, 2), (1, 4)]
    take_datagram(collector, ipfix(T, sequence=5), EXPORTER)
    take_datagram(collector, ipfix(T, sequence=5), "10.255.0.2")
    assert (sent(collector, "dinkes"), collector.pending_bytes.mortal) == (400, 0)
    assert all(exporter.pending.mortal_bytes == 0 for exporter in collector.exporters.values())


def test_a_template_of_after_a_restart_does_not_decode_what_came_before_it(reader: FlowReader) -> None:
    rows = [
        Sent(0, PORT, ipfix(OTHER, sequence=9000)),
        Sent(60, PORT, ipfix(FLOW, sequence=0)),
        Sent(61, PORT, ipfix(T, sequence=1)),
        Sent(100, PORT, ipfix(FLOW, sequence=1)),
    ]
    found = reader.read(rows)
    assert (office(found), found["undecoded_sets"]) == (200, 1)


@pytest.mark.parametrize(
    ("rows", "size"),
    [
        ([message(0, T, FLOW), message(60, OTHER), message(61, NEW, sequence=1), message(62, OTHER, sequence=1)], 300),
        ([message(0, T, FLOW), message(60, FLOW), message(61, T, sequence=1), message(62, FLOW, sequence=1)], 300),
        ([message(0, T), message(1, FLOW), message(60, OTHER), message(61, NEW), message(62, OTHER, sequence=1)], 300),
        ([message(0, T), message(60, T), message(120, FLOW), message(121, FLOW, sequence=1)], 200),
        ([message(0, T, FLOW), *(message(60 * minute, FLOW) for minute in range(1, 9))], 900),
        ([message(0, T, FLOW), *(message(2 * place, FLOW) for place in range(1, 9))], 900),
    ],
)
def test_a_second_first_message_is_an_exporter_that_began_anew(
    rows: Sequence[Sent], size: int, reader: FlowReader
) -> None:
    found = reader.read(rows)
    assert (office(found), found["lost_records"], found["undecoded_sets"]) == (size, 0, 0)


@pytest.mark.parametrize("version", [9, 10])
@pytest.mark.parametrize("gap", [0, 3])
def test_losses_are_the_same_wherever_a_batch_ends_while_a_template_of_before_is_trusted(
    version: int, gap: int
) -> None:
    def row(number: int, stamp: int, *sets: bytes) -> bytes:
        data = bytearray((v9 if version == 9 else ipfix)(*sets, sequence=number))
        data[4:8] = struct.pack("!I", stamp if version == 9 else 1_795_000_000 + stamp // 1000)
        return bytes(data)

    told = template(USUAL, ipfix=version == 10)
    rows = [(0.0, row(9000, 90_000_000, told)), (1.0, row(9000 + (version == 9), 90_001_000, FLOW))]
    rows += [(60.0 + number, row(number, 5_000 + number, FLOW)) for number in range(3)]
    step = 1 if version == 9 else 2
    rows += [(95.0 + place, row(3 + gap + step * place, 40_000 + place, FLOW * 2)) for place in range(4)]
    ends = set()
    for size in range(1, len(rows) + 1):
        now = [0.0]
        collector = Collector(example_lookup(), exporter_settings(CITY), partial(itemgetter(0), now))
        start = 0
        while start < len(rows):
            part = [each for each in rows[start : start + size] if each[0] - rows[start][0] < 20]
            start, now[0] = start + len(part), part[-1][0]
            take_batch(collector, batch_of([(data, EXPORTER, PORT) for _, data in part]))
        finish(collector)
        exporter = collector.exporters[EXPORTER]
        ends.add((sent(collector, "dinkes"), exporter.lost, exporter.untold))
    assert ends == {(1200, gap, 3)}


def test_sums_of_hostile_records_do_not_begin_again_at_64_bits() -> None:
    assert exact_sum(np.full(1 << 20, (1 << 64) - 1, np.uint64)) == (1 << 20) * ((1 << 64) - 1)
    fields, most = ((8, 4), (12, 4), (1, 8), (2, 8)), 1 << 50
    collector = new_collector(ExporterSettings())
    take_datagram(collector, ipfix(template(fields)), EXPORTER)
    rows = a_set(256, record(fields, "203.0.113.1", NET, most, 1 << 20) * 1000)
    take_batch(collector, batch_of([(ipfix(rows, sequence=1000 * n), EXPORTER) for n in range(20)]))
    totals = collector.totals
    assert (totals.through, totals.sampled, totals.unassigned) == (20_000 * most,) * 3
