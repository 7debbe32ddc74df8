"""The express lane and the stages count the same to the byte, whatever comes and however it is cut into batches."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flow_fuzz import hostile
from flow_packets import CITY, EXPORTER, USUAL, a_set, everything, ipfix, record, template, v5, v9

from exporter.flows.account.collector import Collector
from exporter.flows.account.copies import RecentDatagrams
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.express_lane import ExpressLane
from exporter.flows.account.pipeline import settle, take_ahead, take_from_network
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.decode.batches import DatagramRow, batch_of
from exporter.flows.history import key_sums
from exporter.flows.history.minute import MinuteHistory
from exporter.flows.keep import counter_files, exporter_state
from exporter.flows.keep.counter_files import CounterFiles
from exporter.flows.native.library import load

NET, DINKES, RSUD, NET6, DINKES6 = "198.51.100.1", "10.10.1.2", "10.10.5.2", "2001:db8:ffff::1", "2001:db8:1::9"
SECOND, THIRD, STRANGER = "10.255.0.2", "10.255.0.3", "192.0.2.66"
SETTINGS = {
    EXPORTER: ExporterSettings(internal=True),
    SECOND: ExporterSettings(sampling=10, uplinks=frozenset({1, 300})),
    THIRD: ExporterSettings(direction="both"),
}
SERVICE = ((7, 2), (11, 2), (4, 1))
TIMED = ((8, 4), (12, 4), (1, 4), (2, 4), (10, 2), (14, 4), (22, 4), (21, 4), (61, 1), *SERVICE)
SIX = ((27, 16), (28, 16), (1, 8), (2, 3), (152, 8), (153, 8), (10, 4), (14, 4), *SERVICE, (16, 4), (17, 2))
TOLD = ((8, 4), (12, 4), (1, 4), (2, 4), (34, 4))
NATTED = ((8, 4), (12, 4), (1, 4), (2, 4), (225, 4), (226, 4), (16, 2), *SERVICE)
NAMED = ((8, 4), (12, 4), (1, 4), (2, 4), (95, 4), *SERVICE)
LAYOUTS = {256: USUAL, 257: TIMED, 258: SIX, 259: TOLD, 260: NATTED, 261: NAMED}
# Bytes and packets: usual, an event, sizes of more than 32 bits, and what no network carries.
AMOUNTS = ((1000, 2), (40, 1), (0, 0), (0, 3), (2**32 - 1, 2**20), (1 << 62, 2))


class Exporters:
    """Made-up exporters that number what they send, as honest ones do, but for now and then."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.next: dict[tuple[str, int, int], int] = {}
        self.sent: list[DatagramRow] = []

    def rows(self, number: int) -> Iterator[DatagramRow]:
        for _ in range(number):
            row = self.dice.choice(self.sent[-40:]) if self.sent and self.dice.random() < 0.03 else self._datagram()
            self.sent.append(row)
            yield row

    def _datagram(self) -> DatagramRow:
        dice, source = self.dice, self.dice.choice((EXPORTER, EXPORTER, SECOND, THIRD, "192.0.2.66"))
        version, domain = dice.choice((5, 9, 10)), dice.choice((0, 1))
        name = source, version, domain
        sequence = (self.next.get(name, 2**32 - 40) + dice.choice((*(0,) * 40, 1, 70, -1, -9, 5000, 2**31))) % 2**32
        port = 2055 if dice.random() < 0.98 else 2056
        if version == 5:
            records = dice.randint(1, 4)
            self.next[name] = sequence + records
            return v5(*[(NET, DINKES, 1, dice.randint(1, 99))] * records, sequence=sequence), source, port
        sets, records = self._sets(version == 10)
        self.next[name] = sequence + (records if version == 10 else 1)
        return (ipfix if version == 10 else v9)(*sets, sequence=sequence, domain=domain), source, port

    def _sets(self, is_ipfix: bool) -> tuple[list[bytes], int]:
        sets, total = [], 0
        for _ in range(self.dice.choice((1, 1, 1, 2, 3))):
            number = self.dice.choice(tuple(LAYOUTS))
            if self.dice.random() < 0.06:
                sets.append(template(LAYOUTS[number], number, ipfix=is_ipfix))
                continue
            records = [self._record(number) for _ in range(self.dice.randint(1, 5))]
            padding = bytes(self.dice.choice((0, 0, 1, 3)))
            sets.append(a_set(number, b"".join(records) + padding))
            total += len(records)
        return sets, total

    def _record(self, number: int) -> bytes:
        ends = (NET, DINKES, RSUD, "203.0.113.77") if number != 258 else (NET6, DINKES6, "2001:db8:2::1")
        size, packets = self.dice.choice(AMOUNTS[:5] if number != 258 else AMOUNTS)
        if self.dice.random() < 0.03:
            return bytes(sum(length for _, length in LAYOUTS[number]))
        more: list[int | str] = [
            self.dice.choice(ends) if element in (225, 226) else self.dice.choice((0, 1, 2, 300, 77)) % 256**length
            for element, length in LAYOUTS[number][4:]
        ]
        return record(LAYOUTS[number], self.dice.choice(ends), self.dice.choice(ends), size, packets, *more)


