"""A server at work on loopback as a thread, as long as a block lasts: for tests, and for the pictures of the pages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import TCPServer

# How soon it hears that it shall end. The library's half a second was most of what a short test took.
_HEARS_SECONDS = 0.02


@contextmanager
def at_work(server: TCPServer) -> Iterator[str]:
    """The server's address, ``http://127.0.0.1:PORT``; when the block ends, its thread and socket are gone."""
    # Not supervised: of tests and pictures, and over with the block; what a request raises is on standard error.
    thread = threading.Thread(target=server.serve_forever, args=(_HEARS_SECONDS,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
