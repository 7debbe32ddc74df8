"""Captures and raw datagrams in, one report out: the collector's own code, without a socket and without an allow-list.

The files are one stream in the order given. A capture's clock is its own, so what waits for a template waits as long
as it did on the line. A capture's exporters are its source addresses; raw files are one exporter.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporter.flows.account.collector import Collector
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.totals import RECEIVE, TRANSMIT
from exporter.flows.decode.batches import DatagramRow
from exporter.flows.offline.captures import CaptureError, CaptureFrame, frames, is_capture
from exporter.flows.offline.datagrams import LINKS, UnreadFrame, datagram

RAW = "raw"

# Ports that a line of problems names, at most.
_SHOWN_PORTS = 8

# UDP's length field has 16 bits.
LARGEST_DATAGRAM = 65_535

# Seconds: the active timeout that rates of a minute need is 60; exporters set so tell of up to 68 (softflowd), for they
# look at their flows every few seconds only. As LebarpitaFlowActiveTimeout has it.
_LONGEST_FLOW = 75

# An IPFIX message begins with its version and its length, in a header of 16 bytes (RFC 7011 3.1).
_IPFIX, _IPFIX_HEADER = 10, 16

# Of the capture's own clock: what waits for its template waits as long as it did on the line, to half a second.
_BATCH_SECONDS = 0.5


@dataclass
class CaptureStream:
    """Where the reading stands: the capture's clock, the datagrams so far, and what could not be read of the frames.

    ``now`` is when the last datagram came that is to be counted, ``read`` when the last frame came that was read.
    """

    now: float = 0.0
    read: float = 0.0
    datagrams: int = 0
    unread: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[tuple[str, str], int] = field(default_factory=dict)

    def clock(self) -> float:
        """The time of the datagrams that are being counted."""
        return self.now


def batches(
    paths: Sequence[Path], stream: CaptureStream, raw: str = RAW, most: int = 256
) -> Iterator[list[DatagramRow]]:
    """The datagrams in order, at most ``most`` and half a second at a time. Raises CaptureError after the last."""
    rows: list[DatagramRow] = []
    began, fault = 0.0, None
    try:
        for row in datagrams(paths, stream, raw):
            if len(rows) >= most or (rows and abs(stream.read - began) > _BATCH_SECONDS):
                yield rows
                rows = []
            began = began if rows else stream.read
            rows.append(row)
            stream.now = stream.read
    except CaptureError as error:
        fault = error
    if rows:
        yield rows
    if fault is not None:
        raise fault


def datagrams(paths: Sequence[Path], stream: CaptureStream, raw: str = RAW) -> Iterator[DatagramRow]:
    """Every datagram of the files with its exporter. Raises CaptureError where a file cannot be read further."""
    for path in paths:
        try:
            with path.open("rb") as file:
                capture = is_capture(file.read(4))
            rows: Iterator[DatagramRow] = (
                _of_capture(path, stream) if capture else ((data, raw) for data in _messages(path))
            )
            for row in rows:
                stream.datagrams += 1
                yield row
        except OSError as error:
            raise CaptureError(f"{path}: cannot be read: {error.strerror}; name a capture or a raw datagram") from error


def report(collector: Collector, stream: CaptureStream, problems: Sequence[str] = ()) -> dict[str, Any]:
    """What was read, as the command's JSON has it."""
    totals, exporters = collector.totals, collector.exporters
    rows = zip(collector.lookup.codes, totals.bytes.sum(axis=2).tolist(), strict=True)
    return {
        "datagrams": stream.datagrams,
        "records": sum(exporter.records for exporter in exporters.values()),
        "packets": totals.through_packets,
        "bytes": totals.through,
        "sampled": {"packets": totals.sampled_packets, "bytes": totals.sampled},
        "opd": {code: {"receive_bytes": row[RECEIVE], "transmit_bytes": row[TRANSMIT]} for code, row in rows},
        "unassigned_bytes": totals.unassigned,
        "events_without_bytes": totals.events,
        "lost_records": sum(exporter.lost for exporter in exporters.values()),
        "held_sets": sum(len(exporter.pending.sets) for exporter in exporters.values()),
        "undecoded_sets": sum(exporter.undecoded for exporter in exporters.values()),
        "refused_datagrams": sum(collector.refused.values())
        + sum(exporter.malformed for exporter in exporters.values()),
        "exporters": {source: _row(exporter) for source, exporter in exporters.items()},
        "problems": [
            *problems,
            *_frame_problems(stream),
            *_opd_to_opd_problems(collector),
            *_unassigned_problems(collector),
            *_exporter_problems(exporters.items()),
        ],
    }


def _of_capture(path: Path, stream: CaptureStream) -> Iterator[DatagramRow]:
    for frame in frames(path):
        content = _datagram(path, frame)
        stream.read = frame.seconds
        if not isinstance(content, UnreadFrame):
            yield content.data, content.source, content.port
        elif not content.quiet:
            key = (str(path), content.reason)
            stream.unread[key] += 1
            stream.first.setdefault(key, frame.offset)


def _datagram(path: Path, frame: CaptureFrame) -> Any:
    if frame.link not in LINKS:
        readable = ", ".join(str(number) for number in sorted(LINKS))
        raise CaptureError(
            f"{path}: offset {frame.offset}: link type {frame.link} is not read ({readable} are); "
            "capture on an Ethernet interface, or with tcpdump -i any"
        )
    return datagram(frame.link, frame.data)


