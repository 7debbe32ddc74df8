"""The counters of now, where a killed collector finds them again: a collector in, two files in turn out, and back.

Written after the batches and before every page: what was once shown never goes back, which Prometheus would read as a
counter that began anew and count whole. Each file holds all counters, its number and a checksum, so that one that was
being written when the process was killed is seen to be half, and the other one stands.

A machine that went down may keep counters older than the last page: then all begin at zero, which Prometheus
understands. Files that cannot be read are set aside under another name with a clear line; nothing is deleted.
"""

import json
import logging
import os
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exporter.flows.account.collector import Collector
from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.express_settling import add_unsettled, unsettled_rows, unsettled_text
from exporter.flows.account.loss import SequenceTracker
from exporter.flows.account.pipeline import lane_of
from exporter.flows.account.totals import SCOPES
from exporter.flows.keep.exporter_texts import ExporterTexts, with_parts
from runtime.files import set_aside

log = logging.getLogger(__name__)
_BOOT = Path("/proc/sys/kernel/random/boot_id")

# A file: magic, number of the writing, length of the text (JSON), length of text and counters together; the text, the
# OPDs' bytes and packets as words, CRC-32 of all before it. Little-endian whatever the machine.
_HEAD, _SUM = struct.Struct("<8sQII"), struct.Struct("<I")
_MAGIC = b"lebarp01"
_WORD = np.dtype("<u8")


@dataclass(frozen=True)
class CounterFile:
    """One file's content. ``text``: all but the OPDs' counters, whose words stand in ``opds``."""

    number: int
    text: dict[str, Any]
    opds: bytes


class CounterFiles:
    """The two files ``NAME.0`` and ``NAME.1``. Not for several threads: the collector's lock guards it too.

    ``failure``: why the last writing failed; None where it did not.
    """

    def __init__(self, collector: Collector, path: Path) -> None:
        self._collector, self._paths = collector, tuple(path.with_name(f"{path.name}.{turn}") for turn in (0, 1))
        self._files, self._texts = [-1, -1], exporter_texts()
        self._boot = boot()
        self.failure: OSError | None = None
        self.number = 0

    def load(self) -> bool:
        """Go on where the last run was; False where there is nothing to go on from (all counters are at zero)."""
        whole = [file for path in self._paths if (file := _read_or_aside(path)) is not None]
        if not whole:
            return False
        newest = max(whole, key=lambda file: file.number)
        self.number = newest.number
        try:
            # A file of another boot that did not end in good order may be older than the last page: see the module's
            # docstring.
            _restore(self._collector, newest, anew=not newest.text["ended"] and newest.text["boot"] != self._boot)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            for path in self._paths:
                set_aside(path, repr(error))
            return False
        return True

    def write(self, ended: bool = False) -> None:
        """Write all counters. A file that cannot be written is logged once; counting goes on."""
        # In turn, so that the file which is not being written is always whole.
        self.number += 1
        turn = self.number % 2
        try:
            if self._files[turn] < 0:
                self._paths[turn].parent.mkdir(parents=True, exist_ok=True)
                # Kept open, and written in place without a rename: it happens twenty times a second, and kill -9 loses
                # no page cache.
                self._files[turn] = os.open(self._paths[turn], os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o640)
            content = file_bytes(self._collector, self.number, self._boot, ended, self._texts)
            _write_all(self._files[turn], content)
            self.failure = None
        except OSError as error:
            if self.failure is None:
                log.error("event=counters_not_kept path=%s reason=%s", self._paths[turn], error.strerror)
            self.failure = error

    def sync(self) -> None:
        """Have the system write them to the disk. Raises OSError."""
        for file in self._files:
            if file >= 0:
                # fdatasync: the content and, where it has grown, the size; the file's times are of no use to anybody.
                os.fdatasync(file)

    def close(self) -> None:
        """Leave the files as they are."""
        for turn, file in enumerate(self._files):
            if file >= 0:
                os.close(file)
                self._files[turn] = -1


def boot() -> str:
    """What the kernel calls this run of the machine; empty where it does not tell."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def exporter_texts() -> ExporterTexts:
    """The exporters' part of a file."""
    # None of the three ever falls.
    return ExporterTexts(_exporter, lambda those: [each.changes + each.moves + each.lost_shown for each in those])


