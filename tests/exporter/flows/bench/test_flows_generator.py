"""The benchmark's made-up load: what it says it holds is what a collector counts of it."""

from ipaddress import ip_network

import pytest
from flow_packets import EXPORTER

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_batch
from exporter.flows.account.prefix_lookup import prefix_lookup
from exporter.flows.bench.generator import RECORDS, generate
from exporter.flows.decode.batches import batch_of

pytestmark = pytest.mark.usefixtures("both_ways")


@pytest.mark.parametrize("size", [1, 100, 1024])
def test_a_generated_load_is_exact_to_the_byte(size: int) -> None:
    prefixes = [(ip_network(f"10.{n}.0.0/22"), ip_network(f"2001:db8:{n:x}::/48")) for n in range(40)]
    load = generate(prefixes, 20_000, seed=size)
    rows = [(one, number) for number, pair in enumerate(prefixes) for one in pair]
    collector = Collector(prefix_lookup(tuple(map(str, range(40))), rows), {EXPORTER: ExporterSettings(internal=True)})
    for start in range(0, len(load.datagrams), size):
        take_batch(collector, batch_of([(one, EXPORTER) for one in load.datagrams[start : start + size]]))
    totals = collector.totals.bytes.sum(axis=2).tolist()
    assert [row[0] for row in totals] == list(load.receive)
    assert [row[1] for row in totals] == list(load.transmit)
    assert (collector.totals.through, collector.totals.unassigned) == (load.total, load.unassigned)
    assert (collector.exporters[EXPORTER].records, collector.exporters[EXPORTER].lost) == (load.flows, 0)


def test_a_load_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    prefixes = [(ip_network("10.0.0.0/22"), ip_network("2001:db8::/48"))]
    assert generate(prefixes, 500, seed=1) == generate(prefixes, 500, seed=1) != generate(prefixes, 500, seed=2)


def test_a_load_has_at_least_one_datagram_of_each_kind() -> None:
    load = generate([(ip_network("10.0.0.0/22"), ip_network("2001:db8::/48"))], 1)
    assert (load.flows, {row[1] for row in load.datagrams}) == (4 * RECORDS, {5, 9, 10})
