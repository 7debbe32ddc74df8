"""Datagrams of the tests as a capture, read as a person reads one: ``flows read --json``."""

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flow_captures import ip4, pcap
from tree import EXAMPLE_CITY

from exporter.cli import main

RAW_IP, PORT = 101, 5001


class Sent(NamedTuple):
    """A datagram: when, from which port, and its bytes."""

    at: float
    port: int
    data: bytes


def evenly(datagrams: Sequence[bytes], every: float = 1.0) -> list[Sent]:
    """One each ``every`` seconds."""
    return [Sent(place * every, PORT, data) for place, data in enumerate(datagrams)]


def capture(path: Path, rows: Sequence[Sent]) -> Path:
    frames = [ip4(struct.pack("!HHHH", row.port, 2055, 8 + len(row.data), 0) + row.data) for row in rows]
    parts = (
        struct.pack("<IIII", 1_795_000_000 + int(row.at), round(row.at % 1 * 1e6), len(frame), len(frame)) + frame
        for row, frame in zip(rows, frames, strict=True)
    )
    path.write_bytes(pcap([], RAW_IP) + b"".join(parts))
    return path


class FlowReader:
    """``flows read`` of the example city."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys

    def read(self, rows: Sequence[Sent]) -> dict[str, Any]:
        return self.file(capture(self._folder / "flows.pcap", rows))

    def file(self, path: Path) -> dict[str, Any]:
        """A file of whatever kind; raw datagrams are the example's only exporter's."""
        assert main(["flows", "read", str(path), "--inventory", str(EXAMPLE_CITY), "--json"]) == 0
        found: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return found

    def office(self, rows: Sequence[Sent]) -> int:
        """Bytes of dinkes, both ways."""
        return office(self.read(rows))


def office(found: dict[str, Any]) -> int:
    row = found["opd"]["dinkes"]
    return int(row["receive_bytes"] + row["transmit_bytes"])
