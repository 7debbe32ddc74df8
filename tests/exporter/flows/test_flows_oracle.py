"""The collector in columns against the oracle record by record: any template, any record, the same bytes."""

import os
from ipaddress import ip_address

import pytest
from flow_oracle import Oracle
from flow_packets import CITY, EXPORTER, a_set, ipfix, new_collector, options_template, template, v5, v9
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_batch, take_datagram
from exporter.flows.decode.batches import batch_of

pytestmark = pytest.mark.usefixtures("both_ways")

VARIABLE, ENTERPRISE = 0xFFFF, 0x8000
SIZES = st.integers(1, 8)
NUMBERS = (1, 2, 23, 24, 10, 14, 34, 50, 231, 232, 298, 299)
ADDRESSES = ((8, 4), (12, 4), (225, 4), (226, 4), (27, 16), (28, 16), (281, 16), (282, 16))
KNOWN4 = [str(prefix[9]) for opd in CITY.opds for prefix in opd.prefixes if prefix.version == 4]
KNOWN6 = [str(prefix[9]) for opd in CITY.opds for prefix in opd.prefixes if prefix.version == 6]
MAPPED = [f"::ffff:{address}" for address in (*KNOWN4[:2], "198.51.100.1")]
ENDS = {4: [*KNOWN4, "198.51.100.1", "203.0.113.7"], 16: [*KNOWN6, *MAPPED, "2001:db8:ffff::1", "2600::1"]}

number_field = st.tuples(st.sampled_from(NUMBERS), SIZES)
field = st.one_of(
    st.sampled_from(ADDRESSES),
    number_field,
    st.sampled_from([(61, 1), (82, 5), (1, 0), (8, 3)]),
    st.tuples(st.sampled_from((1, 2)), SIZES, st.just(29305)),
    st.tuples(st.sampled_from((1, 8, 700)), SIZES, st.just(9)),
)
variable = st.sampled_from([(82, VARIABLE), (96, VARIABLE), (1, VARIABLE), (10, VARIABLE)])
habits = st.builds(
    ExporterSettings,
    sampling=st.sampled_from([None, None, 7]),
    internal=st.booleans(),
    direction=st.sampled_from(["ingress", "both"]),
    uplinks=st.sampled_from([frozenset(), frozenset({1, 300})]),
    out_bytes=st.sampled_from(["same", "same", "reverse"]),
)


@st.composite
def rows(draw: st.DrawFn, fields: list[tuple[int, ...]]) -> bytes:
    content = b"\1"[:0]
    for element, length, *enterprise in fields:
        if length == VARIABLE:
            size = draw(st.sampled_from([0, 1, 4, 8, 254, 255, 300]) if element in (82, 96) else SIZES)
            content += bytes([size]) if size < 255 else b"\xff" + size.to_bytes(2, "big")
            content += (
                draw(st.integers(0, 2**20 if size > 2 else 200)).to_bytes(max(size, 3), "big")[-size:] if size else b""
            )
        elif (element, length) in ADDRESSES and not enterprise:
            content += ip_address(draw(st.sampled_from(ENDS[length]))).packed
        elif length:
            largest = min(2**36 if element < 5 or element > 23 else 400, 2 ** (8 * length) - 1)
            small = 2 if element == 61 else 300 if element in (10, 14, 34, 50) else largest
            content += draw(st.integers(0, min(small, largest))).to_bytes(length, "big")
    return content


@st.composite
def packets(draw: st.DrawFn) -> list[bytes]:
    """One exporter's datagrams: templates before their data, options, padding, v5 in between."""
    made: list[bytes] = []
    for number in range(256, 256 + draw(st.integers(1, 4))):
        old = draw(st.booleans())
        kinds = [field] if old else [field, field, variable]
        fields = draw(st.lists(st.one_of(*kinds), min_size=1, max_size=9, unique_by=lambda one: (one[0], *one[2:])))
        if old:
            fields = [one[:2] if len(one) > 2 else one for one in fields]
            fields = list({one[0]: one for one in fields}.values())
        if not any(one[1] for one in fields) or fields[0] == (61, 1):
            fields.append((99, 4))
        content = b"".join(draw(st.lists(rows(fields), min_size=1, max_size=6)))
        if not content.strip(b"\0"):
            continue
        size = 0 if any(one[1] == VARIABLE for one in fields) else sum(one[1] for one in fields)
        content += bytes(min(3, max(0, size - 1)))
        pack = v9 if old else ipfix
        made.append(pack(template(fields, number, ipfix=not old), domain=number % 2))
        if draw(st.booleans()) and not old:
            told = ((149, 4), (34, 2))
            made.append(
                ipfix(
                    options_template(told, 400),
                    a_set(400, bytes(5) + bytes([draw(st.integers(1, 9))])),
                    domain=number % 2,
                )
            )
        made.append(pack(*[a_set(number, content)] * draw(st.integers(1, 2)), domain=number % 2))
        if draw(st.booleans()):
            ends = [draw(st.sampled_from(ENDS[4])) for _ in range(2)]
            made.append(
                v5((ends[0], ends[1], 3, draw(st.integers(0, 2**32 - 1))), sampling=draw(st.sampled_from([0, 5])))
            )
    return made


def told(collector: Collector) -> dict[str, int]:
    totals = collector.totals
    found = {"records": sum(one.records for one in collector.exporters.values()), "bytes": totals.through}
    found |= {"packets": totals.through_packets, "events": totals.events, "unassigned": totals.unassigned}
    for number, code in enumerate(collector.lookup.codes):
        for way, name in enumerate(("receive", "transmit")):
            found[f"{code} {name}"] = int(totals.bytes[number, way].sum())
    return {key: value for key, value in (found | dict(totals.aside)).items() if value}


@settings(max_examples=int(os.environ.get("ORACLE_EXAMPLES", "150")), deadline=None)
@given(packets(), habits)
def test_columns_count_what_the_oracle_counts_record_by_record(made: list[bytes], habit: ExporterSettings) -> None:
    oracle, single, many = Oracle(CITY, habit), new_collector(habit), new_collector(habit)
    for data in made:
        oracle.take(data, EXPORTER)
        take_datagram(single, data, EXPORTER)
    take_batch(many, batch_of([(data, EXPORTER) for data in made] or [(b"", EXPORTER)]))
    expected = dict(oracle.count) | {f"{code} {way}": size for (code, way), size in oracle.opd.items()}
    assert told(single) == told(many) == {key: value for key, value in expected.items() if value}
