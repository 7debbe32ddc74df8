"""What a file tells late of what stands before it, read with the file's own numbers right."""

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from flow_captures import ip4, pcap, udp
from flow_packets import EXPORTER, USUAL, a_set, ipfix, options_template, record, template, v9
from tree import EXAMPLE_CITY

from exporter.cli import main

RAW_IP = 101
NET, DINKES = "198.51.100.1", "10.10.1.2"
IN_AND_OUT = ((8, 4), (12, 4), (1, 4), (2, 4), (23, 4), (24, 4))
DEFAULT = ((149, 4), (34, 4))
ROW = a_set(256, record(USUAL, NET, DINKES, 1000, 1))


def read(folder: Path, capsys: pytest.CaptureFixture[str], *datagrams: bytes, more: tuple[str, ...] = ()) -> Any:
    path = folder / "late.pcap"
    path.write_bytes(pcap([ip4(udp(data), source=EXPORTER) for data in datagrams], RAW_IP, every=1.0))
    assert main(["flows", "read", str(path), "--inventory", str(EXAMPLE_CITY), "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


def rate(number: int, sequence: int) -> bytes:
    return ipfix(options_template(DEFAULT, 300), a_set(300, record(DEFAULT, 1, number)), sequence=sequence)


def test_a_rate_told_at_the_end_holds_from_the_beginning_and_the_next_one_from_itself_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [ipfix(template(USUAL), ROW), *(ipfix(ROW, sequence=n) for n in range(1, 40)), rate(10, 40)]
    found = read(tmp_path, capsys, *rows, ipfix(ROW, sequence=41), rate(100, 42), ipfix(ROW, sequence=43))
    assert (found["bytes"], found["problems"]) == (410_000 + 100_000, [])


def test_a_rate_of_the_whole_exporter_told_late_in_another_domain_holds_too_and_each_record_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system = a_set(1, struct.pack("!HHHHHHH", 300, 4, 4, 1, 4, 34, 4)), a_set(300, struct.pack("!II", 1, 100))
    rows = v9(template(USUAL, ipfix=False), ROW, domain=2177), v9(*system, domain=5)
    assert read(tmp_path, capsys, *rows)["bytes"] == 100_000
    shown = read(tmp_path, capsys, *rows, more=("--records",))["flows"]
    assert [(row["bytes"], row["sampling"]) for row in shown] == [(100_000, 100)]


def test_what_out_bytes_mean_holds_for_the_records_before_it_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = a_set(256, record(IN_AND_OUT, NET, DINKES, 1000, 10, 50_000, 40))
    rows = [v9(template(IN_AND_OUT, ipfix=False)), *(v9(row, sequence=n) for n in range(1, 6))]
    found = read(tmp_path, capsys, *rows)
    assert (found["opd"]["dinkes"], found["bytes"]) == ({"receive_bytes": 5000, "transmit_bytes": 250_000}, 255_000)
    assert "declare out_bytes: reverse" in " ".join(found["problems"])
