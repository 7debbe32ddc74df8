"""Vendors' habits, each from the field list its routers send."""

import struct

from flow_packets import EXPORTER, a_set, ipfix, new_collector, options_template, received, record, sent, template, v9
from flow_vendors import ASA, ASA_CREATED, FORTIOS, HUAWEI, JUNIPER, MIKROTIK, row

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram

NET, DINKES, PUBLIC = "198.51.100.1", "10.10.1.2", "203.0.113.9"


def counted(collector: Collector) -> tuple[int, int]:
    return received(collector, "dinkes"), sent(collector, "dinkes")


def test_mikrotik_names_the_office_of_a_download_only_after_nat() -> None:
    collector = new_collector(ExporterSettings())
    down = row(MIKROTIK, {8: NET, 12: PUBLIC, 225: NET, 226: DINKES, 1: 1000, 2: 1})
    up = row(MIKROTIK, {8: DINKES, 12: NET, 225: PUBLIC, 226: NET, 1: 70, 2: 1})
    take_datagram(collector, v9(template(MIKROTIK, ipfix=False), a_set(256, down + up)), EXPORTER)
    assert (counted(collector), collector.totals.unassigned) == ((1000, 70), 0)


def test_fortios_names_the_office_of_an_upload_only_after_nat_and_counts_out_bytes() -> None:
    collector = new_collector(ExporterSettings())
    up = row(FORTIOS, {8: PUBLIC, 12: NET, 225: DINKES, 226: NET, 1: 0, 23: 500, 24: 2, 34: 10})
    down = row(FORTIOS, {8: NET, 12: DINKES, 225: NET, 226: PUBLIC, 1: 900, 23: 900, 2: 1, 34: 1})
    take_datagram(collector, v9(template(FORTIOS, ipfix=False), a_set(256, up + down)), EXPORTER)
    assert (counted(collector), int(collector.totals.packets.sum())) == ((900, 5000), 21)


def test_asa_tells_both_ways_in_one_record_and_events_without_bytes() -> None:
    collector = new_collector(ExporterSettings())
    ends: dict[int, int | str] = {8: DINKES, 12: NET, 225: PUBLIC, 226: NET}
    take_datagram(
        collector, v9(template(ASA_CREATED, ipfix=False), a_set(256, row(ASA_CREATED, {**ends, 233: 1}))), EXPORTER
    )
    take_datagram(
        collector, v9(template(ASA_CREATED, 260, False), a_set(260, row(ASA_CREATED, {**ends, 233: 3}))), EXPORTER
    )
    over = row(ASA, {**ends, 233: 2, 231: 1200, 232: 90_000, 298: 4, 299: 70})
    take_datagram(collector, v9(template(ASA, 263, ipfix=False), a_set(263, over)), EXPORTER)
    assert (counted(collector), collector.totals.events, collector.exporters[EXPORTER].records) == (
        (90_000, 1200),
        2,
        3,
    )
    assert collector.totals.through_packets == 74


def test_juniper_tells_its_rate_in_options_that_name_no_sampler() -> None:
    collector = new_collector(ExporterSettings())
    told = ((144, 4), (160, 8), (130, 4), (214, 1), (34, 4), (36, 2))
    options = a_set(512, record(told, 1, 0, EXPORTER, 10, 1000, 60))
    take_datagram(collector, ipfix(options_template(told, 512), options), EXPORTER)
    down = row(JUNIPER, {8: NET, 12: DINKES, 1: 1500, 2: 1})
    take_datagram(collector, ipfix(template(JUNIPER), a_set(256, down), sequence=1), EXPORTER)
    assert (counted(collector), collector.exporters[EXPORTER].lost) == ((1_500_000, 0), 0)


def test_huawei_tells_its_rate_by_sampler_and_monitors_both_ways() -> None:
    collector = new_collector(ExporterSettings(direction="both"))
    scope = struct.pack("!HHHHHHHHH", 400, 4, 12, 1, 4, 48, 1, 49, 1) + struct.pack("!HH", 50, 4)
    take_datagram(collector, v9(a_set(1, scope), a_set(400, struct.pack("!IBBI", 1, 2, 2, 500))), EXPORTER)
    rows = [row(HUAWEI, {8: NET, 12: DINKES, 1: 100, 2: 1, 61: way, 48: 2}) for way in (0, 1)]
    take_datagram(collector, v9(template(HUAWEI, ipfix=False), a_set(256, b"".join(rows)), sequence=1), EXPORTER)
    assert (counted(collector), collector.totals.aside["egress_copy"]) == ((50_000, 0), 50_000)
