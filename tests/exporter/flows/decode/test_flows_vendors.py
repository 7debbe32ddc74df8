"""Vendors' habits, each from the field list its routers send."""

import struct

from flow_packets import EXPORTER, a_set, ipfix, new_collector, options_template, received, record, sent, template, v9

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram

NET, DINKES, PUBLIC = "198.51.100.1", "10.10.1.2", "203.0.113.9"
Fields = tuple[tuple[int, int], ...]

MIKROTIK: Fields = (
    *((21, 4), (22, 4), (2, 4), (1, 4), (10, 4), (14, 4), (8, 4), (12, 4), (4, 1), (5, 1), (7, 2), (11, 2), (15, 4)),
    *((13, 1), (9, 1), (6, 1), (225, 4), (226, 4), (227, 2), (228, 2)),
)
FORTIOS: Fields = (
    *((1, 8), (23, 8), (2, 4), (24, 4), (22, 4), (21, 4), (7, 2), (11, 2), (10, 4), (14, 4), (4, 1), (65, 2), (34, 4)),
    *((89, 1), (136, 1), (8, 4), (12, 4), (225, 4), (226, 4), (227, 2), (228, 2)),
)
ASA: Fields = (
    *((148, 4), (8, 4), (7, 2), (10, 2), (12, 4), (11, 2), (14, 2), (4, 1), (176, 1), (177, 1), (225, 4), (226, 4)),
    *((227, 2), (228, 2), (233, 1), (33002, 2), (323, 8), (152, 8), (231, 4), (232, 4), (298, 4), (299, 4)),
    *((33000, 12), (40000, 20)),
)
ASA_CREATED: Fields = tuple(one for one in ASA if one[0] not in (231, 232, 298, 299))
JUNIPER: Fields = (
    *((8, 4), (12, 4), (5, 1), (4, 1), (7, 2), (11, 2), (32, 2), (10, 4), (58, 2), (9, 1), (13, 1), (16, 4), (17, 4)),
    *((15, 4), (6, 1), (14, 4), (52, 1), (53, 1), (136, 1), (243, 2), (245, 2), (1, 8), (2, 8), (152, 8), (153, 8)),
)
HUAWEI: Fields = (
    *((8, 4), (12, 4), (15, 4), (10, 4), (14, 4), (2, 4), (1, 4), (22, 4), (21, 4), (7, 2), (11, 2), (4, 1), (5, 1)),
    *((6, 1), (9, 1), (13, 1), (16, 4), (17, 4), (61, 1), (48, 1), (60, 1)),
)


def row(fields: Fields, values: dict[int, int | str]) -> bytes:
    empty = (b"\0" * length if element not in values else values[element] for element, length in fields)
    return record(fields, *empty)


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
