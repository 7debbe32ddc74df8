"""ICMP echo (RFC 792, RFC 4443): addresses in, each answer with its sequence out. Sends nothing but echo requests.

A raw socket where it is permitted, else the kernel's ping socket (``net.ipv4.ping_group_range``). The identifier of
every answer is checked here, its sequence and source by whoever listens (``hear``). What reading raises is kept in
``faults``, which a job of the watch tells.
"""

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from exporter.errors import ExporterError
from exporter.watch.lines.large import PAYLOAD_BYTES
from inventory.model import Address
from runtime.jobs import Faults

# Echo request by IP version (RFC 792, RFC 4443 section 4.1).
_REQUEST = {4: 8, 6: 128}
# Echo reply by IP version (RFC 792, RFC 4443 section 4.2).
_REPLY = {4: 0, 6: 129}
# Type and code of "too large and not to be cut up" (RFC 792, RFC 4443 section 3.2).
_TOO_LARGE = {4: (3, 4), 6: (2, 0)}
_PAYLOAD = b"lebarpita-watch-"
# All answers of a round may come at once; Linux charges less than 1 KiB for a small datagram.
_BUFFER_BYTES = 4 * 2**20
# Filters of a raw socket (linux/icmp.h, linux/icmpv6.h): a set bit is a type that is not passed on. Without them a raw
# socket is woken for every ICMP message of the host, our own requests over the loopback included.
_RAW, _ICMP_FILTER, _ICMP6_FILTER = 255, 1, 1

# Never cut up on the way, whatever the kernel heard of the way's MTU: IP_MTU_DISCOVER (10) and IPV6_MTU_DISCOVER (23)
# to PMTUDISC_PROBE (linux/in.h, linux/in6.h).
_WHOLE = {4: (socket.IPPROTO_IP, 10, 3), 6: (socket.IPPROTO_IPV6, 23, 3)}

Hear = Callable[[str, int, float], None]


def _nobody(address: str, sequence: int, now: float) -> None:
    """Until somebody listens."""


@dataclass
class Prober:
    """Sockets for both families. Building it opens nothing; ``start`` does, ``stop`` undoes."""

    hear: Hear = _nobody
    faults: Faults = field(default_factory=Faults)
    _sockets: dict[int, tuple[socket.socket, bool]] = field(default_factory=dict)
    _identifier: int = field(default_factory=lambda: os.getpid() & 0xFFFF)

    def start(self, versions: Iterable[int]) -> None:
        """Open a socket per IP version that has none. Raises ExporterError where the kernel permits none."""
        for version in set(versions) - self._sockets.keys():
            handle, raw = _open(version)
            self._sockets[version] = (handle, raw)
            asyncio.get_running_loop().add_reader(handle, self._receive, version)

    def stop(self) -> None:
        """Close the sockets."""
        for handle, _ in self._sockets.values():
            asyncio.get_running_loop().remove_reader(handle)
            handle.close()
        self._sockets.clear()

    def ask(self, addresses: Iterable[Address], sequence: int, large: bool = False) -> None:
        """Send one echo request to each address. An address the kernel has no way to is simply not answered."""
        requests: dict[int, bytes] = {}
        for address in addresses:
            version = address.version
            handle, raw = self._sockets[version]
            if version not in requests:
                requests[version] = _request(version, (self._identifier, sequence), raw, large)
            with suppress(OSError):
                handle.sendto(requests[version], (str(address), 0))

    def _receive(self, version: int) -> None:
        handle, raw = self._sockets[version]
        # The loop calls again while anything waits; what this raises would only be a line of its log.
        with self.faults.noted(), suppress(BlockingIOError):
            while True:
                try:
                    # Longer than any answer to our echo: payload, ICMP and IP headers.
                    data, source = handle.recvfrom(2048)
                except ConnectionError:
                    # A ping socket is told of an ICMP "unreachable" by the next call; the answers behind it still wait.
                    continue
                self._take(version, raw, data, source[0])

    def _take(self, version: int, raw: bool, data: bytes, source: str) -> None:
        now = time.monotonic()
        # A raw IPv4 socket gives the IP header too; IHL counts it in words of four bytes (RFC 791).
        body = data[(data[0] & 15) * 4 :] if version == 4 and raw and data else data
        if len(body) < 8:
            return
        kind, code, _, identifier, sequence = struct.unpack_from("!BBHHH", body)
        if (kind, code) == _TOO_LARGE[version] and raw:
            self._too_large(version, body[8:], now)
        if kind != _REPLY[version] or (raw and identifier != self._identifier):
            return
        # A link-local source comes with its interface behind a per cent sign.
        self.hear(source.partition("%")[0], sequence, now)

    def _too_large(self, version: int, request: bytes, now: float) -> None:
        """Somebody says that our request, whose beginning he returns, is too large for him: that is an answer to it."""
        ends = (16, 20, (request[0] & 15) * 4) if version == 4 and request else (24, 40, 40)
        begin, end, header = ends
        if len(request) < header + 8:
            return
        identifier, sequence = struct.unpack_from("!HH", request, header + 4)
        if identifier == self._identifier:
            family = socket.AF_INET if version == 4 else socket.AF_INET6
            self.hear(socket.inet_ntop(family, request[begin:end]), sequence, now)


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
        handle.setsockopt(*_WHOLE[version])
        if raw:
            _filter(handle, version)
        return handle, raw
    raise ExporterError(
        "watch: ICMP is not permitted; give the service CAP_NET_RAW (AmbientCapabilities=CAP_NET_RAW)"
        " or widen net.ipv4.ping_group_range"
    )


def _filter(handle: socket.socket, version: int) -> None:
    """Let only echo replies and "too large" through."""
    words = [0xFFFFFFFF] * 8
    for kind in (_REPLY[version], _TOO_LARGE[version][0]):
        words[kind >> 5] ^= 1 << (kind & 31)
    if version == 4:
        handle.setsockopt(_RAW, _ICMP_FILTER, struct.pack("=I", words[0]))
    else:
        handle.setsockopt(socket.IPPROTO_ICMPV6, _ICMP6_FILTER, struct.pack("=8I", *words))


def _request(version: int, mark: tuple[int, int], raw: bool, large: bool) -> bytes:
    """An echo request with its identifier and sequence."""
    head = struct.pack("!BBHHH", _REQUEST[version], 0, 0, *mark)
    payload = _PAYLOAD.ljust(PAYLOAD_BYTES[version], b"-") if large else _PAYLOAD
    # The kernel writes the checksum itself: for ICMPv6 because it covers the addresses too (RFC 3542, 3.1), for a ping
    # socket because it also puts its own identifier into the head.
    if version == 6 or not raw:
        return head + payload
    return struct.pack("!BBHHH", _REQUEST[version], 0, _checksum(head + payload), *mark) + payload


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071) of an even number of bytes."""
    words: tuple[int, ...] = struct.unpack(f"!{len(data) // 2}H", data)
    total = sum(words)
    # Carries are added in twice: the first fold may make another one.
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
