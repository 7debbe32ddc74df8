"""ICMP echo (RFC 792, RFC 4443): addresses in, who answered and how fast out. Sends nothing but echo requests.

A raw socket where it is permitted, else the kernel's ping socket (``net.ipv4.ping_group_range``). Identifier,
sequence and source address of every answer are checked; anything else is passed over. What reading raises is kept in
``faults``, which a job of the watch tells.
"""

import asyncio
import os
import socket
import struct
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address

from exporter.errors import ExporterError
from inventory.model import Address
from runtime.jobs import Faults

# Echo request by IP version (RFC 792, RFC 4443 section 4.1).
_REQUEST = {4: 8, 6: 128}
# Echo reply by IP version (RFC 792, RFC 4443 section 4.2).
_REPLY = {4: 0, 6: 129}
_PAYLOAD = b"lebarpita-watch-"
# All answers of a round may come at once; Linux charges less than 1 KiB for a small datagram.
_BUFFER_BYTES = 4 * 2**20


@dataclass
class Prober:
    """Sockets for both families. Building it opens nothing; ``start`` does, ``stop`` undoes."""

    sent: dict[tuple[Address, int], float] = field(default_factory=dict)
    times: dict[Address, float] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    _sockets: dict[int, tuple[socket.socket, bool]] = field(default_factory=dict)
    _identifier: int = field(default_factory=lambda: os.getpid() & 0xFFFF)

    def start(self, versions: Iterable[int]) -> None:
        """Open a socket per IP version. Raises ExporterError where the kernel permits none."""
        for version in set(versions):
            handle, raw = _open(version)
            self._sockets[version] = (handle, raw)
            asyncio.get_running_loop().add_reader(handle, self._receive, version)

    def stop(self) -> None:
        """Close the sockets."""
        for handle, _ in self._sockets.values():
            asyncio.get_running_loop().remove_reader(handle)
            handle.close()
        self._sockets.clear()

    def begin(self) -> None:
        """Forget the last round: only answers to what is sent from now on count."""
        self.sent.clear()
        self.times.clear()

    def ask(self, addresses: Iterable[Address], sequence: int) -> None:
        """Send one echo request to each address. An address the kernel has no way to is simply not answered."""
        for address in addresses:
            handle, raw = self._sockets[address.version]
            self.sent[address, sequence] = time.monotonic()
            with suppress(OSError):
                handle.sendto(_request(address.version, self._identifier, sequence, raw), (str(address), 0))

    def _receive(self, version: int) -> None:
        handle, raw = self._sockets[version]
        # The loop calls again while anything waits; what this raises would only be a line of its log.
        with self.faults.noted(), suppress(BlockingIOError):
            while True:
                try:
                    # Longer than any answer to our echo: payload, ICMP and IP headers.
                    data, source = handle.recvfrom(2048)
                # A ping socket is told of an ICMP "unreachable" by the next call; the answers behind it still wait.
                except ConnectionError:
                    continue
                self._take(version, raw, data, source[0])

    def _take(self, version: int, raw: bool, data: bytes, source: str) -> None:
        now = time.monotonic()
        # A raw IPv4 socket gives the IP header too; IHL counts it in words of four bytes (RFC 791).
        body = data[(data[0] & 15) * 4 :] if version == 4 and raw and data else data
        if len(body) < 8:
            return
        kind, _, _, identifier, sequence = struct.unpack_from("!BBHHH", body)
        if kind != _REPLY[version] or (raw and identifier != self._identifier):
            return
        # A link-local source comes with its interface behind a per cent sign.
        address = ip_address(source.split("%")[0])
        sent_at = self.sent.get((address, sequence))
        # The first answer of a round counts; a duplicate would lengthen the round trip.
        if sent_at is not None and address not in self.times:
            self.times[address] = now - sent_at


def _open(version: int) -> tuple[socket.socket, bool]:
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    protocol = socket.IPPROTO_ICMP if version == 4 else socket.IPPROTO_ICMPV6
    # Raw first: a ping socket sends no more than its group may, and its identifiers are the kernel's.
    for kind, raw in ((socket.SOCK_RAW, True), (socket.SOCK_DGRAM, False)):
        try:
            handle = socket.socket(family, kind, protocol)
        except PermissionError:
            continue
        except OSError as error:
            raise ExporterError(f"watch: ICMP over IPv{version} cannot be had: {error.strerror}") from error
        handle.setblocking(False)
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        return handle, raw
    raise ExporterError(
        "watch: ICMP is not permitted; give the service CAP_NET_RAW (AmbientCapabilities=CAP_NET_RAW)"
        " or widen net.ipv4.ping_group_range"
    )


def _request(version: int, identifier: int, sequence: int, raw: bool) -> bytes:
    head = struct.pack("!BBHHH", _REQUEST[version], 0, 0, identifier, sequence)
    # The kernel writes the checksum itself: for ICMPv6 because it covers the addresses too (RFC 3542, 3.1), for a ping
    # socket because it also puts its own identifier into the head.
    if version == 6 or not raw:
        return head + _PAYLOAD
    checksum = _checksum(head + _PAYLOAD)
    return struct.pack("!BBHHH", _REQUEST[version], 0, checksum, identifier, sequence) + _PAYLOAD


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071) of an even number of bytes."""
    words: tuple[int, ...] = struct.unpack(f"!{len(data) // 2}H", data)
    total = sum(words)
    # Carries are added in twice: the first fold may make another one.
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
