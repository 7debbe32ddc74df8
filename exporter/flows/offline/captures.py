"""Capture files in, their frames out: pcap (both byte orders, micro- and nanoseconds) and pcapng.

Reads from the beginning to the end, one frame in memory. Raises CaptureError naming the file, the offset and the next
step; whatever a frame says of its length is checked before it is read.
"""

import struct
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, NamedTuple

from exporter.errors import ExporterError

# No link has frames of a megabyte; what claims so is a broken file, and nothing is read by its word.
LARGEST_FRAME = 1 << 20

# Magic numbers of pcap and the unit of their times: micro- and nanoseconds (draft-ietf-opsawg-pcap).
_PCAP = {0xA1B2C3D4: 1e-6, 0xA1B23C4D: 1e-9}

# First bytes of gzip, zstd and xz.
_COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zX")

# Block types and options of pcapng (draft-ietf-opsawg-pcapng 4): if_tsresol is option 9, if_tsoffset 14.
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_BYTE_ORDER, _RESOLUTION, _SECONDS_AHEAD = 0x1A2B3C4D, 9, 14


class CaptureError(ExporterError):
    """A file that is no capture, or a broken one."""


class CaptureFrame(NamedTuple):
    """A frame as it was on the line: its link type, its bytes, when it came (seconds), and its offset in the file."""

    link: int
    data: bytes
    seconds: float
    offset: int
    cut: bool


class _CaptureInterface(NamedTuple):
    link: int
    unit: float
    ahead: int
    snap: int


def is_capture(head: bytes) -> bool:
    """True where a file's first four bytes are those of a pcap or pcapng, or of either compressed."""
    numbers = {int.from_bytes(head[:4], "big"), int.from_bytes(head[:4], "little")}
    return len(head) >= 4 and (bool(numbers & {*_PCAP, _SECTION}) or head.startswith(_COMPRESSED))


def frames(path: Path) -> Iterator[CaptureFrame]:
    """Every frame of a capture, in its order. Raises CaptureError."""
    with path.open("rb") as file:
        head = file.read(4)
        file.seek(0)
        if int.from_bytes(head, "big") == _SECTION:
            yield from _pcapng(file, path)
        elif head.startswith(_COMPRESSED):
            raise CaptureError(
                f"{path}: offset 0: {head.hex()} is a compressed file; unpack it first (gunzip, unzstd, unxz)"
            )
        elif is_capture(head):
            yield from _pcap(file, path)
        else:
            raise CaptureError(f"{path}: offset 0: {head.hex()} begins no pcap or pcapng; capture with tcpdump -w")


def _read(file: BinaryIO, size: int, path: Path, what: str) -> bytes:
    offset = file.tell()
    data = file.read(size)
    if len(data) < size:
        raise CaptureError(
            f"{path}: offset {offset}: {what} ends after {len(data)} of {size} bytes; the file is cut short: "
            "copy it again, or capture with tcpdump -U -w"
        )
    return data


def _pcap(file: BufferedReader, path: Path) -> Iterator[CaptureFrame]:
    head = _read(file, 24, path, "the pcap header")
    order = ">" if int.from_bytes(head[:4], "big") in _PCAP else "<"
    # The header's rest: version, time zone, accuracy (all of no use today), snap length.
    magic, link = struct.unpack(f"{order}I16xI", head)
    # peek tells the end from a cut record: only behind a whole one may the file end.
    while file.peek(1):
        offset = file.tell()
        seconds, part, size, original = struct.unpack(f"{order}IIII", _read(file, 16, path, "a record header"))
        _check_size(size, path, offset)
        data = _read(file, size, path, "a record")
        # The upper four bits of the link type tell of a frame check sequence.
        yield CaptureFrame(link & 0x0FFFFFFF, data, seconds + part * _PCAP[magic], offset, size < original)


def _pcapng(file: BufferedReader, path: Path) -> Iterator[CaptureFrame]:
    order, interfaces = "<", list[_CaptureInterface]()
    while file.peek(1):
        offset = file.tell()
        head = _read(file, 8, path, "a block header")
        if int.from_bytes(head[:4], "big") == _SECTION:
            # Each section has its own byte order and counts its interfaces from 0; joined files have several.
            order, interfaces = _order(_read(file, 4, path, "a section header"), path, offset), []
            file.seek(offset + 8)
        kind, size = struct.unpack(f"{order}II", head)
        if size < 12 or size % 4:
            raise CaptureError(f"{path}: offset {offset}: a block of length {size}; the file is broken: capture anew")
        _check_size(size - 12, path, offset)
        body = _read(file, size - 12, path, "a block")
        # pcapng repeats the length at the end of each block, so that a file can be read backwards.
        if struct.unpack(f"{order}I", _read(file, 4, path, "a block"))[0] != size:
            raise CaptureError(f"{path}: offset {offset}: a block's two lengths differ; the file is broken: copy anew")
        try:
            if kind == _INTERFACE:
                interfaces.append(_interface(body, order))
            elif kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
                yield _frame(kind, body, order, interfaces, offset)
        except (struct.error, IndexError) as error:
            raise CaptureError(
                f"{path}: offset {offset}: a block of type {kind} makes no sense; capture anew"
            ) from error


def _check_size(size: int, path: Path, offset: int) -> None:
    if size > LARGEST_FRAME:
        raise CaptureError(
            f"{path}: offset {offset}: a record of {size} bytes; at most {LARGEST_FRAME}: the file is broken: copy anew"
        )


def _order(magic: bytes, path: Path, offset: int) -> str:
    for order in "<>":
        if struct.unpack(f"{order}I", magic)[0] == _BYTE_ORDER:
            return order
    raise CaptureError(f"{path}: offset {offset + 8}: {magic.hex()} is no byte order of pcapng; capture anew")


def _interface(body: bytes, order: str) -> _CaptureInterface:
    link, snap = struct.unpack_from(f"{order}H2xI", body)
    unit, ahead, place = 1e-6, 0, 8
    while place + 4 <= len(body):
        code, size = struct.unpack_from(f"{order}HH", body, place)
        if code == _RESOLUTION and size == 1:
            exponent = body[place + 4]
            # A negative power of two where the high bit is set, else of ten.
            unit = 2.0 ** -(exponent & 0x7F) if exponent & 0x80 else 10.0**-exponent
        elif code == _SECONDS_AHEAD and size == 8:
            ahead = struct.unpack_from(f"{order}q", body, place + 4)[0]
        elif code == 0:
            break
        place += 4 + (size + 3) // 4 * 4
    return _CaptureInterface(link, unit, ahead, snap)


def _frame(kind: int, body: bytes, order: str, interfaces: list[_CaptureInterface], offset: int) -> CaptureFrame:
    if kind == _SIMPLE_PACKET:
        interface, (original,), place, seconds = interfaces[0], struct.unpack_from(f"{order}I", body), 4, 0.0
        # A simple packet has no time and no captured length: the interface's snap length says what there is.
        size = min(original, interface.snap or original, len(body) - 4)
    else:
        # The obsolete packet block has 16 bits of interface and 16 of drops where the enhanced one has 32 of interface.
        first = "HH" if kind == _OLD_PACKET else "I"
        # Times are 64 bits in two words of 32, the upper first whatever the byte order.
        number, *_, high, low, size, original = struct.unpack_from(f"{order}{first}IIII", body)
        interface, place = interfaces[number], 20
        seconds = ((high << 32) | low) * interface.unit + interface.ahead
    if place + size > len(body):
        raise IndexError
    return CaptureFrame(interface.link, body[place : place + size], seconds, offset, size < original)
