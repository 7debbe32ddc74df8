"""Packet samplers (PSAMP) tell a rate of a sequence of selectors: 301 leads to 302, and each of those to its rate."""

import struct

import pytest
from flow_captures import ip4
from flow_packets import EXPORTER, USUAL, a_set, ipfix, new_collector, options_template, received, record, template
from flow_reading import FlowReader, evenly

from exporter.flows.account.pipeline import finish, take_datagram
from exporter.flows.account.sampling import MAX_SAMPLERS, by_sequence
from exporter.flows.keep import exporter_state

NET, DINKES = "198.51.100.1", "10.10.1.2"
Fields = tuple[tuple[int, int], ...]

OF_SEQUENCE = (*USUAL, (301, 4))
SEQUENCE, TWO = ((301, 4), (10, 4), (302, 4)), ((301, 4), (10, 4), (302, 4), (302, 4))
SELECTOR = ((302, 4), (304, 2), (305, 4), (306, 4))
CHANCE, OF_SO_MANY = ((302, 4), (304, 2), (311, 4)), ((302, 4), (304, 2), (309, 4), (310, 4))
HASH = ((302, 4), (304, 2), (327, 8), (328, 8), (329, 8), (330, 8), (331, 8), (332, 8))
FILTER = ((302, 4), (304, 2), (4, 1))

T = template(OF_SEQUENCE)
FLOW = a_set(256, record(OF_SEQUENCE, NET, DINKES, 100, 1, 5))
CHAIN = options_template(SEQUENCE, 300), a_set(300, record(SEQUENCE, 5, 3, 7))
RATE = options_template(SELECTOR, 301), a_set(301, record(SELECTOR, 7, 1, 1, 99))


def told(fields: Fields, *rows: tuple[int | bytes, ...], number: int = 301, scope: int = 1) -> tuple[bytes, bytes]:
    """A template of options, and records by it."""
    return options_template(fields, number, scope), a_set(number, b"".join(record(fields, *row) for row in rows))


def stream(*datagrams: tuple[bytes, ...]) -> list[bytes]:
    """Each with the sequence number that is due."""
    due, rows = 0, []
    for sets in datagrams:
        rows.append(ipfix(*sets, sequence=due))
        due += sum(int.from_bytes(each[:2], "big") >= 256 for each in sets)
    return rows


BOTH, OTHER = told(TWO, (5, 3, 7, 8), number=300), told(SEQUENCE, (5, 3, 8), number=300)
RATES, TAKEN = told(SELECTOR, (7, 1, 1, 99), (8, 1, 1, 9)), ((302, 4), (318, 8), (319, 8))


@pytest.mark.parametrize(
    ("name", "datagrams", "size"),
    [
        ("sequence, then rate", (CHAIN, RATE, (T, FLOW)), 10_000),
        ("rate, then sequence", (RATE, CHAIN, (T, FLOW)), 10_000),
        ("data before both", ((T, FLOW), CHAIN, RATE), 10_000),
        ("data between both", (CHAIN, (T, FLOW), RATE), 10_000),
        ("both in one record", (told((SEQUENCE[0], *SELECTOR), (5, 7, 1, 1, 99)), (T, FLOW)), 10_000),
        ("the rate is the sequence's own", (told(((301, 4), (305, 4), (306, 4)), (5, 1, 99)), (T, FLOW)), 10_000),
        ("one after the other", (BOTH, told(SELECTOR, (7, 1, 1, 9), (8, 1, 1, 4)), (T, FLOW)), 5_000),
        ("a filter takes all of its kind", (BOTH, told(FILTER, (8, 5, 6), number=302), RATE, (T, FLOW)), 10_000),
        ("a probability", (CHAIN, told(CHANCE, (7, 4, struct.pack("!f", 0.01))), (T, FLOW)), 10_000),
        ("so many of so many", (CHAIN, told(OF_SO_MANY, (7, 3, 1, 100)), (T, FLOW)), 10_000),
        ("a part of a hash", (CHAIN, told(HASH, (7, 6, 0, 20, 0, 999, 0, 9)), (T, FLOW)), 10_000),
        ("half of all 64 bits", (CHAIN, told(HASH, (7, 8, 0, 20, 0, 2**64 - 1, 0, 2**63 - 1)), (T, FLOW)), 200),
        ("a hash that takes nothing tells nothing", (CHAIN, told(HASH, (7, 6, 0, 20, 0, 999, 9, 0)), (T, FLOW)), 100),
        ("another selector from here on", (CHAIN, RATES, (T, FLOW), OTHER, (FLOW,)), 11_000),
        ("what was taken is no rate", (CHAIN, RATE, told(TAKEN, (7, 1000, 10), number=303), (T, FLOW)), 10_000),
        ("two that nobody knows of yet", (BOTH, RATE, (T, FLOW)), 100),
    ],
)  # fmt: skip
def test_a_sequence_has_the_rates_of_its_selectors(
    name: str, datagrams: tuple[tuple[bytes, ...], ...], size: int, reader: FlowReader
) -> None:
    assert reader.office(evenly(stream(*datagrams))) == size, name


