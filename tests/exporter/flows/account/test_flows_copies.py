"""Copies that a network made: in bursts, and of streams whose numbers do not rise; both ways of counting agree."""

import random
import struct
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from flow_captures import ethernet, ip4
from flow_packets import CITY, EXPORTER, USUAL, a_set, example_lookup, ipfix, record, template, v5, v9
from flow_reading import FlowReader, Sent, evenly, office
from flow_sflow import header, sample, sflow

from exporter.flows.account.collector import Collector
from exporter.flows.account.copies import RecentDatagrams
from exporter.flows.account.exporter_settings import exporter_settings
from exporter.flows.account.express_lane import ExpressLane
from exporter.flows.account.pipeline import finish, take_from_network
from exporter.flows.decode.batches import batch_of
from exporter.flows.native.library import load

NET, DINKES = "198.51.100.1", "10.10.1.2"
END = 1 << 32
BURSTS = [
    (5, 6, 5, 6),
    (5, 6, 7, 5, 6, 7, 5, 6, 7),
    (6, 5, 6, 5, 8, 7, 8, 7),
    (5, 7, 6, 7, 6, 5),
    (5, 6, 5, 7, 6, 8, 7, 8),
]


def flow(version: int, number: int, size: int = 100) -> bytes:
    number %= END
    if version == 5:
        # Two records, of which only the second differs: it stands behind the first 64 bytes.
        return v5((NET, DINKES, 1, 100), (NET, DINKES, 1, size - 100), sequence=number)
    if version == 0:
        packet = ip4(bytes(80), source=NET)
        frame = ethernet(packet[:16] + ip_address(DINKES).packed + packet[20:])
        return sflow(sample(header(frame), rate=1), sequence=number)
    return (v9 if version == 9 else ipfix)(a_set(256, record(USUAL, NET, DINKES, size, 1)), sequence=number)


def begin(version: int, number: int) -> list[bytes]:
    if version not in (9, 10):
        return []
    return [(v9 if version == 9 else ipfix)(template(USUAL, ipfix=version == 10), sequence=number % END)]


@pytest.mark.parametrize("version", [0, 5, 9, 10])
@pytest.mark.parametrize("numbers", [*BURSTS, (END - 1, 0, END - 1, 0), (END - 1, 0, 1, 0, END - 1, 1)])
def test_each_of_a_burst_of_copies_is_met(version: int, numbers: tuple[int, ...], reader: FlowReader) -> None:
    rows = [*begin(version, numbers[0] - (version == 9)), *(flow(version, number) for number in numbers)]
    found = reader.read(evenly(rows, 0.01))
    different = len(set(numbers))
    assert office(found) == 100 * different
    assert found["exporters"][EXPORTER]["duplicate_datagrams"] == len(numbers) - different


@pytest.mark.parametrize("number", [0, 77])
@pytest.mark.parametrize("version", [5, 9, 10])
def test_an_exporter_that_gives_all_its_datagrams_one_number_loses_none(
    version: int, number: int, reader: FlowReader
) -> None:
    sizes = range(200, 220)
    rows = [*begin(version, number), *(flow(version, number, size) for size in sizes for _ in range(2))]
    found = reader.read(evenly(rows, 0.01))
    assert (office(found), found["lost_records"]) == (sum(sizes), 0)
    assert found["exporters"][EXPORTER]["duplicate_datagrams"] == len(sizes)


def test_a_copy_is_none_after_a_second(reader: FlowReader) -> None:
    assert reader.office(evenly([flow(5, 0)] * 10, 1.5)) == 1000


def of_chance(seed: int) -> list[Sent]:
    """New ones, copies, late ones and streams that begin anew, at any time."""
    dice = random.Random(seed)
    version, number = dice.choice((5, 9, 10)), dice.choice((0, 100, END - 4))
    rows, sent, at = evenly(begin(version, number)), list[bytes](), 0.0
    for _ in range(30):
        at += dice.choice((0.0, 0.001, 0.01, 0.3))
        kind = dice.random()
        if kind < 0.3 and sent:
            sent.append(dice.choice(sent[-4:]))
        elif kind < 0.4:
            sent.append(flow(version, number - dice.randrange(1, 4), dice.randrange(200, 203)))
        else:
            number = dice.choice((0, 5)) if kind > 0.95 else number + dice.choice((0, 1, 1, 2))
            sent.append(flow(version, number, 200))
        rows.append(Sent(at, 5001, sent[-1]))
    return rows


def counted(rows: Sequence[Sent], size: int, lane: Callable[[Collector], None]) -> tuple[int, ...]:
    now = [0.0]
    collector, recent, start = (
        Collector(example_lookup(), exporter_settings(CITY), lambda: now[0]),
        RecentDatagrams(),
        0,
    )
    lane(collector)
    while start < len(rows):
        part = [row for row in rows[start : start + size] if row.at - rows[start].at < 0.2]
        start, now[0] = start + len(part), part[-1].at
        take_from_network(collector, recent, batch_of([(row.data, EXPORTER, row.port) for row in part]), now[0])
    finish(collector)
    exporter = collector.exporters[EXPORTER]
    return collector.totals.through, exporter.copies, exporter.lost, exporter.records


@pytest.mark.parametrize("size", [1, 3, 40])
def test_both_ways_of_counting_meet_the_same_copies(size: int, lane_library: Path) -> None:
    functions = load(lane_library).functions
    assert functions is not None

    def with_lane(collector: Collector) -> None:
        collector.lane = ExpressLane(functions, collector)

    for seed in range(20):
        rows = of_chance(seed)
        assert counted(rows, size, with_lane) == counted(rows, size, lambda collector: None), seed


def test_sums_of_datagrams_differ_where_their_bytes_do() -> None:
    one, other = (struct.pack("!H", 5) + bytes(1000) + bytes((last,)) for last in (1, 2))
    recent = RecentDatagrams()
    first, rest = recent.without_copies(batch_of([(one, EXPORTER, 1), (other, EXPORTER, 1), (one, EXPORTER, 1)]), 0.0)
    assert (len(first.lengths), rest[EXPORTER]) == (2, 1)
