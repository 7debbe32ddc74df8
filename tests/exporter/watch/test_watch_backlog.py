"""The backlog of a storm: taken from a small socket at once, worked through in order, bounded, overflow counted."""

import asyncio
import socket
from typing import Any

from snmp_scene import awaited

from exporter.watch.backlog import LIMIT_BYTES, Backlog


def pair() -> tuple[socket.socket, socket.socket]:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.setblocking(False)
    return receiver, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


@awaited
async def test_everything_that_waits_is_taken_at_once_and_worked_through_in_order() -> None:
    receiver, sender = pair()
    with receiver, sender:
        worked: list[bytes] = []

        def work(datagram: bytes, _: Any) -> None:
            worked.append(datagram)

        for number in range(100):
            sender.sendto(b"%d" % number, receiver.getsockname())
        backlog = Backlog(receiver, work)
        backlog.put(*receiver.recvfrom(2000))
        assert worked == []
        while len(worked) < 100:
            await asyncio.sleep(0)
    assert worked == [b"%d" % number for number in range(100)]
    assert backlog.overflowed == 0


@awaited
async def test_a_flood_is_bounded_and_what_does_not_fit_is_counted() -> None:
    receiver, sender = pair()
    with receiver, sender:
        worked: list[int] = []
        backlog = Backlog(receiver, lambda datagram, _: worked.append(len(datagram)))
        for _ in range(400):
            backlog.put(bytes(60_000), ("127.0.0.1", 1))
        while len(worked) + backlog.overflowed < 400:
            await asyncio.sleep(0)
        backlog.put(bytes(60_000), ("127.0.0.1", 1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert backlog.overflowed > 100
    assert sum(worked) <= LIMIT_BYTES + 60_000
    assert len(worked) + backlog.overflowed == 401
