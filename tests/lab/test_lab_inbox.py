"""The demo's inbox over real HTTP: what the tracker's channels send stands on its page, as text and never as markup."""

import re
import threading
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import apprise
import pytest
import requests

from dashboards import building
from lab import board_pictures, configs
from lab.inbox import MOST_BYTES, MOST_MESSAGES, InboxServer

BOARD_NAMES = [board["uid"].removeprefix("lebarpita-") for board in building.committed()]
# Apprise opens its plug-ins at the first message, and one of them still imports what Python 3.13 has no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def inbox() -> Iterator[InboxServer]:
    with InboxServer(0, ZoneInfo("Asia/Jakarta")) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url(inbox: InboxServer, path: str = "/") -> str:
    return f"http://127.0.0.1:{inbox.server_port}{path}"


@pytest.mark.parametrize("name", configs.CHANNELS)
def test_a_channel_of_the_lab_delivers_to_the_page(inbox: InboxServer, name: str) -> None:
    address = configs.channel(name).replace(str(configs.INBOX), str(inbox.server_port)).format(to="kadis@kota.go.id")
    sender = apprise.Apprise()
    assert sender.add(address)
    assert sender.notify(title="G-1: putus", body="lihat http://127.0.0.1:19820/gangguan/1 <b>segera</b>")
    page = requests.get(url(inbox), timeout=60).text
    assert "<strong>kadis@kota.go.id</strong>" in page and "G-1: putus" in page
    assert "<a href='http://127.0.0.1:19820/gangguan/1'>" in page
    assert "&lt;b&gt;segera" in page and "<b>segera" not in page


def test_an_empty_inbox_says_what_to_do(inbox: InboxServer) -> None:
    assert "Belum ada pesan" in requests.get(url(inbox), timeout=60).text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/telegram/kadis", b"no json"),
        ("/telegram/kadis", b"[]"),
        ("/telegram/kadis", b'{"title": "t"}'),
        ("/sms/kadis", b'{"title": "t", "message": "m"}'),
        ("/telegram/", b'{"title": "t", "message": "m"}'),
    ],
)
def test_what_is_no_message_of_a_channel_is_refused(inbox: InboxServer, path: str, body: bytes) -> None:
    assert requests.post(url(inbox, path), data=body, timeout=60).status_code == 400
    assert not inbox.messages


def test_a_message_too_long_is_refused_and_the_oldest_go(inbox: InboxServer) -> None:
    headers = {"Content-Length": str(MOST_BYTES + 1)}
    assert requests.post(url(inbox, "/telegram/tu"), data=b"", headers=headers, timeout=60).status_code == 413
    for number in range(MOST_MESSAGES + 1):
        assert inbox.take("/telegram/tu", b'{"title": "%d", "message": "m"}' % number)
    assert len(inbox.messages) == MOST_MESSAGES and inbox.messages[-1].title == "1"


def test_every_board_is_shown_as_a_picture_that_says_it_is_made_up(inbox: InboxServer) -> None:
    page = requests.get(url(inbox, "/papan"), timeout=60).text
    addresses = re.findall(r"src='(/papan/[^']+)'", page)
    assert len(addresses) == len(board_pictures.names()) == page.count("data karangan (demo)") > len(BOARD_NAMES)
    assert all(f"boards-{board}-hari.png" in page for board in BOARD_NAMES)
    answer = requests.get(url(inbox, addresses[0]), timeout=60)
    assert answer.headers["Content-Type"] == "image/png" and answer.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["/papan/wall.png", "/papan/../../README.md", "/papan/", "/lain"])
def test_nothing_else_is_served(inbox: InboxServer, path: str) -> None:
    assert requests.get(url(inbox, path), timeout=60).status_code == 404