def state(collector: Collector) -> dict[str, Any]:
    """All of it, also what is not written down: where each stream stands and what it may still give back."""
    domains = {
        (source, *name): (domain.head, vars(domain.sequence), domain.ports, sorted(domain.templates))
        for source, exporter in collector.exporters.items()
        for name, domain in exporter.domains.items()
    }
    counts = {s: (e.copies, e.absurd, e.untold, e.longest_seconds) for s, e in collector.exporters.items()}
    return {**everything(collector), "domains": domains, "counts": counts, "refused": collector.refused}


def count(
    rows: list[DatagramRow],
    cuts: random.Random,
    library: Path | None,
    *,
    alone: bool = False,
    history: MinuteHistory | None = None,
) -> Collector:
    """``alone``: each datagram of a batch, at its time, in a batch of its own."""
    collector, recent, now = Collector(city_lookup(CITY), SETTINGS, lambda: now[0]), RecentDatagrams(), [0.0]
    if history is not None:
        collector.observe, collector.keys = history.add, history
    if library is not None:
        functions = load(library).functions
        assert functions is not None
        collector.lane = ExpressLane(functions, collector)
    place = 0
    while place < len(rows):
        size = cuts.choice((1, 5, 60, 300))
        part = rows[place : place + size]
        for batch in [[row] for row in part] if alone else [part]:
            take_ahead(collector, recent, batch_of(batch), now[0])
        place, now[0] = place + size, now[0] + 0.1
    settle(collector)
    return collector


@pytest.mark.parametrize("seed", range(6))
def test_streams_with_gaps_copies_and_new_templates_count_the_same_both_ways(seed: int, lane_library: Path) -> None:
    rows = list(Exporters(seed).rows(3000))
    stages, lane = (count(rows, random.Random(seed), library) for library in (None, lane_library))
    assert state(stages) == state(lane)
    assert lane.totals.through > 0


