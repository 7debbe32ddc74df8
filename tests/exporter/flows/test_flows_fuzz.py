"""Rule 15: whatever comes is taken without an exception, and what is kept of it stays bounded."""

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flow_captures import LAYERS, pcap, pcapng
from flow_fuzz import SOURCES, corpus, hostile, mutate
from flow_packets import CITY, EXPORTER, everything

from exporter.flows.account import pending_sets, total_counters
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.exporters import MAX_DOMAINS, MAX_INTERFACES, MAX_TEMPLATES, FlowExporter
from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.account.sampling import MAX_SAMPLERS
from exporter.flows.decode.batches import batch_of
from exporter.flows.decode.sflow import LAYOUTS
from exporter.flows.keep.persistence import Persistence
from exporter.flows.metrics import FlowsPage
from exporter.flows.offline.captures import CaptureError
from exporter.flows.offline.datagrams import datagram
from exporter.flows.offline.report import CaptureStream, datagrams
from exporter.processes import peak_bytes

pytestmark = pytest.mark.usefixtures("both_ways")

DATAGRAMS, SEED = int(os.environ.get("FUZZ_DATAGRAMS", "20000")), int(os.environ.get("FUZZ_SEED", "4"))
ROUND, BATCH, MOST_MEMORY_KB = 10_000, 64, 600_000
HABITS = {
    EXPORTER: ExporterSettings(internal=True),
    "10.255.0.2": ExporterSettings(sampling=10, direction="both", uplinks=frozenset({1, 300})),
    "10.255.0.3": ExporterSettings(total_counts=True),
}


def bounded(one: FlowExporter) -> bool:
    """Nothing an exporter makes us keep grows beyond its bound."""
    domains = one.domains.values()
    return (
        len(domains) <= MAX_DOMAINS
        and one.templates <= MAX_TEMPLATES + (1 + len(LAYOUTS)) * len(domains)
        and all(len(domain.samplers) <= MAX_SAMPLERS + 1 for domain in domains)
        and all(
            len(domain.template_times) <= MAX_TEMPLATES and len(domain.rateless) <= 2 * MAX_SAMPLERS
            for domain in domains
        )
        and all(len(domain.sequence.gaps) <= 65 for domain in domains)
        and one.pending.mortal_bytes <= pending_sets.MAX_PENDING_BYTES
        and len(one.total_counters.last) <= total_counters.MAX_FLOWS
        and max(len(one.sflow.interfaces), len(one.sflow.drops)) <= MAX_INTERFACES
    )


def test_hostile_datagrams_never_raise_and_what_is_kept_stays_bounded(tmp_path: Path) -> None:
    """In a process of its own: its memory is what hostile datagrams cost, not what the tests before them did."""
    program = "import sys; sys.path[:0] = sys.argv[2:]; import test_flows_fuzz as t; t.take_hostile(sys.argv[1])"
    command = [sys.executable, "-c", program, str(tmp_path), *sys.path]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, done.stderr


def clock_of(now: list[float]) -> Callable[[], float]:
    return lambda: now[0]


def take_hostile(state: str) -> None:
    for number, left in enumerate(range(DATAGRAMS, 0, -ROUND)):
        now, bytes_in = [0.0], 0
        collector = Collector(city_lookup(CITY), HABITS, clock_of(now))
        collector.totals.smooth(300, clock_of(now))
        batch: list[tuple[bytes, str]] = []
        for data, source in hostile(SEED + number, min(ROUND, left)):
            bytes_in, now[0] = bytes_in + len(data), now[0] + 0.01
            if number % 2:
                take_datagram(collector, data, source)
                continue
            batch.append((data, source))
            if len(batch) == BATCH:
                take_batch(collector, batch_of(batch))
                batch.clear()
        message = f"FUZZ_SEED={SEED + number} FUZZ_DATAGRAMS={ROUND} repeats it"
        assert collector.exporters.keys() <= HABITS.keys() and collector.refused["unknown_exporter"] > 0, message
        assert all(bounded(one) for one in collector.exporters.values()), message
        records = sum(one.records for one in collector.exporters.values())
        assert 0 < records <= bytes_in, message
        assert (collector.totals.shown()[0] <= collector.totals.bytes).all(), message
        again = Collector(city_lookup(CITY), HABITS)
        Persistence(collector, Path(state)).close()
        Persistence(again, Path(state)).load()
        assert FlowsPage(again).write(0).count(b"flow_records_total{") == len(collector.exporters), message
        assert sum(one.records for one in again.exporters.values()) == records, message
        if number % 100 == 99:
            print(f"{(number + 1) * ROUND} datagrams", flush=True)
    # Not ru_maxrss: Linux hands a child what its parent had at the fork, and pytest may have had more.
    assert peak_bytes(os.getpid()) < MOST_MEMORY_KB * 1024
    assert set(SOURCES) - HABITS.keys() == {"192.0.2.66"}


def test_hostile_datagrams_count_the_same_in_batches_and_one_after_the_other() -> None:
    single, many = (Collector(city_lookup(CITY), HABITS, lambda: 0.0) for _ in range(2))
    rows = list(hostile(SEED, 3000))
    for data, source in rows:
        take_datagram(single, data, source)
    for start in range(0, len(rows), BATCH):
        take_batch(many, batch_of(rows[start : start + BATCH]))
    assert everything(single) == everything(many)


def test_broken_captures_end_in_their_own_error_and_frames_in_none(tmp_path: Path) -> None:
    dice, path, broken, read = random.Random(SEED), tmp_path / "x.pcap", 0, 0
    data = [wrap(one) for one in corpus()[:3] for _, wrap in LAYERS.values()]
    links = [link for link, _ in LAYERS.values()] * 3
    seeds = [make(data, 1, order, nano) for make in (pcap, pcapng) for order in "<>" for nano in (False, True)]
    for _ in range(max(600, DATAGRAMS // 100)):
        content = bytearray(dice.choice(seeds))
        for _ in range(dice.choice((1, 2, 3, 9))):
            mutate(dice, content, seeds)
        path.write_bytes(content)
        stream = CaptureStream()
        try:
            read += sum(1 for _ in datagrams([path], stream))
        except CaptureError as error:
            assert str(path) in str(error) and "offset" in str(error)
            broken += 1
    assert broken > 100 and read > 1000
    for frame, link in zip(data * 40, links * 40, strict=True):
        hurt = bytearray(frame)
        mutate(dice, hurt, data)
        assert datagram(link, bytes(hurt)) is not None
