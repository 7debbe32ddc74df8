"""The load of many exporters: the same records in small datagrams, and a collector counts them to the byte."""

from ipaddress import ip_address, ip_network

import pytest

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import exporter_settings
from exporter.flows.account.pipeline import take_batch
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.bench.generator import generate
from exporter.flows.bench.many_exporters import EXPORTERS, addresses, city_text, cut, datagrams
from exporter.flows.decode.batches import batch_of
from inventory.generate import generate_city
from inventory.reading import parse_city

pytestmark = pytest.mark.usefixtures("both_ways")

OPDS = 4


def test_every_record_of_many_exporters_is_counted_to_the_byte_and_none_is_lost() -> None:
    city = parse_city(city_text(generate_city(OPDS)), "many.yaml")
    load, names = cut(generate([opd.prefixes for opd in city.opds], 12_000)), addresses()
    collector = Collector(city_lookup(city), exporter_settings(city))
    take_batch(collector, batch_of([(data, names[number]) for number, data in datagrams(load)]))
    exporters = collector.exporters.values()
    assert (collector.totals.through, sum(e.records for e in exporters)) == (load.total, load.flows)
    assert (len(exporters), sum(e.lost for e in exporters), collector.refused) == (EXPORTERS, 0, {})


def test_datagrams_of_many_exporters_have_two_to_four_records_and_come_from_loopback_alone() -> None:
    load = cut(generate([[ip_network("10.1.0.0/24"), ip_network("fd00::/48")]], 2_000))
    assert {records for _, records in load.pieces} == {2, 3, 4}
    assert sum(records for _, records in load.pieces) == load.flows > 0
    assert all(ip_address(address).is_loopback for address in addresses())
    assert len(set(addresses())) == EXPORTERS
