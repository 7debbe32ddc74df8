"""What anybody may take of the running server has a bound of ours: each bound is met, and the server goes on."""

import resource
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import uvicorn
from children import child, until
from served_office import ServedOffice, answer_of, command, configuration, everything, serving

BOUNDS = {
    "head_seconds": 1.0,
    "body_seconds": 1.0,
    "answer_seconds": 1.0,
    "idle_seconds": 1.0,
    "head_bytes": 8_192,
    "head_fields": 30,
    "held_bytes": 3 * 2**20,
    "held_bytes_of_an_address": 2 * 2**20,
    "unread_bytes": 2**20,
}
HEAD = b"POST /permohonan HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOffice]:
    """A server whose bounds are met within seconds."""
    with serving(tmp_path_factory.mktemp("bounds"), BOUNDS) as running:
        yield running


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"", "head_time"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", "head_time"),
        (HEAD + b"Content-Length: 100\r\n\r\n", "body_time"),
        (HEAD + b"Content-Length: 100\r\n\r\n12345", "body_time"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n123", "body_time"),
    ],
    ids=["nothing", "half a head", "no body", "half a body", "half a chunk"],
)
def test_who_says_no_more_is_closed_and_counted(office: ServedOffice, said: bytes, reason: str) -> None:
    with closing(office.connect()) as connection:
        connection.sendall(said)
        assert everything(connection) == b""
    office.counted("connections_closed", reason)
    assert office.get()[0] == 200


@pytest.mark.parametrize(
    ("begun", "reason"),
    [(b"GET / HTTP/1.1\r\nX: ", "head_time"), (HEAD + b"Content-Length: 99999\r\n\r\n", "body_time")],
    ids=["head", "body"],
)
def test_who_says_one_byte_now_and_then_is_closed_all_the_same(office: ServedOffice, begun: bytes, reason: str) -> None:
    before = office.figure("lebarpita_http_connections_closed_total", reason)
    with closing(office.connect()) as connection:
        connection.sendall(begun)
        connection.settimeout(0.2)
        until(lambda: _closed_after_a_byte(connection), "closed", office.process)
    assert office.counted("connections_closed", reason) > before


def _closed_after_a_byte(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"x")
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_who_asks_and_asks_and_never_reads_is_closed(office: ServedOffice) -> None:
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", office.port))
        # Some hundred megabytes of answers: more than the kernel takes for a reader who does not read.
        connection.sendall(b"GET /static/lebarpita.css HTTP/1.1\r\nHost: x\r\n\r\n" * 4_000)
        office.counted("connections_closed", "answer_time")
    assert office.get()[0] == 200


def test_a_connection_that_was_answered_and_asks_no_more_is_closed(office: ServedOffice) -> None:
    def idle_ones_after_another() -> float:
        # A busy machine may take a second between an answer's head and its body: that one is closed for its answer.
        with closing(office.connect()) as connection:
            connection.sendall(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answer_of(connection)[0] == 200
        return office.figure("lebarpita_http_connections_closed_total", "idle_time")

    until(idle_ones_after_another, "idle_time", office.process)


def test_an_idle_connection_is_counted_when_the_server_itself_was_held_up(office: ServedOffice) -> None:
    # Every clock of the server is over at once then; uvicorn's own closes without a count.
    before = office.figure("lebarpita_http_connections_closed_total", "idle_time")
    with closing(office.connect()) as connection:
        connection.sendall(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        office.process.send_signal(signal.SIGSTOP)
        time.sleep(uvicorn.Config("").timeout_keep_alive + 1)
        office.process.send_signal(signal.SIGCONT)
        everything(connection)
    assert office.counted("connections_closed", "idle_time") > before


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000,
        b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: x\r\n" * 40 + b"\r\n",
        b"GET / HTTP/1.1\r\n" + (b"X: " + b"x" * 1_000 + b"\r\n") * 9 + b"\r\n",
    ],
    ids=["field", "endless field", "address", "many fields", "long in all"],
)
def test_a_head_that_is_too_large_is_refused(office: ServedOffice, head: bytes) -> None:
    with closing(office.connect()) as connection:
        connection.sendall(head)
        assert answer_of(connection)[0] == 431
    office.counted("connections_closed", "head_size")


