"""Makes sFlow v5 datagrams for the tests: samples in, bytes out."""

import struct
from ipaddress import ip_address


def sflow(*samples: bytes, sequence: int = 0, agent: str = "10.255.0.1") -> bytes:
    address = ip_address(agent)
    head = struct.pack("!II", 5, 1 if address.version == 4 else 2) + address.packed
    return head + struct.pack("!IIII", 0, sequence, 1000, len(samples)) + b"".join(samples)


def part(kind: int, content: bytes) -> bytes:
    return struct.pack("!II", kind, len(content)) + content + bytes(-len(content) % 4)


def sample(
    *records: bytes, rate: int = 100, incoming: int = 3, outgoing: int = 4, drops: int = 0, source: int = 7
) -> bytes:
    head = struct.pack("!8I", 1, source, rate, 1000, drops, incoming, outgoing, len(records))
    return part(1, head + b"".join(records))


def expanded(*records: bytes, rate: int = 100, output_format: int = 0, outgoing: int = 4) -> bytes:
    head = struct.pack("!11I", 1, 0, 7, rate, 1000, 0, 0, 3, output_format, outgoing, len(records))
    return part(3, head + b"".join(records))


def header(frame: bytes, protocol: int = 1, length: int | None = None, keep: int = 128) -> bytes:
    kept = frame[:keep]
    size = len(frame) + 4 if length is None else length
    return part(1, struct.pack("!IIII", protocol, size, 4, len(kept)) + kept)


def sampled(source: str, target: str, size: int) -> bytes:
    ends = ip_address(source).packed + ip_address(target).packed
    return part(3 if len(ends) == 8 else 4, struct.pack("!II", size, 6) + ends + struct.pack("!IIII", 443, 5000, 0, 0))


def counters(number: int, receive: int, transmit: int, wide: bool = False) -> bytes:
    body = struct.pack("!IIQII", number, 6, 10**9, 1, 3) + struct.pack("!Q6I", receive, *range(6))
    head = struct.pack("!IIII", 1, 0, number, 1) if wide else struct.pack("!III", 1, number, 1)
    return part(4 if wide else 2, head + part(1, body + struct.pack("!Q6I", transmit, *range(6))))
