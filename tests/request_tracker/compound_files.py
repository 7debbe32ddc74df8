"""Compound files (MS-CFB), the container of .doc: streams by name in, the bytes of one out. No library writes them."""

import struct
from collections.abc import Mapping

SECTOR = 512
# What holds a stream's own sectors starts at this size; smaller ones would need a second table (MS-CFB 2.4).
CUT_OFF = 4096
END, FREE, FAT, NOTHING = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5


def compound(streams: Mapping[str, bytes], storages: Mapping[str, Mapping[str, bytes]] | None = None) -> bytes:
    """A container with these streams, and with storages that hold streams themselves."""
    table: list[int] = []
    sectors: list[bytes] = []
    entries: list[bytes] = []

    def put(content: bytes) -> int:
        start, padded = len(sectors), content.ljust(max(CUT_OFF, -(-len(content) // SECTOR) * SECTOR), b"\0")
        pieces = [padded[at : at + SECTOR] for at in range(0, len(padded), SECTOR)]
        sectors.extend(pieces)
        table.extend([*range(start + 1, start + len(pieces)), END])
        return start

    def entry(name: str, kind: int, right: int = NOTHING, child: int = NOTHING, content: bytes | None = None) -> bytes:
        written = name.encode("utf-16-le")
        size = max(CUT_OFF, len(content)) if content is not None else 0
        start = put(content) if content is not None else END if kind == ROOT else 0
        head = written.ljust(64, b"\0") + struct.pack("<HBB", len(written) + 2, kind, 1)
        return head + struct.pack("<III", NOTHING, right, child) + b"\0" * 36 + struct.pack("<IQ", start, size)

    outer = [*streams, *(storages or {})]
    inner_at = 1 + len(outer)
    inner: list[bytes] = []
    for place, name in enumerate(outer, 1):
        right = place + 1 if place < len(outer) else NOTHING
        if name in streams:
            entries.append(entry(name, STREAM, right, content=streams[name]))
            continue
        members = list((storages or {})[name].items())
        first = inner_at + len(inner)
        entries.append(entry(name, STORAGE, right, child=first if members else NOTHING))
        for number, (member, content) in enumerate(members):
            beside = first + number + 1 if number + 1 < len(members) else NOTHING
            inner.append(entry(member, STREAM, beside, content=content))
    directory = b"".join([entry("Root Entry", ROOT, child=1 if outer else NOTHING), *entries, *inner])
    place = put(directory)
    table.append(FAT)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    assert len(fat) == SECTOR, "one table of sectors is enough for a test"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIIII", 0, 1, place, 0, CUT_OFF, END, 0, END, 0, len(sectors))
    return head.ljust(SECTOR, b"\xff") + b"".join(sectors) + fat
