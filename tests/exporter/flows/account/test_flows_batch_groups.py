"""Batches: the same totals, losses and templates as one datagram after the other, whatever the batches hold."""

import struct
from collections.abc import Callable

import pytest
from flow_packets import (
    BYTES,
    EXPORTER,
    PACKETS,
    SOURCE4,
    TARGET4,
    USUAL,
    a_set,
    everything,
    ipfix,
    new_collector,
    record,
    template,
    v5,
    v9,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.decode.batches import batch_of

pytestmark = pytest.mark.usefixtures("both_ways")

Made = Callable[[int, int], bytes]
NET, DINKES, RSUD = "198.51.100.1", "10.10.1.2", "10.10.5.2"
TURNED = (TARGET4, SOURCE4, BYTES, PACKETS)
ROW = record(USUAL, NET, DINKES, 1000, 2)
SAMPLER = a_set(3, struct.pack("!HHHHHHH", 300, 2, 1, 149, 4, 34, 4))

content = st.sampled_from(
    [
        *(lambda n, d, k=count: ipfix(a_set(256, ROW * k), sequence=n, domain=d) for count in (1, 2, 30)),
        lambda n, d: v9(a_set(256, ROW * 3), sequence=n, domain=d - 1),
        lambda n, d: v9(a_set(256, ROW), a_set(257, ROW), sequence=n, domain=d),
        lambda n, d: v5((NET, DINKES, 2, 1000), (DINKES, RSUD, 1, 70), sequence=n),
        lambda n, d: v5((NET, DINKES, 2, 1000), sequence=n, sampling=10 * d),
        lambda n, d: ipfix(template(USUAL), sequence=n, domain=d),
        lambda n, d: ipfix(template(TURNED), a_set(256, ROW), sequence=n, domain=d),
        lambda n, d: ipfix(template((SOURCE4, (82, 0xFFFF), BYTES)), sequence=n, domain=d),
        lambda n, d: ipfix(a_set(2, struct.pack("!HH", 256, 0)), sequence=n, domain=d),
        lambda n, d: v9(template(USUAL, ipfix=False), sequence=n, domain=d - 1),
        lambda n, d: v9(template(TURNED, 257, ipfix=False), sequence=n, domain=d),
        lambda n, d: ipfix(SAMPLER, a_set(300, struct.pack("!II", 1, 5 + d)), sequence=n, domain=d),
        lambda n, d: ipfix(a_set(256, ROW), sequence=n, domain=d)[:-3],
        lambda n, d: b"\0\5",
    ]
)
datagrams = st.lists(
    st.tuples(content, st.integers(0, 40), st.integers(1, 2), st.sampled_from([EXPORTER, EXPORTER, "192.0.2.7"])),
    max_size=30,
)


@settings(deadline=None)
@given(datagrams, st.integers(1, 12))
def test_batches_count_what_one_after_the_other_counts(rows: list[tuple[Made, int, int, str]], size: int) -> None:
    made = [(make(number, domain), source) for make, number, domain, source in rows]
    single, many = new_collector(ExporterSettings(internal=True)), new_collector(ExporterSettings(internal=True))
    for data, source in made:
        take_datagram(single, data, source)
    for start in range(0, len(made), size):
        take_batch(many, batch_of(made[start : start + size]))
    assert everything(many) == everything(single)


def test_a_template_that_changes_while_another_is_withdrawn_and_changes_once_more_holds_from_each_change_on() -> None:
    collector = new_collector(ExporterSettings())
    data = [ipfix(a_set(256, ROW)), *[ipfix(a_set(257, ROW), sequence=1)] * 3]
    gone = a_set(2, struct.pack("!HH", 256, 0))
    take_batch(collector, batch_of([(ipfix(template(USUAL), template(USUAL, 257)), EXPORTER)]))
    rows = [*data[:2], ipfix(gone, template(TURNED, 257)), data[2], ipfix(template(USUAL, 257)), *data]
    take_batch(collector, batch_of([(row, EXPORTER) for row in rows]))
    # Four of 257 and one of 256 towards the OPD, one of 257 off it; the last of 256 waits for its template.
    assert collector.totals.bytes.sum(axis=(0, 2)).tolist() == [5000, 1000]
