"""The page of vendors says what ``flows read`` shows when a device is set wrongly: here it is shown, line by line.

Each input is made of the vendor's own fields, wrong in the one way that the page names; a line of the page that the
product does not print, or that is printed of the same device set right, fails.
"""

import re
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flow_captures import ethernet, ip4, pcap, udp
from flow_packets import a_set, ipfix, options_template, record, template, v5, v9
from flow_sflow import header, sample, sampled, sflow
from flow_vendors import ASA, ASA_CREATED, FORTIOS, HUAWEI, JUNIPER, MIKROTIK, Fields, row
from tree import EXAMPLE_CITY, ROOT

from exporter.cli import main

NET, DINKES, PUBLIC, RAW_IP = "198.51.100.1", "10.10.1.2", "203.0.113.9", 101
DOWN: dict[int, int | str] = {8: NET, 12: DINKES, 1: 1_500_000, 2: 1_000}
CISCO: Fields = (
    *((8, 4), (12, 4), (4, 1), (7, 2), (11, 2), (10, 4), (14, 4), (1, 8), (2, 8), (22, 4), (21, 4)),
    (48, 2),
)
RATE: Fields = ((1, 4), (48, 2), (50, 4))
WHOLE: Fields = ((144, 4), (34, 4))
Datagrams = Sequence[bytes]


def told(fields: Fields, *values: dict[int, int | str]) -> Datagrams:
    rows = b"".join(row(fields, value) for value in values)
    return [v9(template(fields, ipfix=False)), v9(a_set(256, rows), sequence=1)]


def lasting(fields: Fields, seconds: int) -> Datagrams:
    return told(fields, DOWN | {22: 5_000, 21: 5_000 + 1000 * seconds})


def behind_nat(version: int) -> Datagrams:
    if version == 5:
        return [v5((NET, PUBLIC, 1_000, 1_500_000), (DINKES, NET, 500, 40_000))]
    down: dict[int, int | str] = {8: NET, 12: PUBLIC, 225: NET, 226: DINKES, 1: 1_500_000, 2: 1_000}
    return told(MIKROTIK, down, {8: DINKES, 12: NET, 225: PUBLIC, 226: NET, 1: 40_000, 2: 500})


def behind_ios(target: str) -> Datagrams:
    return told(CISCO[:-1], DOWN | {12: target}, {8: DINKES, 12: NET, 1: 40_000, 2: 500})


def sampled_by(fields: Fields, rate: int) -> Datagrams:
    scope = a_set(1, b"".join(n.to_bytes(2, "big") for n in (300, 4, 8, 1, 4, 48, 2, 50, 4)))
    options = [v9(scope, a_set(300, record(RATE, 1, 1, rate)), sequence=9)] if rate else []
    return [*options, v9(template(fields, ipfix=False)), *(_sampled(fields, n) for n in range(300))]


def _sampled(fields: Fields, number: int) -> bytes:
    return v9(a_set(256, row(fields, {8: NET, 12: DINKES, 1: 5_000, 2: 4, 48: 1})), sequence=number + 1)


def connections(*, update: bool) -> Datagrams:
    ends: dict[int, int | str] = {148: 7, 8: DINKES, 12: NET, 225: PUBLIC, 226: NET}
    created = told(ASA_CREATED, ends | {233: 1})
    grown = ends | {233: 5, 231: 1_200, 232: 90_000, 298: 4, 299: 70}
    more = [v9(template(ASA, 263, ipfix=False), a_set(263, row(ASA, grown)), sequence=2)]
    return [*created, *(more if update else [])]


def juniper(*, options: bool) -> Datagrams:
    rate = ipfix(options_template(WHOLE, 512), a_set(512, record(WHOLE, 1, 100)))
    return [
        *([rate] if options else []),
        ipfix(template(JUNIPER)),
        ipfix(a_set(256, row(JUNIPER, DOWN)), sequence=options),
    ]


def fortios(*, first: bool) -> Datagrams:
    fields, data = template(FORTIOS, ipfix=False), row(FORTIOS, DOWN | {23: 60_000, 24: 300, 225: NET, 226: PUBLIC})
    rows = [v9(a_set(256, data), sequence=number) for number in range(1, 121)]
    return [v9(fields), *rows] if first else rows