def _messages(path: Path) -> Iterator[bytes]:
    """The IPFIX messages of a file of them (RFC 5655); of any other file its whole content as one datagram."""
    with path.open("rb") as file:
        head = file.read(_IPFIX_HEADER)
        if int.from_bytes(head[:2], "big") != _IPFIX or path.stat().st_size == int.from_bytes(head[2:4], "big"):
            yield _raw(path)
            return
        while head:
            size = int.from_bytes(head[2:4], "big")
            if len(head) < _IPFIX_HEADER or int.from_bytes(head[:2], "big") != _IPFIX or size < _IPFIX_HEADER:
                # No message: what is left is counted as a datagram that makes no sense.
                yield head + file.read(LARGEST_DATAGRAM - len(head))
                return
            yield head + file.read(size - _IPFIX_HEADER)
            head = file.read(_IPFIX_HEADER)


def _raw(path: Path) -> bytes:
    with path.open("rb") as file:
        # One byte more than a datagram can have tells that the file is something else.
        data = file.read(LARGEST_DATAGRAM + 1)
    if len(data) > LARGEST_DATAGRAM:
        raise CaptureError(
            f"{path}: offset {LARGEST_DATAGRAM}: no pcap, no pcapng, and longer than a datagram ({LARGEST_DATAGRAM} "
            "bytes); capture with tcpdump -w, or write one UDP payload to a file"
        )
    return data


def _row(exporter: FlowExporter) -> dict[str, Any]:
    return {
        "datagrams": exporter.datagrams,
        "records": exporter.records,
        "lost_records": exporter.lost,
        "held_sets": len(exporter.pending.sets),
        "undecoded_sets": exporter.undecoded,
        "refused_datagrams": exporter.malformed,
        "duplicate_datagrams": exporter.copies,
        "longest_flow_seconds": exporter.longest_seconds,
    }


def _frame_problems(stream: CaptureStream) -> Iterator[str]:
    for (path, reason), number in stream.unread.items():
        advice = {"IP fragments": "let the exporter send datagrams below the MTU", "cut short": "capture with -s 0"}
        first = stream.first[path, reason]
        yield f"{path}: {number} frames left out: {reason} (the first at offset {first}); {advice[reason]}"


def _opd_to_opd_problems(collector: Collector) -> Iterator[str]:
    between = collector.totals.aside["internal"]
    if between and not any(exporter.settings.internal for exporter in collector.exporters.values()):
        yield f"{between} bytes from OPD to OPD are counted for none: declare internal: true for one of these exporters"


def _unassigned_problems(collector: Collector) -> Iterator[str]:
    totals = collector.totals
    if collector.lookup.codes and totals.unassigned * 2 > totals.through:
        yield (
            f"{totals.unassigned} of {totals.through} bytes belong to no OPD: does a prefix lack in the city file, "
            "or does the exporter tell no addresses after NAT (225, 226)"
        )


def _exporter_problems(exporters: Any) -> Iterator[str]:
    for source, exporter in exporters:
        if exporter.lost:
            yield f"{source}: {exporter.lost} records (v9: packets) are missing by its sequence numbers"
        if exporter.pending.sets:
            yield f"{source}: {len(exporter.pending.sets)} sets still wait for their template or rate; read that first"
        if exporter.undecoded:
            yield f"{source}: {exporter.undecoded} sets were thrown away, because their template never came in time"
        yield from _stream_problems(source, exporter)
        if exporter.unsampled:
            yield f"{source}: {exporter.unsampled} sets counted unsampled, for their rate never came: declare sampling"
        if exporter.undeclared_totals:
            yield f"{source}: it tells totals since a flow began, which are not counted: declare total_counts: true"
        if exporter.longest_seconds > _LONGEST_FLOW:
            yield f"{source}: a record tells of {exporter.longest_seconds:.0f} s: set its active timeout to 60 s"
        yield from _meaning_problems(source, exporter)
        for version in sorted(exporter.unread_versions):
            yield f"{source}: it sends NetFlow version {version}, which is not read: have it send version 9"
        if exporter.malformed:
            yield f"{source}: {exporter.malformed} datagrams or templates make no sense and were refused"


def _stream_problems(source: str, exporter: FlowExporter) -> Iterator[str]:
    """What its datagrams say of who sends them, and how often."""
    if exporter.copies:
        yield f"{source}: {exporter.copies} datagrams came twice and count once: is there a second way or a mirror"
    if exporter.sockets:
        ports = sorted({port for domain in exporter.domains.values() for port in domain.ports})
        yield (
            f"{source}: several exporters send from this address, told apart by their UDP ports "
            f"({', '.join(map(str, ports[:_SHOWN_PORTS]))}): give each its own address, or its own source id"
        )
    if exporter.untold:
        yield (f"{source}: {exporter.untold} sets were decoded by a template of before it began anew: none came since")


def _meaning_problems(source: str, exporter: FlowExporter) -> Iterator[str]:
    """What records mean by their counters."""
    if exporter.absurd:
        yield f"{source}: {exporter.absurd} records are set aside: no network carries what they count; ask its vendor"
    if exporter.layer2:
        yield f"{source}: {exporter.layer2} records tell octets of layer 2 (352), which are counted as they are"
    if exporter.both_ways > 0:
        counted = "counted so" if exporter.settings.out_bytes == "reverse" else "only IN_BYTES are counted"
        yield f"{source}: its IN_BYTES and OUT_BYTES are two directions, {counted}: declare out_bytes: reverse"
