"""SNMP traps and informs: datagrams in, counts and a hint to the watch out. A trap never pages.

v1 and v2c with the configured community are read here (``trap_message``), so that a storm is kept up with; v3 with the
users of the inventory by pysnmp (RFC 3414). What comes from an address that is no device of the inventory, or with a
wrong community, user or key, is counted and thrown away. What the kernel had no room for is counted too.
"""

import ipaddress
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config as setup
from pysnmp.entity import engine
from pysnmp.entity.rfc3413 import ntfrcv

from exporter.config import WatchPart, secret
from exporter.errors import ExporterError
from exporter.http.server import parse_listen
from exporter.sockets import widen
from exporter.watch.backlog import Backlog
from exporter.watch.trap_message import TRAP_OID, read_sender, read_trap, version
from exporter.watch.trap_users import TrapUsers
from inventory.model import City

# The storm of the benchmark, 12,000 traps at some 2 KiB each as Linux charges them, before we read the first.
BUFFER_BYTES = 32 * 2**20
NAMES = {
    "1.3.6.1.6.3.1.1.5.1": "coldStart",
    "1.3.6.1.6.3.1.1.5.2": "warmStart",
    "1.3.6.1.6.3.1.1.5.3": "linkDown",
    "1.3.6.1.6.3.1.1.5.4": "linkUp",
    "1.3.6.1.6.3.1.1.5.5": "authenticationFailure",
}
_HINTS = frozenset({"linkDown", "linkUp", "coldStart", "warmStart"})
# usmStats counters (RFC 3414, 5) and the reasons that our metric has for them.
_V3_REFUSALS = {
    "usmStatsUnknownUserNames": "unknown_user",
    "usmStatsWrongDigests": "wrong_key",
    "usmStatsDecryptionErrors": "wrong_key",
    "usmStatsUnsupportedSecLevels": "wrong_level",
    "usmStatsNotInTimeWindows": "not_in_time_window",
}
# SO_MEMINFO (asm-generic/socket.h): nine 32-bit numbers, SK_MEMINFO_DROPS the last (linux/sock_diag.h).
_MEMINFO, _MEMINFO_BYTES, _MEMINFO_DROPS = 55, 36, 8