@pytest.mark.parametrize("seed", range(4))
def test_the_history_of_a_minute_is_the_same_both_ways(
    seed: int, lane_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So little room that the lane has to ask for more of it.
    monkeypatch.setattr(key_sums, "MOST_WAITING", 700)
    rows = [*Exporters(seed).rows(2000), *((*row, 2055) for row in hostile(200 + seed, 1000))]
    histories = [MinuteHistory(city_lookup(CITY), 10_000) for _ in range(2)]
    ways = zip((None, lane_library), histories, strict=True)
    stages, lane = (count(rows, random.Random(seed), library, history=history) for library, history in ways)
    assert state(stages) == state(lane)
    minutes = [history.minute(60) for history in histories]
    assert minutes[0] == minutes[1]
    assert len(minutes[0]) > 20


@pytest.mark.parametrize("seed", range(4))
def test_hostile_datagrams_count_the_same_both_ways(seed: int, lane_library: Path) -> None:
    rows: list[DatagramRow] = [(*row, 2055) for row in hostile(100 + seed, 3000)]
    stages, lane = (count(rows, random.Random(seed), library) for library in (None, lane_library))
    assert state(stages) == state(lane)


def test_what_no_exporter_was_told_yet_is_kept_over_a_kill(lane_library: Path, tmp_path: Path) -> None:
    collector, again = (Collector(city_lookup(CITY), SETTINGS) for _ in range(2))
    functions = load(lane_library).functions
    assert functions is not None
    collector.lane = ExpressLane(functions, collector)
    batch = [row for row in Exporters(7).rows(400) if row[1] != STRANGER]
    take_ahead(collector, RecentDatagrams(), batch_of(batch), 0.0)
    kept = CounterFiles(collector, tmp_path / "flows.counters")
    kept.write()
    written = counter_files.read((tmp_path / "flows.counters.1").read_bytes())
    assert written.text["unsettled"]
    CounterFiles(again, tmp_path / "flows.counters").load()
    settle(collector)
    assert [_counts(each) for each in again.exporters.values()] == [_counts(e) for e in collector.exporters.values()]


def _counts(exporter: FlowExporter) -> list[Any]:
    return counter_files._exporter(exporter)


@pytest.mark.parametrize("compiled", [False, True])
def test_texts_that_are_kept_say_what_texts_made_anew_say(compiled: bool, lane_library: Path) -> None:
    collector, recent, now = Collector(city_lookup(CITY), SETTINGS, lambda: now[0]), RecentDatagrams(), [0.0]
    functions = load(lane_library).functions
    assert functions is not None
    collector.lane = ExpressLane(functions, collector) if compiled else None
    counters, states = counter_files.exporter_texts(), exporter_state.exporter_texts()
    rows: list[DatagramRow] = [*Exporters(8).rows(600), *((*row, 2055) for row in hostile(300, 200))]
    for place in range(0, len(rows), 20):
        take_ahead(collector, recent, batch_of(rows[place : place + 20]), now[0])
        now[0] += 5.0
        assert counter_files.file_bytes(collector, 0, "", False, counters) == counter_files.file_bytes(
            collector, 0, "", False
        )
        settle(collector)
        assert exporter_state.state_bytes(collector, 0, states) == exporter_state.state_bytes(collector, 0)


@pytest.mark.parametrize("seed", range(4))
def test_the_stages_take_a_batch_as_they_take_its_datagrams_one_by_one(seed: int) -> None:
    rows = [*Exporters(seed).rows(1500), *((*row, 2055) for row in hostile(100 + seed, 1500))]
    batches, single = (count(rows, random.Random(seed), None, alone=alone) for alone in (False, True))
    assert state(batches) == state(single)


def test_a_port_joins_the_stream_that_its_numbers_go_on_with_where_that_stands_within_the_batch(both_ways: str) -> None:
    collector, recent = Collector(city_lookup(CITY), SETTINGS), RecentDatagrams()
    row = a_set(256, record(USUAL, NET, DINKES, 10, 1))
    sent = [(template(USUAL), 0, 2055), *((row, place, 2055) for place in (0, 1, 5000)), (row * 2, 5001, 2056)]
    rows: list[DatagramRow] = [(ipfix(content, sequence=n), EXPORTER, port) for content, n, port in sent]
    take_from_network(collector, recent, batch_of(rows[:1]), 0.0)
    take_from_network(collector, recent, batch_of(rows[1:]), 0.0)
    domains = collector.exporters[EXPORTER].domains
    assert ({name: domain.ports for name, domain in domains.items()}, collector.totals.through) == (
        {(10, 1): {2055, 2056}},
        50,
    )


def test_a_port_that_leaves_a_stream_takes_where_it_stood_along(both_ways: str) -> None:
    collector, recent = Collector(city_lookup(CITY), SETTINGS), RecentDatagrams()
    row = a_set(256, record(USUAL, NET, DINKES, 10, 1))
    sent = [(template(USUAL), 0, 2055), (row, 0, 2055), (row, 1, 2056), (row, 2, 2055), (template(TIMED), 3, 2056)]
    for size in (1, 4):
        rows: list[DatagramRow] = [(ipfix(content, sequence=n), EXPORTER, port) for content, n, port in sent[:size]]
        take_from_network(collector, recent, batch_of(rows), 0.0)
        sent = sent[size:]
    heads = {name: domain.head for name, domain in collector.exporters[EXPORTER].domains.items()}
    assert {name: head and head.sequence for name, head in heads.items()} == {(10, 1): 2, (10, 1, 2056): 3}


def test_a_version_that_is_none_costs_no_other_datagram_of_its_batch(both_ways: str) -> None:
    collector, recent = Collector(city_lookup(CITY), SETTINGS), RecentDatagrams()
    rows: list[DatagramRow] = [(v5((NET, DINKES, 1, 10)), EXPORTER, 2055), (b"\xff\xff" * 20, SECOND, 2055)]
    take_from_network(collector, recent, batch_of([*rows, (v5((NET, DINKES, 1, 10), sequence=1), EXPORTER, 2055)]), 0.0)
    assert (collector.totals.through, collector.exporters[SECOND].malformed) == (20, 1)


def test_a_sender_that_no_device_has_is_counted_and_said_both_ways(
    both_ways: str, caplog: pytest.LogCaptureFixture
) -> None:
    collector, recent = Collector(city_lookup(CITY), SETTINGS), RecentDatagrams()
    rows: list[DatagramRow] = [(v5((NET, DINKES, 1, 10)), EXPORTER, 2055), (v5((NET, DINKES, 1, 10)), STRANGER, 2055)]
    with caplog.at_level("WARNING"):
        take_from_network(collector, recent, batch_of(rows), 0.0)
    assert (collector.totals.through, collector.refused["unknown_exporter"]) == (10, 1)
    assert [line for line in caplog.messages if f"event=flow_sender_refused address={STRANGER} " in line]


@pytest.mark.parametrize("sampling", [0, 20])
def test_a_v5_copy_is_left_out_whatever_the_rate_in_its_header(sampling: int, both_ways: str) -> None:
    collector, recent = Collector(city_lookup(CITY), SETTINGS), RecentDatagrams()
    rows: list[DatagramRow] = [
        (v5((NET, DINKES, 1, 10), sequence=place, sampling=sampling), EXPORTER, 2055) for place in (0, 0, 1, 1, 0)
    ]
    take_from_network(collector, recent, batch_of(rows), 0.0)
    assert (collector.totals.through, collector.exporters[EXPORTER].copies) == (20 * (sampling or 1), 3)
