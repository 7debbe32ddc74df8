"""Flows told twice: said where both ends of a path are alike, and not where they differ, are few, or are declared."""

from collections.abc import Sequence

import pytest
from flow_packets import BYTES, EXPORTER, PACKETS, SOURCE4, TARGET4, a_set, ipfix, new_collector, record, template

from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_datagram
from exporter.flows.offline.directions import DirectionSums

FIELDS = (SOURCE4, TARGET4, BYTES, PACKETS, (61, 1))


def sentences(sizes: Sequence[tuple[int, int]], direction: str = "ingress") -> list[str]:
    """Of flows by (direction, bytes)."""
    collector, sums = new_collector(ExporterSettings()), DirectionSums()
    collector.observe = sums.add
    rows = b"".join(record(FIELDS, "198.51.100.1", "10.10.1.2", size, 1, way) for way, size in sizes)
    take_datagram(collector, ipfix(template(FIELDS), a_set(256, rows)), EXPORTER)
    return list(sums.problems({EXPORTER: ExporterSettings(direction=direction)}))


def test_what_comes_in_and_leaves_alike_is_told_unless_it_is_declared() -> None:
    twice = [(0, 1000), (1, 1000)] * 10
    (told,) = sentences(twice)
    assert "10000 bytes that come in and of 10000 that leave" in told
    assert sentences(twice, "both") == []


@pytest.mark.parametrize(
    "sizes",
    [[(0, 1000), (1, 1000)] * 9, [(0, 1000), (1, 900)] * 10, [(0, 1000)] * 20, [(0, 100)] * 20 + [(1, 200)] * 10],
)
def test_a_handful_or_other_sums_are_no_copies(sizes: Sequence[tuple[int, int]]) -> None:
    assert sentences(sizes) == []
