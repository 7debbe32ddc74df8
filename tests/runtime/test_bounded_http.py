"""A neighbour that is slow, says too much, says it in drops or has no name any more: an error in bounded time."""

import gzip
import multiprocessing
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import requests
from children import until

from runtime import bounded_http
from runtime.bounded_http import Bounds, ask

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
# Far from each other, so that a busy machine does not take one for the other.
QUICK = Bounds(silence_seconds=0.3, whole_seconds=0.6, most_bytes=1000)
PATIENT = Bounds(silence_seconds=60, whole_seconds=60, most_bytes=1000)


@contextmanager
def neighbour(answer: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server on loopback that answers each connection by that function, until the block is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        connection.recv(65_536)
                        answer(connection, over)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
    thread.join()


def says(body: bytes) -> Callable[[socket.socket, threading.Event], None]:
    return lambda connection, _: connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def drips(connection: socket.socket, over: threading.Event) -> None:
    """A byte at a time, each well within the time for a silence."""
    connection.sendall(HEAD + b"Content-Length: 900\r\n\r\n")
    while not over.wait(0.02):
        connection.sendall(b" ")


def drips_its_head(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(HEAD)
    while not over.wait(0.02):
        connection.sendall(b"X")


def nothing(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def test_an_answer_is_its_status_and_its_body() -> None:
    with neighbour(says(b'{"a": 1.5}')) as url:
        answer = ask("GET", url, PATIENT)
    assert (answer.status, answer.json(), answer.text) == (200, {"a": 1.5}, '{"a": 1.5}')


def test_a_number_that_is_not_finite_is_no_answer() -> None:
    with neighbour(says(b'{"a": NaN}')) as url, pytest.raises(ValueError, match="NaN is no number"):
        ask("GET", url, PATIENT).json()


@pytest.mark.parametrize("slow", [nothing, drips, drips_its_head], ids=lambda slow: slow.__name__)
def test_a_neighbour_that_takes_its_time_is_left_to_it(
    slow: Callable[[socket.socket, threading.Event], None],
) -> None:
    with neighbour(slow) as url, pytest.raises(requests.Timeout):
        ask("GET", url, QUICK)


def test_more_than_agreed_is_not_read_to_its_end() -> None:
    with neighbour(says(b"x" * 2000)) as url, pytest.raises(requests.ConnectionError, match="longer than 1000 bytes"):
        ask("GET", url, PATIENT)


def test_an_answer_that_is_small_on_the_wire_and_large_behind_it_is_bounded_too() -> None:
    def packed(connection: socket.socket, _: threading.Event) -> None:
        body = gzip.compress(bytes(1_000_000))
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with neighbour(packed) as url, pytest.raises(requests.ConnectionError, match="longer than 1000 bytes"):
        ask("GET", url, PATIENT)


def test_a_neighbour_that_breaks_off_or_is_not_there_is_an_error_of_requests() -> None:
    def half(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(HEAD + b"Content-Length: 900\r\n\r\nhalf")

    with neighbour(half) as url, pytest.raises(requests.ConnectionError):
        ask("GET", url, PATIENT)
    with pytest.raises(requests.ConnectionError):
        ask("GET", url, PATIENT)


def test_a_name_that_nobody_looks_up_any_more_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def gone(*_: object, **__: object) -> list[object]:
        over.wait(60)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", gone)
    with pytest.raises(requests.Timeout, match="no answer within"):
        ask("GET", "http://prometheus.invalid:9090/", QUICK)
    assert not over.is_set(), "the look-up hangs still"
    over.set()


def of_questions() -> set[int | None]:
    return {thread.ident for thread in threading.enumerate() if thread.name == "question"}


def test_a_thread_that_has_asked_asks_the_next_question_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "_idle", [])
    with neighbour(says(b"1")) as url:
        for _ in range(3):
            assert ask("GET", url, PATIENT).body == b"1"
            until(lambda: bounded_http._idle, "it waits for the next")
    assert len(bounded_http._idle) == 1


def test_no_more_wait_than_a_dozen_pages_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "_idle", [])
    monkeypatch.setattr(bounded_http, "_MOST_IDLE", 0)
    before = of_questions()
    with neighbour(says(b"1")) as url:
        assert ask("GET", url, PATIENT).body == b"1"
    until(lambda: of_questions() <= before, "it has ended with its question")


def test_a_forked_process_asks_with_a_thread_of_its_own() -> None:
    with neighbour(says(b"1")) as url:
        ask("GET", url, PATIENT)
        until(lambda: bounded_http._idle, "a thread waits here")
        forked = multiprocessing.get_context("fork").Process(target=ask, args=("GET", url, PATIENT))
        forked.start()
        forked.join()
        assert forked.exitcode == 0
