"""2.9 million flows over nested prefixes, a third of them IPv6: every OPD's totals are exact to the byte."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

import numpy as np
import pytest
from flow_packets import EXPORTER, a_set, ipfix, template

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.pipeline import take_batch
from exporter.flows.account.prefix_lookup import prefix_lookup
from exporter.flows.decode.batches import batch_of

pytestmark = pytest.mark.usefixtures("both_ways")

FLOWS4, FLOWS6, IN_A_SET, OPDS = 1_900_000, 1_000_000, 40, 60
FIELDS4 = ((8, 4), (12, 4), (1, 8), (2, 2))
FIELDS6 = ((27, 16), (28, 16), (1, 8), (2, 2))
FORM4 = np.dtype([("source", ">u4"), ("target", ">u4"), ("bytes", ">u8"), ("packets", ">u2")])
FORM6 = np.dtype(
    [(name, ">u8") for name in ("source", "source_low", "target", "target_low", "bytes")] + [("packets", ">u2")]
)
Network = IPv4Network | IPv6Network


def nested() -> list[list[Network]]:
    """Every OPD inside another: /12 down to /32, /32 down to /128, in turns."""
    rows: list[list[Network]] = [[] for _ in range(OPDS)]
    for number in range(OPDS):
        block, depth = divmod(number, 6)
        v4, v6 = (0x0A << 24) + (block << 20), (0x20010DB8 << 96) + (block << 88)
        rows[number].append(ip_network((v4, (12, 16, 20, 24, 28, 32)[depth])))
        rows[number].append(ip_network((v6, (40, 48, 56, 64, 96, 128)[depth])))
        rows[number].append(ip_network((v4 + (0x0F << 16) + (depth << 8), 25)))
    return rows


def owner_of(prefixes: list[list[Network]], high: np.ndarray, low: np.ndarray | None) -> np.ndarray:
    """By brute force: every prefix over all addresses, the longest last."""
    version, bits = (4, 32) if low is None else (6, 64)
    found = np.full(len(high), -1)
    flat = [(one, number) for number, row in enumerate(prefixes) for one in row if one.version == version]
    for one, number in sorted(flat, key=lambda row: row[0].prefixlen):
        first, mask = int(one.network_address), int(one.netmask)
        inside = (high & np.uint64(mask >> 64 if low is not None else mask)) == np.uint64(
            first >> 64 if low is not None else first
        )
        if low is not None and one.prefixlen > bits:
            half = np.uint64(mask & (2**64 - 1))
            inside &= (low & half) == np.uint64(first & (2**64 - 1))
        found[inside] = number
    return found


def addresses(random: np.random.Generator, number: int) -> np.ndarray:
    """Anywhere about the ten blocks, close to their beginnings as often as not."""
    within = random.integers(0, 1 << 20, number, np.uint64) >> random.integers(0, 20, number, np.uint64)
    return np.asarray((random.integers(0, 12, number, np.uint64) << np.uint64(20)) + within)


def datagrams(rows: np.ndarray, fields: tuple[tuple[int, int], ...], domain: int) -> Iterator[tuple[bytes, str]]:
    yield ipfix(template(fields), domain=domain), EXPORTER
    content, size = rows.tobytes(), rows.itemsize * IN_A_SET
    for place, start in enumerate(range(0, len(content), size)):
        yield ipfix(a_set(256, content[start : start + size]), sequence=place * IN_A_SET, domain=domain), EXPORTER


def test_every_office_is_exact_to_the_byte() -> None:
    random, prefixes = np.random.default_rng(2026), nested()
    v4, v6 = np.zeros(FLOWS4, FORM4), np.zeros(FLOWS6, FORM6)
    expected = [[0] * OPDS for _ in range(2)]
    for rows in (v4, v6):
        rows["bytes"] = random.integers(0, 2**33, len(rows), np.uint64)
        # As many as two bytes hold: with one, some of these bytes would be those of a counter that fell below nothing.
        rows["packets"] = 65_535
        for way, end in enumerate(("target", "source")):
            place, low = addresses(random, len(rows)), None
            if rows is v4:
                rows[end] = place + np.uint64(0x0A << 24)
            else:
                rows[end] = (np.uint64(0x20010DB8) << np.uint64(32)) + (place << np.uint64(4))
                rows[f"{end}_low"] = random.integers(0, 2**64, len(rows), np.uint64) >> random.integers(
                    1, 64, len(rows), np.uint64
                )
                low = rows[f"{end}_low"].astype(np.uint64)
            owner = owner_of(prefixes, rows[end].astype(np.uint64), low)
            for number in range(OPDS):
                expected[way][number] += int(rows["bytes"][owner == number].astype(np.uint64).sum())
    codes = tuple(f"opd-{number}" for number in range(OPDS))
    flat = [(one, number) for number, row in enumerate(prefixes) for one in row]
    collector = Collector(prefix_lookup(codes, flat), {EXPORTER: ExporterSettings(internal=True)})
    load = [*datagrams(v4, FIELDS4, 4), *datagrams(v6, FIELDS6, 6)]
    for start in range(0, len(load), 512):
        take_batch(collector, batch_of(load[start : start + 512]))
    found = collector.totals.bytes.sum(axis=2)
    assert [found[:, 0].tolist(), found[:, 1].tolist()] == expected
    assert all(min(row) > 0 for row in expected)
    assert (collector.exporters[EXPORTER].records, collector.exporters[EXPORTER].lost) == (FLOWS4 + FLOWS6, 0)