def test_what_is_no_http_is_refused(office: ServedOffice) -> None:
    for said in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"\0" * 100):
        with closing(office.connect()) as connection:
            connection.sendall(said)
            assert answer_of(connection)[0] == 400


def test_a_body_of_400_megabytes_is_refused_by_its_head_alone(office: ServedOffice) -> None:
    with closing(office.connect()) as connection:
        connection.sendall(HEAD + b"Content-Length: 419430400\r\n\r\n")
        status, answer = answer_of(connection)
    assert status == 413 and "Berkas terlalu besar" in answer
    assert office.figure("lebarpita_http_held_bytes") == 0
    office.counted("requests_refused", "body_size")


def test_a_client_that_asks_first_is_not_told_to_go_on_with_what_is_too_large(office: ServedOffice) -> None:
    with closing(office.connect()) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 419430400\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")
    with closing(office.connect()) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100")


def test_what_is_sent_after_a_refusal_is_read_to_its_bound_and_not_further(office: ServedOffice) -> None:
    with closing(office.connect()) as connection:
        connection.sendall(HEAD + b"Content-Length: 419430400\r\n\r\n")
        with pytest.raises(ConnectionError):
            for _ in range(400):
                connection.sendall(b"x" * 2**20)


def test_a_body_in_chunks_is_refused_where_it_grows_too_large(office: ServedOffice) -> None:
    head = b"POST /masuk HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with closing(office.connect()) as connection:
        connection.sendall(head + b"80000\r\n" + b"x" * 0x80000 + b"\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")


def test_a_form_without_a_paper_takes_less_than_one_with_a_paper(office: ServedOffice) -> None:
    body = b"x" * 2**20
    length = f"Content-Length: {len(body)}"
    assert office.ask(f"POST /masuk HTTP/1.1\r\n{length}", body)[0] == 413
    assert office.ask(f"POST /pengguna HTTP/1.1\r\n{length}", body)[0] == 413
    assert office.ask(f"GET /status HTTP/1.1\r\n{length}", body)[0] == 413
    # Read, and found to be no form of ours.
    assert office.ask(f"POST /permohonan HTTP/1.1\r\n{length}", body)[0] == 400


def test_one_address_and_all_addresses_hold_no_more_than_their_room(office: ServedOffice) -> None:
    begun = HEAD + b"Content-Length: 4194304\r\n\r\n"
    with ExitStack() as all_of_them:
        for address in ("127.0.0.2", "127.0.0.3"):
            first = all_of_them.enter_context(closing(office.connect(address)))
            first.sendall(begun + b"x" * (5 * 2**18))
        until(lambda: office.figure("lebarpita_http_held_bytes") == 5 * 2**19, "held", office.process)
        more = b"x" * 2**20
        length = f"Content-Length: {len(more)}"
        for address in ("127.0.0.2", "127.0.0.4"):
            status, text = office.ask(f"POST /permohonan HTTP/1.1\r\n{length}", more, address)
            assert (status, "Terlalu banyak berkas sedang dikirim" in text) == (503, True), address
        assert office.ask("GET / HTTP/1.1", address="127.0.0.2")[0] == 200
    office.counted("requests_refused", "no_room")
    until(lambda: office.figure("lebarpita_http_held_bytes") == 0, "given back", office.process)


