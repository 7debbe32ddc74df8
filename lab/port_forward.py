"""A port forward: a port of the host's loopback leads through a Unix socket to a port inside a namespace.

Unix sockets cross network namespaces, so no address, route or right of the machine is needed. Carries bytes as they
come, both ways, half-closed where one side ends first; never looks into them.
"""

import asyncio
import contextlib
import socket
from pathlib import Path

from lab.namespaces import within

# As much as a Unix or TCP socket commonly has ready at once.
BLOCK = 65536


async def open_outside(port: int, path: Path) -> asyncio.Server:
    """Serve 127.0.0.1:``port`` (0: any free one) from the socket at ``path``. Raises OSError where it is taken."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner = await asyncio.open_unix_connection(str(path))
        except OSError:
            writer.close()
            return
        await _splice((reader, writer), inner)

    return await asyncio.start_server(carry, "127.0.0.1", port)


async def open_inside(path: Path, namespace: str, host: str, port: int) -> asyncio.Server:
    """Serve the socket at ``path`` from ``host:port`` as seen in a namespace."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A socket stays in the namespace in which it was made, whoever uses it afterwards.
        handle = await asyncio.to_thread(within, namespace, socket.socket)
        handle.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(handle, (host, port))
        except OSError:
            handle.close()
            writer.close()
            return
        await _splice((reader, writer), await asyncio.open_connection(sock=handle))

    server = await asyncio.start_unix_server(carry, str(path))
    path.chmod(0o666)  # its directory is its owner's alone; with sudo the two halves are two users
    return server


Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _splice(outer: Stream, inner: Stream) -> None:
    try:
        await asyncio.gather(_pour(outer[0], inner[1]), _pour(inner[0], outer[1]))
    finally:
        for _, writer in (outer, inner):
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while block := await reader.read(BLOCK):
            writer.write(block)
            await writer.drain()
        # Half-closed: the other way may still have an answer to carry.
        if writer.can_write_eof():
            writer.write_eof()
