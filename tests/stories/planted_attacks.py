"""Runs in a node of the lab (``python planted_attacks.py KIND``): the packets of an attack, through its kernel.

Half of each is above its bound (``attack_signs``), so that a minute's end in the middle of one hides none.
"""

import asyncio
import socket
import struct
import sys
import time
from ipaddress import ip_address

SCAN_TARGETS, SCAN_PORTS, FLOOD_SOURCES, MAIL_SERVERS = 260, 260, 2_400, 80
SCANNED, PROBED, MAILED = "198.18.16.0", "198.18.15.9", "198.18.14.0"
"""Networks of nobody behind the lab's ISP (RFC 2544); those that mail goes to it has for the time of the story."""
SPOOFED = {"udp": "198.19.0.0", "syn": "198.19.64.0"}
UDP_PORT, SYN_PORT, SCAN_PORT, MAIL_PORT = 7777, 8080, 22, 25
MAIL = b"MAIL FROM:<a@b.example>\r\n" + b"." * 6000
SYN = 0x02
# A thousandth of a second: no queue of the lab holds two thousand packets at once.
PAUSE = 0.001


def addresses(network: str, number: int) -> list[str]:
    return [str(ip_address(network) + 1 + place) for place in range(number)]


def checksum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f"!{len(data) // 2}H", data)
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def packet(source: str, target: str, protocol: int, load: bytes) -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(load), 1, 0, 64, protocol, 0)
    return head + ip_address(source).packed + ip_address(target).packed + load


def syn(source: str, target: str, own: int, port: int) -> bytes:
    """A SYN without options."""
    head = struct.pack("!HHIIBBHHH", own, port, own, 0, 5 << 4, SYN, 65_000, 0, 0)
    false = ip_address(source).packed + ip_address(target).packed + struct.pack("!HH", 6, len(head))
    return packet(source, target, 6, head[:16] + struct.pack("!H", checksum(false + head)) + head[18:])


def datagram(source: str, target: str) -> bytes:
    """UDP without a checksum (0: none)."""
    return packet(source, target, 17, struct.pack("!HHHH", 50_000, UDP_PORT, 8, 0))


def send(packets: list[tuple[bytes, str]]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
        for content, target in packets:
            sender.sendto(content, (target, 0))
            time.sleep(PAUSE)


async def deliver(target: str) -> None:
    reader, writer = await asyncio.open_connection(target, MAIL_PORT)
    await reader.readline()
    writer.write(MAIL)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def take_mail() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220\r\n")
        await reader.read(-1)
        writer.close()

    server = await asyncio.start_server(serve, "0.0.0.0", MAIL_PORT)
    print("ready", flush=True)
    await server.serve_forever()


async def deliver_all() -> None:
    await asyncio.gather(*(deliver(target) for target in addresses(MAILED, MAIL_SERVERS)))


def attack(kind: str, own: str) -> None:
    """``own``: the node's address, or of a flood the host that suffers it."""
    if kind == "scan":
        send([(syn(own, target, 50_000, SCAN_PORT), target) for target in addresses(SCANNED, SCAN_TARGETS)])
    elif kind == "ports":
        send([(syn(own, PROBED, 50_000, port), PROBED) for port in range(1, SCAN_PORTS + 1)])
    elif kind == "udp":
        send([(datagram(source, own), own) for source in addresses(SPOOFED[kind], FLOOD_SOURCES)])
    elif kind == "syn":
        send([(syn(source, own, 50_000, SYN_PORT), own) for source in addresses(SPOOFED[kind], FLOOD_SOURCES)])
    else:
        asyncio.run(take_mail() if kind == "servers" else deliver_all())


if __name__ == "__main__":
    attack(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
