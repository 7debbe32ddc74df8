"""Recordings after public reports of faults, each with what is true of it: read as a person would read them.

``field/`` holds them (raw IP in pcap; addresses of documentation): numbers and names are those of the reports' table.
The office ``dinkes`` is 10.1.0.0/24.
"""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from flow_captures import ip4, pcap, udp
from flow_packets import USUAL, a_set, record, template, v9
from tree import EXAMPLE_CITY

from exporter.cli import main

pytestmark = pytest.mark.usefixtures("both_ways")

FIELD = Path(__file__).with_name("field")
RAW_IP = 101


def read(capsys: pytest.CaptureFixture[str], folder: Path, capture: Path, exporter: str = "") -> dict[str, Any]:
    """The report of a capture; ``exporter``: its address and settings as the city file has them."""
    text = EXAMPLE_CITY.read_text().replace("10.10.1.", "10.1.0.")
    if exporter:
        text = text.replace("address: 10.255.0.1, direction: ingress", exporter)
    city = folder / "city.yaml"
    city.write_text(text)
    assert main(["flows", "read", str(capture), "--inventory", str(city), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def office(found: dict[str, Any]) -> int:
    row = found["opd"]["dinkes"]
    return int(row["receive_bytes"] + row["transmit_bytes"])


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("01-nat-two-exporters", 10_000),
        ("02-asa-nsel", 3_705),
        ("03-iosxr-305-only", 2_000_000),
        ("04-sampler-other-domain", 200_000),
        ("04b-default-other-domain", 1_000_000),
        ("05-v9-varlen", 1_002),
        ("06-in-and-out-bytes", 1_000),
        ("11-duplicate", 1_000),
        ("14-l2octets", 5_000),
        ("16-impossible", 0),
        ("30-reboot-data-before-new-template", 2_001_000),
        ("36-sflow-pppoe", 140_000),
        ("42-dual-family", 7_000),
        ("45-counter-9-bytes", 5_000),
    ],
)
def test_a_recording_of_the_field_has_the_bytes_that_are_true(
    name: str, size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = read(capsys, tmp_path, FIELD / f"{name}.pcap")
    assert (found["bytes"], office(found), found["unassigned_bytes"]) == (size, size, 0)
    assert (found["held_sets"], found["undecoded_sets"], found["refused_datagrams"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "settings", "size"),
    [
        ("03-iosxr-305-only", "address: 198.51.100.3, packet_interval: one_in", 2_000_000),
        ("03-iosxr-305-only", "address: 198.51.100.3, packet_interval: sampled", 2_000),
        ("06-in-and-out-bytes", "address: 198.51.100.6, out_bytes: reverse", 51_000),
        ("06-in-and-out-bytes", "address: 198.51.100.6, out_bytes: same", 1_000),
    ],
)
def test_what_a_field_means_is_a_setting_where_exporters_differ(
    name: str, settings: str, size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read(capsys, tmp_path, FIELD / f"{name}.pcap", settings)["bytes"] == size


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("01-nat-two-exporters", "told apart by their UDP ports (5001, 6001)"),
        ("06-in-and-out-bytes", "declare out_bytes: reverse"),
        ("11-duplicate", "1 datagrams came twice and count once"),
        ("14-l2octets", "octets of layer 2"),
        ("16-impossible", "1 records are set aside"),
    ],
)
def test_what_is_odd_is_told_with_the_next_step(
    name: str, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert problem in " ".join(read(capsys, tmp_path, FIELD / f"{name}.pcap")["problems"])


def test_a_rate_that_comes_after_half_a_minute_makes_the_sums_of_a_file_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fields, options = (*USUAL, (48, 2)), a_set(1, struct.pack("!HHHHHHHHH", 300, 4, 8, 1, 4, 48, 2, 50, 4))
    rows = a_set(260, record(fields, "10.1.0.5", "203.0.113.9", 1000, 1, 1) * 10)
    datagrams = [v9(template(fields, 260, ipfix=False)), *(v9(rows, sequence=n) for n in range(1, 401))]
    rate = v9(options, a_set(300, struct.pack("!IHI", 1, 1, 1000)), sequence=401)
    (tmp_path / "50.pcap").write_bytes(pcap([ip4(udp(data)) for data in (*datagrams, rate)], RAW_IP, every=0.2))
    found = read(capsys, tmp_path, tmp_path / "50.pcap")
    assert (found["bytes"], office(found), found["problems"]) == (4_000_000_000, 4_000_000_000, [])


def test_a_sampler_whose_rate_is_never_told_loses_no_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Recording 50, made here: 20 datagrams a second for a minute, each record names a sampler nobody tells of."""
    fields = (*USUAL, (48, 2))
    rows = a_set(260, record(fields, "10.1.0.5", "203.0.113.9", 1000, 1, 1) * 10)
    datagrams = [v9(template(fields, 260, ipfix=False)), *(v9(rows, sequence=n) for n in range(1, 1201))]
    (tmp_path / "50.pcap").write_bytes(pcap([ip4(udp(data)) for data in datagrams], RAW_IP, every=0.05))
    found = read(capsys, tmp_path, tmp_path / "50.pcap")
    assert (found["records"], found["bytes"], office(found)) == (12_000, 12_000_000, 12_000_000)
    assert "1200 sets counted unsampled, for their rate never came" in " ".join(found["problems"])
    assert "thrown away" not in " ".join(found["problems"])
