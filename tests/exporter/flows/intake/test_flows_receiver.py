"""The sockets of the flow part: nothing is lost without being counted, and sockets that were handed over go on."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from children import until
from flow_packets import CITY, USUAL, a_set, ipfix, record, template, v5, v9

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_batch
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.intake import senders
from exporter.flows.intake.mmsg import OVERFLOW, REST_BYTES, SLOT_BYTES, SocketReader
from exporter.flows.intake.receiver import Receiver, nap

NET, DINKES = "198.51.100.1", "10.10.1.2"


@pytest.fixture
def bound() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.setblocking(False)
        one.setsockopt(socket.SOL_SOCKET, OVERFLOW, 1)
        yield one


def test_one_call_reads_all_datagrams_with_their_lengths_and_sources(bound: socket.socket) -> None:
    reader = SocketReader(bound)
    for host in ("127.0.0.1", "127.0.0.9"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((host, 0))
            sender.sendto(b"x" * 100, bound.getsockname())
            sender.sendto(b"y" * 3, bound.getsockname())
    batch = reader.read()
    assert batch is not None
    assert [batch.sources[number] for number in batch.origin] == ["127.0.0.1"] * 2 + ["127.0.0.9"] * 2
    assert [bytes(batch.datagram(place)) for place in (0, 3)] == [b"x" * 100, b"yyy"]
    assert reader.read() is None


@pytest.mark.parametrize(("lengths", "width"), [((1, 5), 64), ((1, 200), 200), ((1, 512), 512), ((1, 513), SLOT_BYTES)])
def test_short_datagrams_stand_side_by_side_and_say_the_same(
    bound: socket.socket, lengths: tuple[int, ...], width: int
) -> None:
    reader, sent = SocketReader(bound), [bytes([length % 251]) * length for length in lengths]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in sent:
            sender.sendto(datagram, bound.getsockname())
    batch = reader.read()
    assert batch is not None and batch.data.shape == (len(sent), width)
    assert [bytes(batch.datagram(place)) for place in range(len(sent))] == sent


def test_names_of_senders_are_kept_to_a_bound_and_stay_right(
    bound: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders, "_MAX_NAMES", 3)
    reader, hosts = SocketReader(bound), [f"127.0.0.{number}" for number in range(2, 12)]
    for host in hosts:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((host, 0))
            sender.sendto(b"x", bound.getsockname())
    batch = reader.read()
    assert batch is not None
    assert [batch.sources[number] for number in batch.origin] == hosts
    assert len(reader._senders._texts) <= 3


def test_a_datagram_longer_than_its_slot_is_whole_and_counted(bound: socket.socket) -> None:
    reader, collector = SocketReader(bound), Collector(city_lookup(CITY), None)
    long = ipfix(template(USUAL), a_set(256, record(USUAL, NET, DINKES, 10, 1) * 300))
    assert SLOT_BYTES < len(long) < SLOT_BYTES + REST_BYTES
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in (b"x" * 100, long, b"y" * (SLOT_BYTES + REST_BYTES + 1)):
            sender.sendto(datagram, bound.getsockname())
    batch = reader.read()
    assert batch is not None
    assert bytes(batch.datagram(1)) == long
    take_batch(collector, batch)
    assert collector.totals.through == 300 * 10
    assert collector.exporters["127.0.0.1"].malformed == 2


def test_the_receiver_tells_two_exporters_of_one_address_apart_and_counts_copies_once() -> None:
    collector = Collector(city_lookup(CITY), None)
    receiver = Receiver(collector, ["127.0.0.1:0"])
    turned = (*USUAL[1::-1], *USUAL[:1:-1])
    rows = {USUAL: record(USUAL, NET, DINKES, 10, 1), turned: record(turned, DINKES, NET, 1, 10)}
    receiver.start()
    try:
        (listener,) = receiver._readers
        with ExitStack() as ends:
            senders = [ends.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in rows]
            for place, (sender, fields) in enumerate(zip(senders, rows, strict=True)):
                sender.sendto(v9(template(fields, ipfix=False), sequence=7000 * place), listener.getsockname())
            for number in range(1, 4):
                for place, (sender, fields) in enumerate(zip(senders, rows, strict=True)):
                    data = v9(a_set(256, rows[fields]), sequence=7000 * place + number)
                    sender.sendto(data, listener.getsockname())
                    sender.sendto(data, listener.getsockname())
            until(lambda: sum(e.datagrams + e.copies for e in collector.exporters.values()) == 14, "all datagrams")
    finally:
        receiver.stop()
    exporter = collector.exporters["127.0.0.1"]
    assert (collector.totals.through, exporter.copies, len(exporter.sockets)) == (60, 6, 1)


def test_a_long_datagram_of_a_known_template_is_counted_too(bound: socket.socket) -> None:
    reader, collector = SocketReader(bound), Collector(city_lookup(CITY), None)
    data = a_set(256, record(USUAL, NET, DINKES, 10, 1) * 300)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in (ipfix(template(USUAL)), ipfix(data), ipfix(data, sequence=300)):
            sender.sendto(datagram, bound.getsockname())
            batch = reader.read()
            assert batch is not None
            take_batch(collector, batch)
    assert collector.totals.through == 600 * 10
    assert collector.exporters["127.0.0.1"].lost == 0


def test_ipv4_on_a_socket_of_both_versions_has_its_ipv4_name() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        one.bind(("::", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"z", ("127.0.0.1", one.getsockname()[1]))
        batch = SocketReader(one).read()
    assert batch is not None and batch.sources == ("127.0.0.1",)


def test_rule_11_what_the_kernel_drops_is_counted(bound: socket.socket) -> None:
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader, sent = SocketReader(bound), 50
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(sent):
            sender.sendto(b"x" * 1200, bound.getsockname())
        first = reader.read()
        sender.sendto(b"the next one tells", bound.getsockname())
        last = reader.read()
    assert first is not None and last is not None
    assert 0 < len(first.lengths) < sent
    assert len(first.lengths) + reader.drops == sent


def test_overload_sent_is_counted_plus_reported_lost(bound: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice as fast as anybody reads: the v5 sequence tells exactly what the small buffer lost."""
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    monkeypatch.setattr("exporter.flows.intake.receiver.activation_sockets", lambda: [bound.dup()])
    collector = Collector(city_lookup(CITY), {"127.0.0.1": ExporterSettings()})
    receiver, sent = Receiver(collector, ()), 3000
    with receiver.lock, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        receiver.start()
        sender.connect(bound.getsockname())
        for number in range(sent - 1):
            sender.send(v5(*[(NET, DINKES, 1, 100)] * 10, sequence=number * 10))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for again in range(6000):
            sender.connect(bound.getsockname())
            time.sleep(0.02)
            if again == 5:
                sender.send(v5(*[(NET, DINKES, 1, 100)] * 10, sequence=(sent - 1) * 10))
            exporter = collector.exporters.get("127.0.0.1")
            if exporter is not None and exporter.records + exporter.lost == sent * 10:
                break
    receiver.stop()
    assert exporter is not None and exporter.lost > 0
    assert exporter.records + exporter.lost == sent * 10
    assert exporter.lost == receiver.drops * 10


@pytest.mark.parametrize(
    ("room", "rate", "seconds"),
    [(30_000, 1_000.0, 0.25), (30_000, 1_000_000.0, 0.0075), (180, 10.0, 0.00225)],
)
def test_a_nap_never_lets_the_socket_fill(room: int, rate: float, seconds: float) -> None:
    assert nap(room, rate) == pytest.approx(seconds)
    assert nap(room, rate) * rate <= room / 4