def switch(*, lost: int) -> Datagrams:
    numbers = [number for number in range(60) if not 20 <= number < 20 + lost]
    return [sflow(sample(sampled(NET, DINKES, 1_400), rate=1_000), sequence=number) for number in numbers]


def switch_of(keep: int) -> Datagrams:
    frame = ethernet(ip4(udp(bytes(1_372)), source=DINKES))
    return [sflow(sample(header(frame, keep=keep), rate=1_000), sequence=number) for number in range(60)]


def bridge(*, egress: bool) -> Datagrams:
    fields: Fields = (*((8, 4), (12, 4), (4, 1), (7, 2), (11, 2), (1, 8), (2, 8)), (61, 1))
    ways = (0, 1) if egress else (0,)
    return told(fields, *(DOWN | {1: 100_000, 11: number, 61: way} for number in range(15) for way in ways))


def both_monitors(number: int) -> Datagrams:
    every = [row(CISCO, DOWN | {10: 3, 14: 4}) for _ in range(number)]
    return [v9(template(CISCO[:-1], ipfix=False)), v9(a_set(256, b"".join(r[:-2] for r in every)), sequence=1)]


# Of each name on the page: the device set wrongly, and the same device set right.
CASES: dict[str, tuple[Callable[[], Datagrams], Callable[[], Datagrams]]] = {
    "mikrotik-30m": (lambda: lasting(MIKROTIK, 1800), lambda: lasting(MIKROTIK, 68)),
    "mikrotik-v5": (lambda: behind_nat(5), lambda: behind_nat(9)),
    "cisco-no-sampler-table": (lambda: sampled_by(CISCO, 0), lambda: sampled_by(CISCO, 100)),
    "cisco-input-and-output": (lambda: both_monitors(2), lambda: both_monitors(1)),
    "cisco-nat-outside": (lambda: behind_ios(PUBLIC), lambda: behind_ios(DINKES)),
    "asa-no-update": (lambda: connections(update=False), lambda: connections(update=True)),
    "huawei-30-minutes": (lambda: lasting(HUAWEI, 1800), lambda: lasting(HUAWEI, 60)),
    "huawei-no-option": (lambda: sampled_by(HUAWEI, 0), lambda: sampled_by(HUAWEI, 100)),
    "huawei-aggregation": (lambda: [struct.pack("!HH", 8, 1) + bytes(60)], lambda: told(HUAWEI, DOWN)),
    "juniper-no-option": (lambda: juniper(options=False), lambda: juniper(options=True)),
    "fortios-30-minutes": (lambda: lasting(FORTIOS, 1800), lambda: lasting(FORTIOS, 60)),
    "fortios-template-late": (lambda: fortios(first=False), lambda: fortios(first=True)),
    "openvswitch-both": (lambda: bridge(egress=True), lambda: bridge(egress=False)),
    "ruijie-short-header": (lambda: switch_of(18), lambda: switch_of(64)),
    "ruijie-datagrams-lost": (lambda: switch(lost=9), lambda: switch(lost=0)),
}
PAGE = (ROOT / "docs/how-to/flow-exporters.md").read_text()
SHOWN = dict(
    re.findall(
        r"^```text\n\$ lebarpita-exporter flows read ([\w-]+)\.pcap --inventory city\.yaml\n(.*?)^```",
        PAGE,
        re.M | re.S,
    )
)


def shown(datagrams: Datagrams, folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that are no zero, with blanks as the page has them."""
    capture = folder / "x.pcap"
    capture.write_bytes(pcap([ip4(udp(data)) for data in datagrams], RAW_IP))
    assert main(["flows", "read", str(capture), "--inventory", str(EXAMPLE_CITY)]) == 0
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("name", CASES)
def test_the_page_shows_what_is_printed_of_a_device_set_wrongly_and_not_of_one_set_right(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong, right = (shown(made(), tmp_path, capsys) for made in CASES[name])
    lines = [" ".join(line.split()) for line in SHOWN[name].splitlines() if line != "..."]
    assert lines and [line for line in wrong if line in lines] == lines
    assert not set(lines) & set(right)
    assert not any(line.startswith("problem") for line in right)


def test_every_input_that_the_page_names_is_made_here() -> None:
    assert SHOWN.keys() == CASES.keys()
