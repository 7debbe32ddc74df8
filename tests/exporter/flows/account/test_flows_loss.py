"""Rule 11: what a sequence number counts differs by protocol. Rule 5a: rates outlive a restart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flow_captures import ethernet, ip4, udp
from flow_packets import (
    EXPORTER,
    USUAL,
    a_set,
    ipfix,
    new_collector,
    options_template,
    received,
    record,
    template,
    v5,
    v9,
)
from flow_sflow import header, sample, sflow

from exporter.flows.account.collector import Collector
from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.decode.batches import batch_of
from exporter.flows.keep.persistence import Persistence
from exporter.flows.metrics import FlowsPage

pytestmark = pytest.mark.usefixtures("both_ways")

NET, DINKES = "198.51.100.1", "10.10.1.2"
ROWS = a_set(256, record(USUAL, NET, DINKES, 10, 1) * 3)
COUNTER = b"lebarpita_flow_lost_records_total{"
SAMPLES = [sample(header(ethernet(ip4(udp(bytes(9))))))] * 3
FORMATS: dict[str, tuple[Callable[[int], bytes], int]] = {
    "v5 counts flows": (lambda n: v5(*[(NET, DINKES, 1, 10)] * 3, sequence=3 * n), 3),
    "v9 counts packets": (lambda n: v9(ROWS, sequence=n), 1),
    "IPFIX counts data records": (lambda n: ipfix(ROWS, sequence=3 * n), 3),
    "sFlow counts datagrams": (lambda n: sflow(*SAMPLES, sequence=n), 1),
}


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("name", FORMATS)
def test_the_sequence_number_counts_what_the_protocol_says_also_in_a_batch(name: str, size: int) -> None:
    make, units = FORMATS[name]
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    take_datagram(collector, v9(template(USUAL, ipfix=False), sequence=2**32 - 1), EXPORTER)
    numbers = (0, 1, 2, 5, 6)
    for start in range(0, 5, size):
        take_batch(collector, batch_of([(make(number), EXPORTER) for number in numbers[start : start + size]]))
    assert (collector.exporters[EXPORTER].lost, collector.exporters[EXPORTER].records) == (2 * units, 15)


@pytest.mark.parametrize("name", FORMATS)
def test_the_sequence_number_counts_what_the_protocol_says(name: str) -> None:
    make, units = FORMATS[name]
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL)), EXPORTER)
    take_datagram(collector, v9(template(USUAL, ipfix=False), sequence=2**32 - 1), EXPORTER)
    for number in (0, 1, 2, 5, 6):
        take_datagram(collector, make(number), EXPORTER)
    one = collector.exporters[EXPORTER]
    assert (one.lost, one.records, one.malformed) == (2 * units, 15, 0)
    take_datagram(collector, make(4), EXPORTER)
    assert one.lost == units


def test_the_counter_of_lost_records_never_falls_though_a_lost_datagram_came_late(tmp_path: Path) -> None:
    """Prometheus takes a fall for a restart and counts the whole again."""

    def told(collector: Collector) -> bytes:
        return next(line for line in FlowsPage(collector).write(0).splitlines() if line.startswith(COUNTER)).split()[1]

    collector, again = new_collector(), new_collector()
    take_datagram(collector, ipfix(template(USUAL), ROWS), EXPORTER)
    seen = []
    for sequence in (9, 3, 18, 27):
        take_datagram(collector, ipfix(ROWS, sequence=sequence), EXPORTER)
        seen.append(told(collector))
    assert seen == [b"6", b"6", b"9", b"15"]
    take_datagram(collector, ipfix(ROWS, sequence=21), EXPORTER)
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    assert told(again) == b"15" and again.exporters[EXPORTER].lost == 12


def test_what_the_kernel_dropped_is_on_the_page() -> None:
    assert b"lebarpita_flow_socket_drops_total 7\n" in FlowsPage(new_collector()).write(7)


def test_options_are_data_records_of_ipfix_too() -> None:
    collector = new_collector()
    fields = ((149, 4), (34, 4))
    told = a_set(300, record(fields, 1, 1) * 2)
    take_datagram(collector, ipfix(template(USUAL), options_template(fields, 300), told, ROWS), EXPORTER)
    take_datagram(collector, ipfix(ROWS, sequence=5), EXPORTER)
    assert collector.exporters[EXPORTER].lost == 0


def test_records_that_waited_for_their_template_are_no_loss_although_others_came_meanwhile() -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(template(USUAL, 257)), EXPORTER)
    take_datagram(collector, ipfix(ROWS, sequence=0), EXPORTER)
    take_datagram(collector, ipfix(a_set(257, ROWS[4:]), sequence=3), EXPORTER)
    take_datagram(collector, ipfix(template(USUAL), sequence=6), EXPORTER)
    take_datagram(collector, ipfix(ROWS, sequence=6), EXPORTER)
    assert (collector.exporters[EXPORTER].lost, collector.exporters[EXPORTER].records) == (0, 9)


def test_streams_of_two_domains_are_apart() -> None:
    collector = new_collector()
    for number in range(3):
        for domain, begin in ((1, 0), (2, 70_000)):
            take_datagram(collector, v9(sequence=begin + number, domain=domain), EXPORTER)
    assert collector.exporters[EXPORTER].lost == 0


def test_sampling_rates_come_back_after_a_restart(tmp_path: Path) -> None:
    collector, again = new_collector(), new_collector()
    fields, by_id = ((149, 4), (302, 4), (305, 4), (306, 4)), (*USUAL, (302, 4))
    take_datagram(
        collector,
        ipfix(options_template(fields, 300), a_set(300, record(fields, 1, 7, 2, 3)), template(by_id)),
        EXPORTER,
    )
    take_datagram(collector, v5((NET, DINKES, 1, 10), sampling=40), EXPORTER)
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    before = received(again, "dinkes")
    take_datagram(again, ipfix(a_set(256, record(by_id, NET, DINKES, 100, 1, 7)), sequence=1), EXPORTER)
    assert (before, received(again, "dinkes") - before, again.exporters[EXPORTER].lost) == (400, 250, 0)
