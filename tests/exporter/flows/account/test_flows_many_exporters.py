"""Many exporters of one layout: counted together, and the same to the byte as one datagram after the other."""

import struct
from collections.abc import Callable

import pytest
from flow_packets import (
    BYTES,
    CITY,
    PACKETS,
    SOURCE4,
    TARGET4,
    USUAL,
    a_set,
    everything,
    ipfix,
    received,
    record,
    template,
    v5,
    v9,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.flows.account.collector import Collector
from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.exporter_settings import ExporterSettings, exporter_settings
from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.account.rating import RatedBlock, rate_block
from exporter.flows.decode.batches import batch_of
from exporter.flows.decode.columns import Records

pytestmark = pytest.mark.usefixtures("both_ways")

Made = Callable[[int], bytes]
NET, DINKES, RSUD = "198.51.100.1", "10.10.1.2", "10.10.5.2"
TIMED = (*USUAL, (22, 4), (21, 4))
ROW, TURNED = record(USUAL, NET, DINKES, 1000, 2), (TARGET4, SOURCE4, BYTES, PACKETS)
# Two packets of 2^62 bytes: no network has such.
ABSURD = record((SOURCE4, TARGET4, (1, 8), PACKETS), NET, DINKES, 1 << 62, 2)
WIDE = (SOURCE4, TARGET4, (1, 8), PACKETS)
SAMPLER = a_set(3, struct.pack("!HHHHHHH", 300, 2, 1, 149, 4, 34, 4))
MANY = [f"10.255.{number // 250}.{number % 250 + 1}" for number in range(500)]
HABITS = {
    **dict.fromkeys(("10.255.0.1", "10.255.0.2"), ExporterSettings(internal=True)),
    "10.255.0.3": ExporterSettings(),
    "10.255.0.4": ExporterSettings(sampling=10),
    "10.255.0.5": ExporterSettings(total_counts=True),
}

content = st.sampled_from(
    [
        *(lambda n, k=count: ipfix(a_set(256, ROW * k), sequence=n) for count in (1, 2, 3)),
        lambda n: ipfix(a_set(256, ROW + bytes(16)), sequence=n),
        lambda n: ipfix(a_set(258, ABSURD + record(WIDE, NET, DINKES, 70, 1)), sequence=n),
        lambda n: ipfix(template(WIDE, 258), sequence=n),
        lambda n: v9(template(USUAL, ipfix=False), sequence=n),
        lambda n: v9(a_set(256, ROW * 3), sequence=n),
        lambda n: v5((NET, DINKES, 2, 1000), (DINKES, RSUD, 1, 70), sequence=n),
        lambda n: v5((NET, DINKES, 2, 1000), sequence=n, sampling=10),
        lambda n: ipfix(template(TURNED), sequence=n),
        lambda n: ipfix(template((*USUAL, (23, 4))), sequence=n),
        lambda n: ipfix(template((SOURCE4, TARGET4, (85, 4), (86, 4))), sequence=n),
        lambda n: ipfix(SAMPLER, a_set(300, struct.pack("!II", 1, 5)), sequence=n),
        lambda n: b"\0\5",
    ]
)
rows = st.lists(st.tuples(content, st.integers(0, 40), st.sampled_from([*HABITS, "192.0.2.7"])), max_size=40)


def a_collector(habits: dict[str, ExporterSettings] | None = None) -> Collector:
    collector = Collector(city_lookup(CITY), habits or dict.fromkeys(MANY, ExporterSettings()))
    for source in collector.allowed or {}:
        take_datagram(collector, ipfix(template(USUAL)), source)
    return collector


def absurd(collector: Collector) -> dict[str, int]:
    return {source: exporter.absurd for source, exporter in collector.exporters.items()}


@settings(deadline=None)
@given(rows, st.integers(1, 40))
def test_exporters_together_count_what_each_counts_on_its_own(made: list[tuple[Made, int, str]], size: int) -> None:
    single, many = a_collector(HABITS), a_collector(HABITS)
    datagrams = [(make(number), source) for make, number, source in made]
    for data, source in datagrams:
        take_datagram(single, data, source)
    for start in range(0, len(datagrams), size):
        take_batch(many, batch_of(datagrams[start : start + size]))
    assert everything(many) == everything(single)
    assert absurd(many) == absurd(single)


def test_500_exporters_of_one_layout_are_one_block() -> None:
    collector, blocks = a_collector(), list[CountedBlock]()
    collector.observe = blocks.append
    take_batch(collector, batch_of([(ipfix(a_set(256, ROW * 3)), source) for source in MANY]))
    assert [block.records for block in blocks] == [1500]
    assert {exporter.records for exporter in collector.exporters.values()} == {3}
    assert (received(collector, "dinkes"), collector.totals.through) == (1_500_000, 1_500_000)


def test_records_that_do_not_count_are_told_of_the_exporter_that_sent_them() -> None:
    collector = a_collector(dict.fromkeys(MANY[:3], ExporterSettings()))
    for source in MANY[:3]:
        take_datagram(collector, ipfix(template(WIDE, 258)), source)
    usual = record(WIDE, NET, DINKES, 70, 1)
    sets = [a_set(258, usual * 2), a_set(258, usual + ABSURD), a_set(258, usual + bytes(len(usual)))]
    take_batch(collector, batch_of([(ipfix(row), source) for row, source in zip(sets, MANY, strict=False)]))
    assert [exporter.records for exporter in collector.exporters.values()] == [2, 2, 1]
    assert list(absurd(collector).values()) == [0, 1, 0]
    assert received(collector, "dinkes") == 280


def test_equal_settings_of_the_inventory_are_one_object() -> None:
    rows = list(exporter_settings(CITY).values())
    assert len({id(row) for row in rows}) == len(set(rows))


def test_each_exporter_has_its_own_longest_flow() -> None:
    collector = a_collector(dict.fromkeys(MANY[:2], ExporterSettings()))
    flows = [record(TIMED, NET, DINKES, 70, 1, 1000, 1000 + last) for last in (2000, 60_000)]
    sets = [ipfix(template(TIMED, 257)), *(ipfix(a_set(257, flow)) for flow in flows)]
    take_batch(collector, batch_of([(sets[0], MANY[0]), (sets[0], MANY[1])]))
    take_batch(collector, batch_of([(sets[1], MANY[0]), (sets[2], MANY[1]), (sets[1], MANY[1])]))
    assert [exporter.longest_seconds for exporter in collector.exporters.values()] == [2.0, 60.0]


def test_a_gap_is_of_the_exporter_in_whose_numbers_it_is() -> None:
    collector = a_collector()
    take_batch(collector, batch_of([(ipfix(a_set(256, ROW * 3)), source) for source in MANY]))
    late = [(ipfix(a_set(256, ROW), sequence=5 if source == MANY[7] else 3), source) for source in MANY]
    take_batch(collector, batch_of(late))
    assert {source: e.lost for source, e in collector.exporters.items() if e.lost} == {MANY[7]: 2}


def test_a_record_on_which_the_program_fails_is_given_up_with_its_exporter_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collector = a_collector()
    # The fault is planted in a stage, past which the lane would count.
    collector.lane = None

    def planted(records: Records, samplers: dict[int, object], habit: ExporterSettings) -> RatedBlock:
        if (records.numbers(2) == 9).any():  # type: ignore[union-attr]  # every record here has packets
            raise KeyError("planted")
        return rate_block(records, {}, habit)

    monkeypatch.setattr("exporter.flows.account.pipeline.rate_block", planted)
    bad = record(USUAL, NET, DINKES, 1000, 9)
    batch = batch_of([(ipfix(a_set(256, bad if source == MANY[3] else ROW)), source) for source in MANY])
    with pytest.raises(KeyError, match="planted"):
        take_batch(collector, batch)
    assert {source: e.spoilt for source, e in collector.exporters.items() if e.spoilt} == {MANY[3]: 1}
    assert received(collector, "dinkes") == 499_000


def test_what_was_counted_together_is_not_counted_again_where_its_observer_fails() -> None:
    collector = a_collector()
    collector.observe = lambda _: dict[str, None]()["planted"]
    with pytest.raises(KeyError, match="planted"):
        take_batch(collector, batch_of([(ipfix(a_set(256, ROW)), source) for source in MANY]))
    assert received(collector, "dinkes") == 500_000
    assert {(exporter.records, exporter.spoilt) for exporter in collector.exporters.values()} == {(1, 0)}
