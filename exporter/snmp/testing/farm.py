"""A farm of scripted agents for benchmarks: a child process that is many devices on many addresses of 127.0.0.0/8.

Answers are kept by what was asked, so that the farm costs little beside the poller that is measured. Its counters stand
still, its sysUpTime goes on: an agent whose clock stops looks rebooted, and its names would be learnt anew. Run as
``python -m exporter.snmp.testing.farm``; it says ``ready`` on standard output and ends with standard input.
"""

import argparse
import asyncio
import re
import socket
import sys
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

from exporter.snmp.device.objects import IF_TABLE_LAST_CHANGE, SYS_UPTIME
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import ScriptedInterface, device
from exporter.snmp.wire import ber

FIRST = IPv4Address("127.77.0.1")
# sysUpTime always has four bytes, so that the time can be put in place.
FIRST_TICKS = 100_000_000
# Answers kept by what was asked: a poller asks the same few again and again.
_KEPT = 4096
# linux/in.h; the socket module does not name it.
_IP_PKTINFO = 8


def _clocks(*oids: str) -> re.Pattern[bytes]:
    return re.compile(b"(?:" + b"|".join(re.escape(ber.oid(oid)) for oid in oids) + rb")\x43\x04", re.DOTALL)


STEADY, RESTLESS = _clocks(SYS_UPTIME), _clocks(SYS_UPTIME, IF_TABLE_LAST_CHANGE)


class QuickAgent(ScriptedAgent):
    """An agent that remembers its answers; the request's id and the present sysUpTime are put in between.

    ``clocks`` is what stands before the four bytes of a time that goes on; RESTLESS is an interface table that changes
    all the time, as that of a PPPoE server does.
    """

    clocks = STEADY

    def __post_init__(self) -> None:
        super().__post_init__()
        self._answers: dict[bytes, tuple[bytes, ...]] = {}

    def answer(self, data: bytes) -> bytes | None:
        """See ScriptedAgent.answer."""
        try:
            place = _request_id(data)
            end = place + data[place - 1]
        except (ValueError, IndexError):
            return None
        # The whole request but its id: the same objects asked again are the same answer.
        key = data[:place] + data[end:]
        parts = self._answers.get(key)
        if parts is None:
            whole = super().answer(data)
            if whole is None or len(self._answers) >= _KEPT:
                return whole
            begin = _request_id(whole)
            parts = (whole[:begin], *_parted(self.clocks, whole[begin + whole[begin - 1] :]))
            self._answers[key] = parts
        ticks = (FIRST_TICKS + int(time.monotonic() * 100) % FIRST_TICKS).to_bytes(4, "big")
        return parts[0] + data[place:end] + ticks.join(parts[1:])


def _parted(clocks: re.Pattern[bytes], data: bytes) -> list[bytes]:
    """The bytes around the times."""
    parts, begin = [], 0
    for clock in clocks.finditer(data):
        parts.append(data[begin : clock.end()])
        begin = clock.end() + 4
    return [*parts, data[begin:]]


def _request_id(data: bytes) -> int:
    """Where the content of the request id begins: message, version, community, PDU, request id."""
    place = _inside(data, 0)
    for _ in range(2):
        place = ber.element(data, place)[2]
    return _inside(data, _inside(data, place))


def _inside(data: bytes, place: int) -> int:
    size = data[place + 1]
    return place + 2 + (size & 127 if size >= 128 else 0)


def addresses(count: int) -> Iterator[str]:
    """The farm's addresses in order."""
    return (str(FIRST + n) for n in range(count))


def interfaces(count: int) -> list[ScriptedInterface]:
    """What every device of the farm has."""
    return [
        ScriptedInterface(
            n,
            f"e{n}".encode(),
            f"link {n}".encode(),
            in_octets=n * 10**11,
            out_octets=n * 10**10,
            in_errors=n,
            in_packets=n * 10**8,
            out_packets=n * 10**7,
            in_multicast=n * 10**5,
            out_multicast=n * 10**5,
            in_broadcast=n * 10**4,
            out_broadcast=n * 10**4,
        )
        for n in range(1, count + 1)
    ]


def _one_socket(agent: ScriptedAgent, port: int) -> None:
    """Answer for every address of loopback on one socket, from the address that was asked."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    # Bound to loopback: with "" as address it would answer the whole network otherwise.
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    udp.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
    udp.bind(("", port))

    def readable() -> None:
        data, control, _, asker = udp.recvmsg(4096, 64)
        # struct in_pktinfo: interface (4), ipi_spec_dst (4), then the address in the packet's head (4).
        local_address = control[0][2][4:8]
        answer = agent.answer(data)
        if answer is not None:
            udp.sendmsg([answer], [(socket.IPPROTO_IP, _IP_PKTINFO, bytes(4) + local_address + bytes(4))], 0, asker)

    asyncio.get_running_loop().add_reader(udp, readable)


async def _serve(options: argparse.Namespace) -> None:
    rows = device(interfaces(options.interfaces), uptime_ticks=FIRST_TICKS, table_change=FIRST_TICKS)
    QuickAgent.clocks = RESTLESS if options.restless else STEADY
    if options.one_socket:
        _one_socket(QuickAgent(rows, Manner()), options.port)
    for n, address in enumerate(addresses(0 if options.one_socket else options.devices)):
        dead = options.dead_every and n % options.dead_every == 0
        manner = Manner(silent=bool(dead), delay_seconds=options.delay_seconds)
        await start_agent(QuickAgent(rows, manner), address, options.port)
    print("ready", flush=True)
    reader: Any = sys.stdin
    await asyncio.to_thread(reader.read)


def main() -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--interfaces", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay-seconds", type=float, default=0.0)
    parser.add_argument("--dead-every", type=int, default=0)
    parser.add_argument("--one-socket", action="store_true", help="every address on one socket; never dead or slow")
    parser.add_argument("--restless", action="store_true", help="the interface table changes all the time")
    asyncio.run(_serve(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
