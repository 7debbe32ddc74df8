"""A farm of scripted agents for benchmarks: a child process that is many devices on many addresses of 127.0.0.0/8.

Answers are kept by what was asked, so that the farm costs little beside the poller that is measured. Its counters stand
still, its sysUpTime goes on: an agent whose clock stops looks rebooted, and its names would be learnt anew. Run as
``python -m exporter.snmp.farm``; it says ``ready`` on standard output and ends with standard input.
"""

import argparse
import asyncio
import socket
import sys
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

from exporter.snmp import ber
from exporter.snmp.agent import Agent, Manner, start_agent
from exporter.snmp.columns import SYS_UPTIME
from exporter.snmp.scripted import Interface, device

FIRST = IPv4Address("127.77.0.1")
FIRST_TICKS = 100_000_000
_CLOCK = ber.oid(SYS_UPTIME) + bytes((ber.TICKS, 4))
_KEPT = 4096
_IP_PKTINFO = 8


class QuickAgent(Agent):
    """An agent that remembers its answers; the request's id and the present sysUpTime are put in between."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._answers: dict[bytes, tuple[bytes, ...]] = {}

    def answer(self, data: bytes) -> bytes | None:
        """See Agent.answer."""
        try:
            place = _request_id(data)
            end = place + data[place - 1]
        except (ValueError, IndexError):
            return None
        key = data[:place] + data[end:]
        kept = self._answers.get(key)
        if kept is None:
            whole = super().answer(data)
            if whole is None or len(self._answers) >= _KEPT:
                return whole
            begin = _request_id(whole)
            after = whole[begin + whole[begin - 1] :]
            clock = after.find(_CLOCK) + len(_CLOCK)
            rest = (after[:clock], after[clock + 4 :]) if clock >= len(_CLOCK) else (after,)
            kept = self._answers[key] = (whole[:begin], *rest)
        if len(kept) == 2:
            return kept[0] + data[place:end] + kept[1]
        ticks = FIRST_TICKS + int(time.monotonic() * 100) % FIRST_TICKS
        return b"".join((kept[0], data[place:end], kept[1], ticks.to_bytes(4, "big"), kept[2]))


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


def interfaces(count: int) -> list[Interface]:
    """What every device of the farm has."""
    return [
        Interface(n, f"e{n}".encode(), f"link {n}".encode(), in_octets=n * 10**11, out_octets=n * 10**10, in_errors=n)
        for n in range(1, count + 1)
    ]


def _one_socket(agent: Agent, port: int) -> None:
    """Answer for every address of loopback on one socket, from the address that was asked."""
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    one.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
    one.bind(("", port))

    def readable() -> None:
        data, beside, _, asker = one.recvmsg(4096, 64)
        asked = beside[0][2][4:8]
        answer = agent.answer(data)
        if answer is not None:
            one.sendmsg([answer], [(socket.IPPROTO_IP, _IP_PKTINFO, bytes(4) + asked + bytes(4))], 0, asker)

    asyncio.get_running_loop().add_reader(one, readable)


async def _serve(options: argparse.Namespace) -> None:
    rows = device(interfaces(options.interfaces), uptime_ticks=FIRST_TICKS)
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
    asyncio.run(_serve(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
