"""A page of many megabytes reaches a slow client whole, and whoever goes away in its middle holds nothing up."""

import asyncio

from ports import free_port
from snmp_scene import awaited

from exporter.http.connection import PIECE_BYTES, Request, Response
from exporter.http.server import HttpApplication, exposition, start

# More than the kernel takes at once (net.ipv4.tcp_wmem: 4 MiB).
BODY = bytes(range(256)) * (64 * PIECE_BYTES // 256 + 1)
ASK = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"


async def large(_: Request) -> Response:
    return exposition(memoryview(BODY))


@awaited
async def test_a_large_page_comes_whole_and_the_connection_goes_on() -> None:
    port = free_port()
    served = await start(HttpApplication({"/large": large}), f"127.0.0.1:{port}")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(ASK)
        head = await reader.readuntil(b"\r\n\r\n")
        assert f"Content-Length: {len(BODY)}".encode() in head
        assert await reader.readexactly(len(BODY)) == BODY
    writer.close()
    await served.cleanup()


@awaited
async def test_a_client_that_goes_away_in_the_middle_holds_nobody_up() -> None:
    port = free_port()
    served = await start(HttpApplication({"/large": large}), f"127.0.0.1:{port}")
    _, gone = await asyncio.open_connection("127.0.0.1", port)
    gone.write(ASK)
    await gone.drain()
    gone.transport.abort()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(ASK)
    await reader.readuntil(b"\r\n\r\n")
    assert len(await reader.readexactly(len(BODY))) == len(BODY)
    writer.close()
    await served.cleanup()
