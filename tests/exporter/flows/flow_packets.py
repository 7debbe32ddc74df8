"""Makes NetFlow v5, v9 and IPFIX packets for the tests: fields and values in, bytes out."""

import json
import struct
from collections.abc import Sequence
from functools import cache
from ipaddress import ip_address
from typing import Any

from tree import EXAMPLE_CITY

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings, exporter_settings
from exporter.flows.account.prefix_lookup import PrefixLookup, city_lookup
from exporter.flows.keep import counter_files, exporter_state
from inventory.reading import read_city

CITY = read_city(EXAMPLE_CITY)
EXPORTER = "10.255.0.1"
SOURCE4, TARGET4, SOURCE6, TARGET6 = (8, 4), (12, 4), (27, 16), (28, 16)
BYTES, PACKETS = (1, 4), (2, 4)
USUAL = (SOURCE4, TARGET4, BYTES, PACKETS)


@cache
def example_lookup() -> PrefixLookup:
    return city_lookup(CITY)


def new_collector(habit: ExporterSettings | None = None) -> Collector:
    allowed = exporter_settings(CITY) if habit is None else {EXPORTER: habit}
    return Collector(example_lookup(), allowed)


def value(size: int, content: int | str | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    return ip_address(content).packed if isinstance(content, str) else content.to_bytes(size, "big")


def record(fields: Sequence[tuple[int, ...]], *values: int | str | bytes) -> bytes:
    return b"".join(value(field[1], one) for field, one in zip(fields, values, strict=True))


def a_set(number: int, content: bytes) -> bytes:
    return struct.pack("!HH", number, 4 + len(content)) + content


def template(fields: Sequence[tuple[int, ...]], number: int = 256, ipfix: bool = True) -> bytes:
    specs = b"".join(
        struct.pack("!HHI", f[0] | 0x8000, f[1], f[2]) if len(f) > 2 else struct.pack("!HH", *f) for f in fields
    )
    return a_set(2 if ipfix else 0, struct.pack("!HH", number, len(fields)) + specs)


def ipfix(*sets: bytes, sequence: int = 0, domain: int = 1) -> bytes:
    body = b"".join(sets)
    return struct.pack("!HHIII", 10, 16 + len(body), 1_795_000_000, sequence, domain) + body


def v9(*sets: bytes, sequence: int = 0, domain: int = 1) -> bytes:
    body = b"".join(sets)
    return struct.pack("!HHIIII", 9, len(sets), 1000, 1_795_000_000, sequence, domain) + body


def v5(*rows: tuple[str, str, int, int], sequence: int = 0, sampling: int = 0) -> bytes:
    head = struct.pack("!HHIIIIHH", 5, len(rows), 0, 0, 0, sequence, 0, sampling)
    body = b"".join(
        ip_address(s).packed + ip_address(t).packed + bytes(8) + struct.pack("!II", packets, size) + bytes(24)
        for s, t, packets, size in rows
    )
    return head + body


def received(collector: Collector, opd: str) -> int:
    return int(collector.totals.bytes[collector.lookup.codes.index(opd), 0].sum())


def sent(collector: Collector, opd: str) -> int:
    return int(collector.totals.bytes[collector.lookup.codes.index(opd), 1].sum())


def options_template(fields: Sequence[tuple[int, int]], number: int, scope: int = 1) -> bytes:
    specs = b"".join(struct.pack("!HH", *one) for one in fields)
    return a_set(3, struct.pack("!HHH", number, len(fields), scope) + specs)


def everything(collector: Collector) -> dict[str, Any]:
    """All that a collector keeps beyond its end, in an order that does not depend on who came first."""
    copy, body = (
        counter_files.read(counter_files.file_bytes(collector, 0, "", ended=False)),
        json.loads(exporter_state.state_bytes(collector, 0)),
    )
    for one in body["exporters"].values():
        one["domains"].sort(key=lambda domain: domain["name"])
        one["flow_totals"].sort()
    body["heads"].sort()
    for row in copy.text["exporters"].values():
        row[-1].sort()
    return {"told": copy.text, "opds": copy.opds, "state": body}
