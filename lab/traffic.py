"""Traffic that follows an office day: paced datagrams between every OPD and the internet, IPv4 and IPv6.

One process for all: its sockets stand in the namespaces, so no packet takes a way of its own. Nobody reads what
arrives. The clock is a file, read again when it changes.
"""

import argparse
import csv
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_interface
from pathlib import Path

from inventory.rates import parse_rate
from inventory.reading import read_city
from lab.day import TRANSMIT_SHARE, DayClock, rate
from lab.namespaces import within
from lab.options import Options
from lab.paths import Paths
from lab.plan import ISP, LabPlan, plan

# Whole datagrams below every MTU, large enough that sending costs little.
PAYLOAD = bytes(1200)
# IP and UDP headers by version (RFC 791, RFC 8200, RFC 768): rates are of layer 3, as allocations are.
OVERHEAD = {4: 28, 6: 48}
# Short bursts, which a queue of the shaper takes; longer ones would be dropped.
TICK_SECONDS = 0.05
# Of the networks for documentation (RFC 5737, RFC 3849), as the ISP's node has them; port of QUIC.
SERVERS = {4: (("198.51.100.20", 443), ("198.51.100.30", 443)), 6: (("2001:db8:ffff::11", 443),)}
# Offices' first port: of the ephemeral range, one for each talk.
PORT = 40000
DEFAULT_ALLOCATION = parse_rate("10 Mbit/s")


@dataclass
class Talk:
    """One office and one server talking both ways; ``share`` is its part of the office's rate."""

    office: socket.socket
    server: socket.socket
    office_at: tuple[str, int]
    server_at: tuple[str, int]
    share: float
    overhead: int
    credit: list[float] = field(default_factory=lambda: [0.0, 0.0])

    def send(self, receive_bytes: float, transmit_bytes: float) -> None:
        """Send what is due; whole datagrams now, the rest is kept for the next time."""
        ways = ((self.server, self.office_at, receive_bytes), (self.office, self.server_at, transmit_bytes))
        for way, (source, target, due) in enumerate(ways):
            self.credit[way] += due * self.share
            while self.credit[way] >= len(PAYLOAD) + self.overhead:
                self.credit[way] -= len(PAYLOAD) + self.overhead
                with suppress(OSError):
                    source.sendto(PAYLOAD, target)


def read_allocations(path: str) -> dict[str, int]:
    """Bytes per second towards each OPD, of the opening balance."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return {row["opd"]: parse_rate(row["receive"]) for row in csv.DictReader(file)}


def open_talks(network: LabPlan) -> dict[str, list[Talk]]:
    """The talks of every office: one per address it has, with servers in turn."""
    servers = {at: _bound(ISP, *at) for family in SERVERS.values() for at in family}
    talks: dict[str, list[Talk]] = {}
    for opd in network.opds:
        addresses = [ip_interface(text).ip for _, text in network.addresses.get(opd, ())]
        for number, address in enumerate(addresses):
            family = SERVERS[address.version]
            server = family[number % len(family)]
            office = (str(address), PORT + number)
            sockets = _bound(opd, *office), servers[server]
            talks.setdefault(opd, []).append(
                Talk(*sockets, office, server, 1 / len(addresses), OVERHEAD[address.version])
            )
    return talks


def _bound(namespace: str, address: str, port: int) -> socket.socket:
    def make() -> socket.socket:
        handle = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
        # Nobody reads what arrives: the kernel shall drop it early and keep little.
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        handle.bind((address, port))
        handle.setblocking(False)
        return handle

    return within(namespace, make)


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m lab.traffic STATE``: not for people; the lab starts it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    paths = Paths(parser.parse_args(arguments).state)
    options = Options.from_json(paths.options.read_text())
    city = read_city(options.city)
    allocations = read_allocations(options.allocations)
    talks = open_talks(plan(city))
    busiest = city.opds[0].code if city.opds else ""
    clock, read_at, last = DayClock.from_json(paths.clock.read_text()), time.monotonic(), time.monotonic()
    while True:
        time.sleep(TICK_SECONDS)
        now = time.monotonic()
        if now - read_at > 1:
            clock, read_at = DayClock.from_json(paths.clock.read_text()), now
        hour = clock.hour_at(time.time())
        for opd, opd_talks in talks.items():
            due = rate(allocations.get(opd, DEFAULT_ALLOCATION), opd, busiest, hour, clock.scale) * (now - last)
            for talk in opd_talks:
                talk.send(due, due * TRANSMIT_SHARE)
        last = now


if __name__ == "__main__":
    sys.exit(main())
