"""A flood of connections is let in a few at a time, so that between two of its groups the others are looked after."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import pairwise

import pytest

from request_tracker.config import ServerPart
from request_tracker.server.gateway import Gateway, PageRules
from request_tracker.server.open_connections import OpenConnections
from request_tracker.server.serving import LET_IN_AT_ONCE, BoundServer, settings
from request_tracker.server.tally import ServerTally

FLOOD = 10 * LET_IN_AT_ONCE


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with closing(socket.socket()) as opened:
        opened.bind(("127.0.0.1", 0))
        yield opened


def flood(listening: socket.socket, stack: ExitStack) -> None:
    for _ in range(FLOOD):
        # The kernel answers for the server, which takes no turn meanwhile; one that it keeps no place for has to wait.
        stack.enter_context(closing(socket.create_connection(listening.getsockname(), 30)))


async def _inside_after_each_turn(listening: socket.socket) -> list[int]:
    tally, bounds = ServerTally(), ServerPart()
    place = OpenConnections(bounds, bounds.connections, tally)
    gateway = Gateway(lambda *_: [], PageRules(most_bytes=lambda *_: 0), bounds, tally)
    server = BoundServer(settings(gateway, place), place)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup([listening])
    inside = [0]
    with ExitStack() as stack:
        flood(listening, stack)
        # More turns than one group each needs, in the end without a flood: nothing is waited for but turns.
        while tally.connections < FLOOD and len(inside) < 20 * FLOOD:
            await asyncio.sleep(0)
            inside.append(tally.connections)
    await server.shutdown([listening])
    gateway.stop()
    return inside


def test_no_turn_of_the_loop_lets_in_more_than_a_group_and_the_kernel_keeps_the_rest(listening: socket.socket) -> None:
    inside = asyncio.run(_inside_after_each_turn(listening))
    steps = [after - before for before, after in pairwise(inside)]
    assert inside[-1] == FLOOD
    assert max(steps) <= LET_IN_AT_ONCE
