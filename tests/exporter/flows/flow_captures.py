"""Writes pcap and pcapng files for the tests: datagrams in, files with every link layer out."""

import struct
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address

ROUTER, ROUTER6 = "10.255.0.1", "2001:db8:ffff::1"
ETHERNET, MACS = 1, bytes(12)


def udp(data: bytes, port: int = 2055) -> bytes:
    return struct.pack("!HHHH", 50_000, port, 8 + len(data), 0) + data


def ip4(data: bytes, source: str = ROUTER, fragment: int = 0, protocol: int = 17, options: bytes = b"") -> bytes:
    size, words = 20 + len(options) + len(data), 5 + len(options) // 4
    head = struct.pack("!BBHHHBBH", 0x40 | words, 0, size, 1, fragment, 64, protocol, 0)
    return head + ip_address(source).packed + ip_address("10.99.0.5").packed + options + data


def ip6(data: bytes, source: str = ROUTER6, protocol: int = 17) -> bytes:
    head = struct.pack("!IHBB", 0x60000000, len(data), protocol, 64)
    return head + ip_address(source).packed + ip_address("2001:db8:99::5").packed + data


def ethernet(packet: bytes, *tags: int) -> bytes:
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    shown = b"".join(struct.pack("!HH", tag, 100) for tag in tags)
    return MACS + shown + struct.pack("!H", kind) + packet


LAYERS: Mapping[str, tuple[int, Callable[[bytes], bytes]]] = {
    "Ethernet": (1, lambda data: ethernet(ip4(udp(data))) + bytes(6)),
    "VLAN": (1, lambda data: ethernet(ip4(udp(data)), 0x8100)),
    "QinQ": (1, lambda data: ethernet(ip4(udp(data)), 0x88A8, 0x8100)),
    "IPv6": (1, lambda data: ethernet(ip6(udp(data)))),
    "IPv6 with a hop-by-hop header": (1, lambda data: ethernet(ip6(b"\x11\0" + bytes(6) + udp(data), protocol=0))),
    "IPv4 with options": (1, lambda data: ethernet(ip4(udp(data), options=bytes(8)))),
    "raw IP": (101, lambda data: ip4(udp(data))),
    "raw IPv6": (229, lambda data: ip6(udp(data))),
    "old raw IP": (12, lambda data: ip4(udp(data))),
    "Linux cooked": (113, lambda data: bytes(14) + b"\x08\0" + ip4(udp(data))),
    "Linux cooked with VLAN": (113, lambda data: bytes(14) + b"\x81\0\0\x64\x08\0" + ip4(udp(data))),
    "Linux cooked 2": (276, lambda data: b"\x08\0" + bytes(18) + ip4(udp(data))),
    "Linux cooked 2 with VLAN": (276, lambda data: b"\x81\0" + bytes(18) + b"\0\x64\x08\0" + ip4(udp(data))),
    "BSD loopback": (0, lambda data: struct.pack("<I", 2) + ip4(udp(data))),
    "OpenBSD loopback": (108, lambda data: struct.pack(">I", 24) + ip6(udp(data))),
}


def pcap(
    frames: Sequence[bytes],
    link: int = ETHERNET,
    order: str = "<",
    nano: bool = False,
    step: int = 1,
    every: float | None = None,
) -> bytes:
    """``step``: whole seconds between two frames; ``every``: seconds, where they are no whole ones (microseconds)."""
    moments = [n * step if every is None else n * every for n in range(len(frames))]
    head = struct.pack(f"{order}IHHIIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 262_144, link)
    rows = (
        struct.pack(f"{order}IIII", 1_795_000_000 + int(at), round(at % 1 * 10**6), len(frame), len(frame)) + frame
        for at, frame in zip(moments, frames, strict=True)
    )
    return head + b"".join(rows)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(f"{order}I", 12 + len(body))
    return struct.pack(f"{order}I", kind) + size + body + size


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def pcapng(frames: Sequence[bytes], link: int = ETHERNET, order: str = "<", nano: bool = False) -> bytes:
    options = struct.pack(f"{order}HHB3xHH", 9, 1, 9, 0, 0) if nano else b""
    parts = [section(order), block(1, struct.pack(f"{order}HHI", link, 0, 0) + options, order)]
    for n, frame in enumerate(frames):
        ticks = (1_795_000_000 + n) * (10**9 if nano else 10**6)
        head = struct.pack(f"{order}IIIII", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(frame), len(frame))
        parts.append(block(6, head + frame, order))
    return b"".join(parts)