class Traps:
    """The receiver. ``start`` opens the socket where one is configured, ``stop`` closes it."""

    def __init__(self, city: City, part: WatchPart, hint: Callable[[str], None]) -> None:
        self.city, self._part, self._hint = city, part, hint
        self._devices = {str(device.address): device.name for device in city.devices}
        self._engine: Any = None
        self._socket: socket.socket | None = None
        self._community: bytes | None = None
        self._users: TrapUsers | None = None
        self._backlog: Backlog | None = None
        self._source = ""
        self._refused: Counter[str] = Counter()
        self.received: Counter[tuple[str, str]] = Counter()
        self.last: dict[tuple[str, str], float] = {}

    async def start(self) -> None:
        """Listen. Raises ExporterError where the address or a secret cannot be had."""
        if self._part.traps is None:
            return
        if self._part.trap_community:
            self._community = secret(self._part.trap_community).encode()
        self._socket = _open(self._part.traps)
        self._engine = engine.SnmpEngine()
        door, domain = (
            (_Door6, udp6.DOMAIN_NAME) if self._socket.family == socket.AF_INET6 else (_Door, udp.DOMAIN_NAME)
        )
        transport = door()
        transport.take = self.datagram
        transport.backlog = self._backlog = Backlog(self._socket, transport.work)
        setup.add_transport(self._engine, domain, transport.open_server_mode(sock=self._socket))
        self._users = TrapUsers(self._engine, self.city.credentials)
        ntfrcv.NotificationReceiver(self._engine, self._notified)
        observer = self._engine.observer
        # Only its observers does pysnmp give the address from which a notification came.
        observer.register_observer(
            self._observed, "rfc2576.processIncomingMsg:writable", "rfc3412.receiveMessage:request"
        )

    def adopt(self, city: City) -> None:
        """Hear this city's devices and users from now on. Raises ExporterError; then nothing has changed."""
        if self._users is not None:
            self._users.adopt(city.credentials)
        self.city = city
        self._devices = {str(device.address): device.name for device in city.devices}

    def check(self) -> None:
        """Raise what a datagram raised since the last time; a job of the watch."""
        if self._backlog is not None:
            self._backlog.faults.tell()

    def stop(self) -> None:
        """Close the socket."""
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = self._socket = None

    @property
    def refused(self) -> Mapping[str, int]:
        """How many were thrown away, by reason: ``kernel_drop`` before us; ``overflow``, ``fault`` of the backlog."""
        counts = Counter(self._refused)
        if self._engine is not None and self._socket is not None:
            builder = self._engine.get_mib_builder()
            for name, reason in _V3_REFUSALS.items():
                (counter,) = builder.import_symbols("__SNMP-USER-BASED-SM-MIB", name)
                # pysnmp counts v3 refusals in the MIB's own objects and nowhere else (SNMP-USER-BASED-SM-MIB, RFC
                # 3414).
                counts[reason] += int(counter.syntax)
            counts["kernel_drop"] += _drops(self._socket)
        if self._backlog is not None:
            counts["overflow"] += self._backlog.overflowed
            counts["fault"] += self._backlog.spoilt
        return {reason: count for reason, count in counts.items() if count}

    def datagram(self, data: bytes, address: str) -> bytes | None:
        """One datagram: what to send back, empty for nothing, None where pysnmp is to read it (v3)."""
        source = _plain(address)
        if source not in self._devices:
            return self._refuse("unknown_address")
        try:
            if version(data) == 3:
                reason = self._users.introduce(source, read_sender(data)) if self._users else "unknown_user"
                return self._refuse(reason) if reason else None
            message = read_trap(data)
        except ValueError:
            return self._refuse("malformed")
        # In constant time: a stranger who may send as often as he likes must not learn the community letter by letter.
        if self._community is None or not compare_digest(message.community, self._community):
            return self._refuse("wrong_community")
        self.take(source, message.trap)
        return message.reply

    def take(self, address: str, trap: str) -> None:
        """One notification of a device: count it and, where it speaks of a link, begin a confirmation."""
        device = self._devices.get(address)
        if device is None:
            self._refuse("unknown_address")
            return
        name = NAMES.get(trap, "other")
        self.received[device, name] += 1
        self.last[device, name] = time.time()
        if name in _HINTS:
            self._hint(device)

    def _refuse(self, reason: str) -> bytes:
        self._refused[reason] += 1
        return b""

    def _observed(self, _: Any, __: str, variables: Mapping[str, Any], ___: Any) -> None:
        address = variables.get("transportAddress")
        self._source = _plain(str(address[0])) if address else ""

    def _notified(self, _: Any, __: Any, ___: Any, ____: Any, binds: Any, _____: Any) -> None:
        # By name and not by place: pysnmp hands over what came in the order of the sender.
        trap = next((str(value) for name, value in binds if str(name) == TRAP_OID), "")
        self.take(self._source, trap)


class _BeforePysnmp:
    """Stands before pysnmp's transport: v1 and v2c never reach it."""

    take: Callable[[bytes, str], bytes | None]
    backlog: Backlog
    transport: Any

    def datagram_received(self, datagram: bytes, address: Any) -> None:
        self.backlog.put(datagram, address)

    def work(self, datagram: bytes, address: Any) -> None:
        # None: version 3, which is pysnmp's; empty bytes: nothing is to be sent back.
        reply = self.take(datagram, address[0])
        if reply is None:
            super().datagram_received(datagram, address)  # type: ignore[misc]  # pysnmp's transport is behind this
        elif reply:
            self.transport.sendto(reply, address)


class _Door(_BeforePysnmp, udp.UdpAsyncioTransport): ...  # type: ignore[misc]  # pysnmp has no types


class _Door6(_BeforePysnmp, udp6.Udp6AsyncioTransport): ...  # type: ignore[misc]  # pysnmp has no types


def _open(listen: str) -> socket.socket:
    where = parse_listen(listen)
    udp = socket.socket(socket.AF_INET6 if ":" in where.host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        widen(udp, BUFFER_BYTES)
        udp.setblocking(False)
        udp.bind((where.host, where.port))
    except OSError as error:
        udp.close()
        raise ExporterError(f"watch: traps: {listen} cannot be had: {error.strerror}; choose another") from error
    return udp


def _drops(udp: socket.socket) -> int:
    """What the kernel threw away because the buffer was full (SO_MEMINFO, SK_MEMINFO_DROPS)."""
    return int(struct.unpack("=9I", udp.getsockopt(socket.SOL_SOCKET, _MEMINFO, _MEMINFO_BYTES))[_MEMINFO_DROPS])


def _plain(address: str) -> str:
    """The address as the inventory writes it: no scope, and IPv4 not inside IPv6."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    # A socket of IPv6 shows IPv4 senders as ::ffff:192.0.2.1 (RFC 4291, 2.5.5.2).
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
