"""Stages are functions from value to value: a block has the rates of its moment, no stage changes what it gets."""

import struct

import pytest
from flow_packets import (
    CITY,
    EXPORTER,
    SOURCE4,
    TARGET4,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    options_template,
    received,
    record,
    template,
)

from exporter.flows.account.batch_groups import divide_batch
from exporter.flows.account.blocks import Arrival, BlockCollection
from exporter.flows.account.counting import CountedBlock, FlowVolume, count_block
from exporter.flows.account.decoding import decode_datagram
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.owning import find_owners
from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.account.rating import rate_block
from exporter.flows.account.sampling import SamplingRate
from exporter.flows.account.totals import Totals
from exporter.flows.decode.batches import batch_of
from exporter.flows.decode.columns import Records, fixed_records
from exporter.flows.decode.templates import FieldSpec, TemplateKey, make_template

NET, DINKES, RSUD = "198.51.100.1", "10.10.1.2", "10.10.5.2"
RATE = options_template(((149, 4), (34, 4)), 300)
TURNED = (TARGET4, SOURCE4, *USUAL[2:])
ROW = record(USUAL, NET, DINKES, 100, 1)


def records(*rows: bytes) -> Records:
    plan = make_template(TemplateKey(EXPORTER, 10, 1, 256), [FieldSpec(*field) for field in USUAL])
    block = fixed_records(plan, b"".join(rows))
    assert not block.block.flags.writeable
    return block


def counted(*rows: bytes, sampling: int = 1, internal: bool = False) -> CountedBlock:
    settings = ExporterSettings(sampling=sampling, internal=internal)
    return count_block(find_owners(city_lookup(CITY), rate_block(records(*rows), {}, settings)), settings)


def test_a_block_goes_through_all_stages_and_is_added_at_the_end_only() -> None:
    block, totals = counted(ROW, record(USUAL, DINKES, NET, 70, 2)), Totals.empty(len(city_lookup(CITY).codes))
    assert (block.reported, block.through, block.records) == (FlowVolume(170, 3), FlowVolume(170, 3), 2)
    assert not totals.bytes.any()
    totals.add(block)
    assert (int(totals.bytes[:, 0].sum()), int(totals.bytes[:, 1].sum()), totals.through) == (100, 70, 170)


def test_the_amounts_as_reported_stand_beside_those_after_sampling() -> None:
    block = counted(ROW, sampling=8)
    assert (block.reported, block.through) == (FlowVolume(100, 1), FlowVolume(800, 8))
    rated = rate_block(records(ROW), {}, ExporterSettings(sampling=1))
    assert rated.amounts is rated.reported


def test_what_is_left_out_has_its_reason_and_stays_in_the_sum_of_all() -> None:
    block = counted(record(USUAL, DINKES, RSUD, 50, 1), ROW)
    assert (dict(block.aside), block.through.bytes) == ({"internal": 50}, 150)
    assert block.skipped is not None and block.skipped.tolist() == [True, False]
    assert counted(record(USUAL, DINKES, RSUD, 50, 1), internal=True).skipped is None


def test_a_decoded_block_keeps_the_rates_of_its_moment() -> None:
    exporter, blocks = FlowExporter(EXPORTER), BlockCollection()
    rate = [a_set(300, struct.pack("!II", 1, number)) for number in (5, 7)]
    data = ipfix(template(USUAL), a_set(256, ROW), RATE, rate[0], a_set(256, ROW), rate[1], a_set(256, ROW))
    decode_datagram(exporter, data, Arrival(0.0), blocks)
    rates = [block.samplers.get(-1) for block in blocks.joined()]
    assert rates == [None, SamplingRate(5), SamplingRate(7)]


def test_sets_of_one_template_and_one_rate_are_one_block_across_datagrams() -> None:
    exporter, blocks = FlowExporter(EXPORTER), BlockCollection()
    for data in (ipfix(template(USUAL), a_set(256, ROW * 2)), ipfix(a_set(256, ROW), a_set(256, ROW))):
        decode_datagram(exporter, data, Arrival(0.0), blocks)
    assert [block.records.count for block in blocks.joined()] == [4]


def test_a_group_of_usual_datagrams_is_divided_where_its_template_changes() -> None:
    collector, row = new_collector(), ipfix(a_set(256, ROW))
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    take_batch(
        collector, batch_of([(each, EXPORTER) for each in (row, row, ipfix(template(TURNED), a_set(256, ROW)), row)])
    )
    assert received(collector, "dinkes") == 200
    assert int(collector.totals.bytes[collector.lookup.codes.index("dinkes"), 1].sum()) == 200


def test_usual_datagrams_behind_a_withdrawal_are_odd_and_wait_in_their_order() -> None:
    collector, row = new_collector(), ipfix(a_set(256, ROW))
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    gone = ipfix(a_set(2, struct.pack("!HH", 256, 0)))
    take_batch(collector, batch_of([(each, EXPORTER) for each in (row, gone, row, row, ipfix(template(USUAL)), row)]))
    exporter = collector.exporters[EXPORTER]
    assert (received(collector, "dinkes"), exporter.records, exporter.datagrams) == (400, 4, 7)
    assert exporter.pending.sets == []


def test_usual_datagrams_are_known_by_their_columns_and_all_others_are_odd() -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    rows = [ipfix(a_set(256, ROW)), b"\0\5", ipfix(a_set(256, ROW), a_set(256, ROW)), ipfix(a_set(257, ROW))]
    groups = divide_batch(collector, batch_of([(row, EXPORTER) for row in rows]))
    assert (groups.group.tolist(), list(groups.odd_places())) == ([0, -1, -1, -1], [1, 2, 3])
    assert [(exporter.address, number) for exporter, number in groups.sizes()] == [(EXPORTER, 1)]


@pytest.mark.parametrize("name", ["_cells_of", "_tally", "whole_seconds"])
def test_a_block_is_added_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    collector = new_collector()
    collector.totals.smooth(60)
    take_datagram(collector, ipfix(template(USUAL), a_set(256, ROW)), EXPORTER)
    before = collector.totals.bytes.copy(), collector.totals.through, collector.totals.sampled
    with monkeypatch.context() as planted, pytest.raises(KeyError):
        planted.setattr(f"exporter.flows.account.totals.{name}", lambda *_: dict[str, None]()["planted"])
        take_datagram(collector, ipfix(a_set(256, ROW), sequence=1), EXPORTER)
    assert (collector.totals.bytes == before[0]).all()
    assert (collector.totals.through, collector.totals.sampled) == before[1:]
