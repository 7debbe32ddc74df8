"""One HTTP connection: what is no HTTP, what is too large, what fails, and many requests on one connection."""

import asyncio
import logging
from pathlib import Path

import pytest

from exporter.http.connection import IDLE_SECONDS, MAX_HEAD_BYTES, Request, Response
from exporter.http.server import HttpApplication, start, text


async def _hello(request: Request) -> Response:
    return text(200, f"hello {request.query.get('name', '')}\n")


async def _broken(_: Request) -> Response:
    raise ZeroDivisionError("a fault of ours")


APP = HttpApplication({"/hello": _hello, "/broken": _broken})


def said(folder: Path, *parts: bytes) -> str:
    """What comes back on one connection until it is closed."""

    async def spoken() -> bytes:
        served = await start(APP, f"unix:{folder}/s")
        try:
            reader, writer = await asyncio.open_unix_connection(f"{folder}/s")
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
            answer = await asyncio.wait_for(reader.read(), 120)
            writer.close()
            return answer
        finally:
            await served.cleanup()

    return asyncio.run(spoken()).decode()


LAST = b"GET /hello?name=end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_requests_on_one_connection_are_answered_in_their_order(tmp_path: Path) -> None:
    found = said(tmp_path, b"GET /hello?name=a%20b HTTP/1.1\r\nHost: x\r\n\r\nGET /hel", b"lo HTTP/1.1\r\n\r\n" + LAST)
    assert [line for line in found.splitlines() if line.startswith("hello")] == ["hello a b", "hello ", "hello end"]
    assert found.count("HTTP/1.1 200 OK\r\n") == 3


def test_a_page_that_is_none_names_those_there_are(tmp_path: Path) -> None:
    found = said(tmp_path, LAST.replace(b"/hello", b"/helo"))
    assert "404" in found and "/helo is no page; there are /broken, /hello" in found


def test_head_has_no_body_and_other_methods_are_refused(tmp_path: Path) -> None:
    assert said(tmp_path, LAST.replace(b"GET", b"HEAD")).endswith("\r\n\r\n")
    assert "405" in said(tmp_path, LAST.replace(b"GET", b"POST"))


def test_a_fault_of_a_page_is_logged_and_told_without_a_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        found = said(tmp_path, LAST.replace(b"/hello", b"/broken"))
    assert "500" in found and "Traceback" not in found and "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01 no http at all\r\n\r\n", "400"),
        (b"GET /hello HTTP/1.1\r\nX: " + b"y" * (MAX_HEAD_BYTES + 1), "431"),
        (b"GET /hello HTTP/1.1\r\n\r\n" * 40, "431"),
    ],
)
def test_what_is_no_request_or_too_much_is_refused_and_closed(tmp_path: Path, sent: bytes, status: str) -> None:
    assert f"HTTP/1.1 {status}" in said(tmp_path, sent)


def test_a_silent_connection_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert IDLE_SECONDS > 60
    monkeypatch.setattr("exporter.http.connection.IDLE_SECONDS", 0.05)
    assert said(tmp_path, b"GET /hel") == ""


def test_a_dead_process_socket_is_taken_over_and_a_living_ones_is_not(tmp_path: Path) -> None:
    assert "hello end" in said(tmp_path, LAST)
    assert "hello end" in said(tmp_path, LAST)