def test_selectors_and_sequences_have_numbers_of_eight_bytes_too(reader: FlowReader) -> None:
    chain, rate = ((301, 8), (302, 8)), ((302, 8), (304, 1), (305, 4), (306, 4))
    fields = (*USUAL, (301, 8))
    flow = template(fields), a_set(256, record(fields, NET, DINKES, 100, 1, 2**60))
    rows = stream(told(chain, (2**60, 2**61), number=300), told(rate, (2**61, 1, 1, 99)), flow)
    assert reader.office(evenly(rows)) == 10_000


@pytest.mark.parametrize("teller", [0, 9])
def test_a_selector_is_told_in_another_domain(teller: int, reader: FlowReader) -> None:
    of_domain = ((149, 4), *SELECTOR)
    rate = told(of_domain, (1, 7, 1, 1, 99), scope=2) if teller else RATE
    rows = [ipfix(*rate, domain=teller), *stream(CHAIN, (T, FLOW))]
    assert reader.office(evenly(rows)) == 10_000


def test_domain_0_tells_of_sequences_of_all_domains(reader: FlowReader) -> None:
    rows = [ipfix(*CHAIN, *RATE, domain=0), *stream((T, FLOW))]
    assert reader.office(evenly(rows)) == 10_000


@pytest.mark.parametrize("first", [False, True])
def test_packets_of_a_sequence_are_counted_by_it(first: bool, reader: FlowReader) -> None:
    packet = ip4(bytes(80), source=NET)
    packet = packet[:16] + bytes((10, 10, 1, 2)) + packet[20:]
    flow = template(((301, 4), (313, 65535))), a_set(256, struct.pack("!IB", 5, len(packet)) + packet)
    rows = stream(flow, CHAIN, RATE) if first else stream(CHAIN, RATE, flow)
    assert reader.office(evenly(rows)) == 100 * len(packet)


def test_sequences_outlive_a_restart_and_are_bounded() -> None:
    collector, after = new_collector(), new_collector()
    for data in stream(CHAIN, RATE, (T, FLOW)):
        take_datagram(collector, data, EXPORTER)
    state = exporter_state._exporter(collector.exporters[EXPORTER])
    after.exporters[EXPORTER] = exporter_state._exporter_from(EXPORTER, state)
    take_datagram(after, ipfix(FLOW, sequence=3), EXPORTER)
    assert (received(collector, "dinkes"), received(after, "dinkes")) == (10_000, 10_000)
    many = [(number, 3, 7) for number in range(1, 2 * MAX_SAMPLERS)]
    for start in range(0, len(many), 500):
        take_datagram(collector, ipfix(*told(SEQUENCE, *many[start : start + 500], number=300)), EXPORTER)
    (domain,) = collector.exporters[EXPORTER].domains.values()
    assert (len(domain.chains), len(domain.samplers)) == (MAX_SAMPLERS, MAX_SAMPLERS)


def test_a_sequence_that_nobody_tells_of_counts_unsampled_and_is_told() -> None:
    collector = new_collector()
    take_datagram(collector, ipfix(T, FLOW), EXPORTER)
    assert received(collector, "dinkes") == 0
    finish(collector)
    exporter = collector.exporters[EXPORTER]
    (domain,) = exporter.domains.values()
    assert (received(collector, "dinkes"), exporter.unsampled) == (100, 1)
    assert domain.rateless == {by_sequence(5)}
