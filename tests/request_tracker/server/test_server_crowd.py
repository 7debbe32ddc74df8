"""Five thousand connections of all kinds stand, and an ordinary visitor is served beside them."""

import resource
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from children import until
from served_office import ServedOffice, serving

EACH = 1_250
KINDS = {
    "idle": b"",
    "half open": b"GET / HTTP/1.1\r\nHost: x\r\n",
    "one byte a second": b"POST /permohonan HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n",
    "slow reader": b"GET /static/lebarpita.css HTTP/1.1\r\nHost: x\r\n\r\n" * 3,
}
# Longer than the test takes on a busy machine, so that what stands, stands.
LONG = dict.fromkeys(("head_seconds", "body_seconds", "answer_seconds", "idle_seconds"), 900.0)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOffice]:
    """A server with the bounds it has by itself, but for its patience."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with serving(tmp_path_factory.mktemp("crowd"), LONG) as running:
        yield running
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def crowd(office: ServedOffice, each: int) -> Iterator[list[socket.socket]]:
    """So many of each kind, from four addresses, all let in."""
    standing = []
    try:
        for number, said in enumerate(KINDS.values(), 2):
            for _ in range(each):
                connection = office.connect(f"127.0.0.{number}")
                connection.sendall(said)
                standing.append(connection)
        until(lambda: office.figure("lebarpita_http_connections") > 4 * each, "let in", office.process)
        yield standing
    finally:
        for connection in standing:
            connection.close()


def test_five_thousand_of_all_kinds_stand_and_visitors_from_everywhere_are_served(office: ServedOffice) -> None:
    with crowd(office, EACH) as standing:
        trickle = standing[2 * EACH : 3 * EACH]
        for turn in range(5):
            for connection in trickle:
                connection.sendall(b"x")
            for page in ("/", "/status", "/permohonan", "/lapor", "/static/lebarpita.css", "/api/health"):
                status, _ = office.get(page, f"127.0.0.{2 + turn % 4}" if turn else "127.0.0.1")
                assert status == 200, page
        assert office.figure("lebarpita_http_connections") > 4 * EACH
        assert office.process.poll() is None
    until(lambda: office.figure("lebarpita_http_connections") < 10, "all gone", office.process)


def test_more_connections_than_there_may_be_leave_room_for_visitors(office: ServedOffice) -> None:
    with closing(office.connect()) as visitor, crowd(office, EACH):
        for _ in range(4_000):
            # Closed by us at once again or pushed out by the next: both are what a flood looks like.
            office.connect("127.0.0.2").close()
        more = [office.connect("127.0.0.2") for _ in range(4_000)]
        try:
            assert office.get("/permohonan")[0] == 200
            visitor.sendall(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
            assert visitor.recv(65_536).startswith(b"HTTP/1.1 200"), "who was here before them was pushed out"
            assert office.figure("lebarpita_http_connections") <= 8_000
        finally:
            for connection in more:
                connection.close()


def test_what_the_crowd_takes_of_memory_is_given_back(office: ServedOffice) -> None:
    def resident() -> int:
        return int(Path(f"/proc/{office.process.pid}/statm").read_text().split()[1]) * resource.getpagesize()

    with crowd(office, 200):
        pass
    until(lambda: office.figure("lebarpita_http_connections") < 10, "all gone", office.process)
    before = resident()
    for _ in range(3):
        with crowd(office, 200):
            pass
        until(lambda: office.figure("lebarpita_http_connections") < 10, "all gone", office.process)
    assert resident() < before + 2**24