def file_bytes(
    collector: Collector, number: int, boot_id: str, ended: bool, texts: ExporterTexts | None = None
) -> bytes:
    """One file's bytes; ``texts``: those of the files before. What a lane has not settled yet stands in it apart."""
    totals, lane = collector.totals, lane_of(collector)
    text = {
        "boot": boot_id,
        "ended": ended,
        "codes": collector.lookup.codes,
        "unassigned": totals.unassigned,
        "events": totals.events,
        "through": [totals.through, totals.through_packets, totals.sampled, totals.sampled_packets],
        "aside": totals.aside,
        "refused": collector.refused,
    }
    waits = {}
    if lane is not None and (unsettled := unsettled_text(lane.tables)):
        waits = {"streams": lane.tables.names_text(), "unsettled": json.dumps(unsettled)}
    encoded = with_parts(text, **waits, exporters=(texts or exporter_texts()).of(collector.exporters))
    body = b"".join((encoded, totals.bytes.astype(_WORD).tobytes(), totals.packets.astype(_WORD).tobytes()))
    content = _HEAD.pack(_MAGIC, number, len(encoded), len(body)) + body
    return content + _SUM.pack(zlib.crc32(content))


def read(content: bytes) -> CounterFile:
    """A file's content. Raises ValueError where it is not whole."""
    if len(content) < _HEAD.size + _SUM.size:
        raise ValueError(f"{len(content)} bytes are too few")
    magic, number, text, length = _HEAD.unpack_from(content)
    end = _HEAD.size + length
    # Longer is allowed: a shorter writing leaves the tail of a longer one behind it.
    if magic != _MAGIC or len(content) < end + _SUM.size:
        raise ValueError(f"{len(content)} bytes are not the whole of it")
    if _SUM.unpack_from(content, end)[0] != zlib.crc32(content[:end]):
        raise ValueError("the checksum does not fit")
    body = content[_HEAD.size : end]
    return CounterFile(number, json.loads(body[:text]), body[text:])


def _exporter(exporter: FlowExporter) -> list[Any]:
    streams = [
        [
            domain.version,
            domain.number,
            domain.sequence.expected,
            domain.sequence.lost,
            domain.sequence.restarts,
            *key[2:],
        ]
        for key, domain in exporter.domains.items()
    ]
    counts = [exporter.records, exporter.datagrams, exporter.undecoded, exporter.malformed]
    return [*counts, exporter.longest_seconds, exporter.lost_shown, streams]


def _write_all(file: int, content: bytes) -> None:
    place = 0
    while place < len(content):
        # pwrite may write less than it is given, on a disk that fills up.
        place += os.pwrite(file, content[place:], place)


def _read_or_aside(path: Path) -> CounterFile | None:
    """None where there is none, or where it is not whole (then it is set aside)."""
    try:
        return read(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        set_aside(path, error)
        return None


def _restore(collector: Collector, file: CounterFile, anew: bool) -> None:
    """``anew``: the machine went down; only where the streams stood is still of use."""
    text, codes = file.text, file.text["codes"]
    sizes = np.frombuffer(file.opds, _WORD).reshape(2, len(codes), 2, len(SCOPES)).astype(np.uint64)
    for source, (*counts, streams) in text["exporters"].items():
        exporter = collector.exporter(source)
        if exporter is None:
            continue
        _restore_streams(exporter, streams, anew)
        if not anew:
            _restore_counts(exporter, counts)
    for source, name, row in unsettled_rows(text.get("streams", ()), text.get("unsettled", "")):
        exporter = collector.exporters.get(source)
        if exporter is not None:
            add_unsettled(exporter, name, row, anew=anew)
    if anew:
        log.warning("event=counters_began_anew reason=%r", "the machine went down while the collector ran")
        return
    totals, numbers = collector.totals, {code: number for number, code in enumerate(collector.lookup.codes)}
    for place, code in enumerate(codes):
        if code in numbers:
            totals.bytes[numbers[code]], totals.packets[numbers[code]] = sizes[0, place], sizes[1, place]
    totals.unassigned, totals.events = int(text["unassigned"]), int(text["events"])
    totals.through, totals.through_packets, totals.sampled, totals.sampled_packets = map(int, text["through"])
    totals.aside.update(text["aside"])
    collector.refused.update(text["refused"])


def _restore_counts(exporter: FlowExporter, counts: Sequence[Any]) -> None:
    exporter.records, exporter.datagrams, exporter.pending.discards, exporter.malformed = map(int, counts[:4])
    exporter.longest_seconds, exporter.lost_shown = float(counts[4]), int(counts[5])


def _restore_streams(exporter: FlowExporter, streams: Sequence[Sequence[Any]], anew: bool) -> None:
    for version, number, expected, lost, restarts, *port in streams:
        domain = exporter.domains.get((version, number, *port))
        if domain is None:
            # One of a socket whose templates the slower file does not have yet: its next datagram makes it anew.
            if port:
                continue
            domain = exporter.domains[version, number] = ObservationDomain(version, number)
        domain.sequence = SequenceTracker(expected, *((0, 0) if anew else (lost, restarts)))
