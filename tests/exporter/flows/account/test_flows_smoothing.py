"""Smoothing (``flows.smooth_seconds``, off by default): a steady line reads steady, and no byte is lost or made."""

from pathlib import Path

import numpy as np
import pytest
from flow_packets import CITY, EXPORTER, USUAL, a_set, ipfix, record, template
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config import read_config
from exporter.errors import ExporterError
from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.account.prefix_lookup import city_lookup
from exporter.flows.keep.persistence import Persistence
from exporter.flows.metrics import FlowsPage

NET, DINKES, RSUD = "198.51.100.1", "10.10.1.2", "10.10.5.2"
WAYS = ((NET, DINKES), (DINKES, NET), (DINKES, RSUD), (NET, NET))
TIMED = (*USUAL, (152, 8), (153, 8))
TABLES = city_lookup(CITY)
TEN_MBIT = 1_250_000


def new_collector(now: list[float], smooth: int) -> Collector:
    collector = Collector(TABLES, {EXPORTER: ExporterSettings(internal=True)}, lambda: now[0])
    collector.totals.smooth(smooth, lambda: now[0])
    take_datagram(collector, ipfix(template(TIMED), template(USUAL, 257)), EXPORTER)
    return collector


def flow(collector: Collector, size: int, packets: int, seconds: float, way: tuple[str, str] = WAYS[0]) -> None:
    row = record(TIMED, *way, size, packets, 5000, 5000 + int(seconds * 1000))
    take_datagram(collector, ipfix(a_set(256, row)), EXPORTER)


def shown(collector: Collector) -> int:
    return int(collector.totals.shown()[0][TABLES.codes.index("dinkes"), 0].sum())


def minutes(smooth: int) -> list[int]:
    """What a counter read every minute rose by, of 10 Mbit/s that a record tells of every 300 s."""
    now = [0.0]
    collector, read = new_collector(now, smooth), [0]
    for second in range(0, 1801, 60):
        now[0] = float(second)
        if second % 300 == 0 and second:
            flow(collector, TEN_MBIT * 300, 300_000, 300)
        read.append(shown(collector))
    return list(np.diff(read[6:]).tolist())


def test_a_steady_line_reads_steady_on_a_one_minute_rate_although_its_exporter_tells_of_it_every_five() -> None:
    assert set(minutes(300)) == {TEN_MBIT * 60}
    assert set(minutes(0)) == {0, TEN_MBIT * 300}


def test_a_flow_that_does_not_divide_evenly_is_released_to_the_byte_and_no_faster_than_a_byte_a_second_more() -> None:
    now = [0.0]
    collector, read = new_collector(now, 300), [0]
    flow(collector, 1003, 7, 10)
    for second in range(1, 13):
        now[0] = float(second)
        read.append(shown(collector))
    assert np.diff(read).tolist() == [101] * 3 + [100] * 7 + [0, 0]
    assert int(collector.totals.shown()[1].sum()) == 7


def test_a_flow_after_a_long_silence_is_released_from_its_own_arrival_on() -> None:
    now = [0.0]
    collector = new_collector(now, 300)
    now[0] = 100.0
    flow(collector, 1000, 10, 10)
    assert shown(collector) == 0
    now[0] = 105.0
    assert shown(collector) == 500


def test_what_lasted_longer_than_the_bound_is_released_over_the_bound_and_takes_no_more_room() -> None:
    now = [0.0]
    collector = new_collector(now, 60)
    flow(collector, 6000, 60, 4_000_000)
    now[0] = 30.0
    assert shown(collector) == 3000
    now[0] = 1e6
    assert shown(collector) == 6000
    assert collector.totals.smoothing is not None
    assert (collector.totals.smoothing.ends.shape, collector.totals.smoothing.seconds) == (
        (61, 8 * len(TABLES.codes)),
        60,
    )


def test_what_tells_no_times_or_lasted_less_than_half_a_second_counts_at_arrival() -> None:
    collector = new_collector([0.0], 300)
    take_datagram(collector, ipfix(a_set(257, record(USUAL, NET, DINKES, 10, 1))), EXPORTER)
    flow(collector, 7, 1, 0.4)
    assert shown(collector) == 17


MOVES = st.lists(
    st.tuples(
        st.sampled_from(WAYS), st.integers(0, 2**32 - 1), st.integers(0, 2**20), st.floats(0, 400), st.floats(0, 90)
    ),
    max_size=30,
)


@given(MOVES, st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_made_or_taken_back_at_any_moment(
    moves: list[tuple[tuple[str, str], int, int, float, float]], smooth: int
) -> None:
    now = [0.0]
    collector, plain = new_collector(now, smooth), new_collector(now, 0)
    for way, size, packets, lasted, pause in moves:
        before = collector.totals.shown()[0]
        flow(collector, size, packets, lasted, way)
        flow(plain, size, packets, lasted, way)
        now[0] += pause
        after = collector.totals.shown()[0]
        assert np.all(before <= after) and np.all(after <= plain.totals.bytes)
        assert collector.totals.through == plain.totals.through
    now[0] += smooth
    assert np.array_equal(collector.totals.shown(), (plain.totals.bytes, plain.totals.packets))


def test_what_is_not_yet_released_is_written_down_and_counted_at_once_after_a_restart(tmp_path: Path) -> None:
    now = [0.0]
    collector, again = new_collector(now, 300), new_collector(now, 300)
    flow(collector, 3_000_001, 3000, 300)
    now[0] = 100.0
    assert shown(collector) == 1_000_001
    Persistence(collector, tmp_path).close()
    Persistence(again, tmp_path).load()
    assert shown(again) == 3_000_001
    now[0] = 500.0
    assert shown(again) == 3_000_001


def test_the_page_tells_what_is_due_although_nothing_came_since() -> None:
    now = [0.0]
    collector = new_collector(now, 300)
    flow(collector, 300, 300, 300)
    now[0] = 200.0
    expected = b'lebarpita_opd_receive_bytes_total{opd="dinkes",source="flow",scope="internet"} 200\n'
    assert expected in FlowsPage(collector).write(0)


def test_off_is_the_default_and_more_than_300_seconds_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "exporter.yaml"
    path.write_text("inventory: city.yaml\nstate: state\n")
    assert read_config(path).flows.smooth_seconds == 0
    path.write_text("inventory: city.yaml\nstate: state\nflows: {smooth_seconds: 301}\n")
    with pytest.raises(ExporterError, match=r"flows\.smooth_seconds.*300"):
        read_config(path)