def test_when_all_connections_are_taken_those_that_do_nothing_make_room(tmp_path: Path) -> None:
    with serving(tmp_path, {"connections": 200}) as office, ExitStack() as all_of_them:
        for _ in range(300):
            all_of_them.enter_context(closing(office.connect("127.0.0.2")))
        visitor = all_of_them.enter_context(closing(office.connect()))
        visitor.sendall(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
        assert visitor.recv(65_536).startswith(b"HTTP/1.1 200")
        for _ in range(300):
            all_of_them.enter_context(closing(office.connect("127.0.0.2")))
        # The address with the most makes room: the visitor's idle connection, older than theirs, stays.
        visitor.sendall(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: b"HTTP/1.1 200" in visitor.recv(65_536), "answered", office.process)
        assert office.figure("lebarpita_http_connections") <= 200
        office.counted("connections_closed", "crowd")


def test_when_all_threads_are_taken_and_enough_wait_the_next_is_told_at_once(tmp_path: Path) -> None:
    with serving(tmp_path, {"threads": 2, "waiting": 1}) as office, ExitStack() as all_of_them:
        visitors = [all_of_them.enter_context(closing(office.connect())) for _ in range(30)]
        until(lambda: office.figure("lebarpita_http_connections") > 30, "let in", office.process)
        # It finds thirty requests at once when it goes on, however fast it answers each.
        office.process.send_signal(signal.SIGSTOP)
        for visitor in visitors:
            visitor.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        office.process.send_signal(signal.SIGCONT)
        answers = [answer_of(visitor) for visitor in visitors]
        refused = [text for status, text in answers if status == 503]
        assert {status for status, _ in answers} == {200, 503}
        assert len(refused) == office.counted("requests_refused", "busy")
        assert all("Pelacak sedang melayani terlalu banyak permintaan" in text for text in refused)
        assert office.get()[0] == 200


def limited(most: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def test_with_too_few_open_files_it_does_not_start_and_says_what_to_do(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    path = configuration(tmp_path, 1, listen=f"unix:{tmp_path}/s")
    ended = subprocess.run(command(path), capture_output=True, text=True, preexec_fn=lambda: limited(1_000))
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert "open files: this process may have 1000" in ended.stderr and "LimitNOFILE" in ended.stderr


def test_with_few_open_files_it_lets_in_as_many_as_fit_and_survives_more(tmp_path: Path) -> None:
    with serving(tmp_path, before=lambda: limited(1_800)) as office, ExitStack() as all_of_them:
        for _ in range(700):
            all_of_them.enter_context(closing(office.connect("127.0.0.2")))
        assert office.get()[0] == 200
        assert office.figure("lebarpita_http_connections") <= 300
    assert "event=few_open_files may=1800 connections=300" in (tmp_path / "log").read_text()


def test_the_soft_bound_of_open_files_is_raised_to_the_hard_one(tmp_path: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with serving(tmp_path, before=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))) as office:
        limits = Path(f"/proc/{office.process.pid}/limits").read_text().splitlines()
        (line,) = [line for line in limits if line.startswith("Max open files")]
    assert line.split()[3] == str(min(hard, 2**20))


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_whoever_is_connected(tmp_path: Path, asked: signal.Signals) -> None:
    with serving(tmp_path) as office, ExitStack() as all_of_them:
        for said in (b"", b"GET / HTTP", HEAD + b"Content-Length: 9\r\n\r\n1"):
            all_of_them.enter_context(closing(office.connect())).sendall(said)
        assert office.get()[0] == 200
        office.process.send_signal(asked)
        assert until(lambda: (office.process.poll(), 1), "its end") and office.process.wait(60) == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_it_listens_on_a_path_that_its_group_may_ask_and_a_killed_one_left_behind(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    place = tmp_path / "tracker.sock"
    with closing(socket.socket(socket.AF_UNIX)) as left:
        left.bind(str(place))
    path = configuration(tmp_path, 1, listen=f"unix:{place}")
    with (tmp_path / "log").open("a") as log, child(command(path), stdout=log, stderr=log) as process:
        status, text = until(lambda: asked_by_path(place), tmp_path / "log", process)
    assert status == 200 and "server: lebarpita" in text
    assert stat.S_IMODE(place.stat().st_mode) == 0o660


def asked_by_path(place: Path) -> tuple[int, str] | None:
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(60)
        try:
            connection.connect(str(place))
        except OSError:
            return None
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return answer_of(connection)
